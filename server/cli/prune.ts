import { PostgresUpkeep } from '../adapters/store/rollups';
import { systemClock } from '../clock';
import type { StoreConfig } from '../config';
import { asAsked, type Reached } from './reach-store';

/** What was dropped, by name. */
export interface Pruned {
  readonly tooOld: readonly string[];
  readonly noRoom: readonly string[];
}

/**
 * What a Howdah does each minute, but for rollups: those are made of what only it knows to be whole.
 * What is dropped is named by the newest schema, to which the store has been brought.
 */
export async function pruneStore({ client }: Reached, config: StoreConfig): Promise<Pruned> {
  if (config === null) return { tooOld: [], noRoom: [] };
  const database = asAsked(client);
  const { keepLagMs: keeping, keepEventsMs, budgetBytes } = config;
  const settings = { keeping, keepEventsMs, budgetBytes };
  const upkeep = new PostgresUpkeep({ database, clock: systemClock, ...settings });
  return { tooOld: await upkeep.prune(), noRoom: await upkeep.shrink() };
}
