import type { Logger } from 'pino';
import type { Clock, HistoryReader, VersionStore } from '@/server/ports';
import type { Database } from './database';
import type { PostgresLagStore } from './lag-store';
import { reliabilityStore } from './reliability-store';
import { PostgresReplayStore } from './replay-store';
import { runStore } from './run-store';
import type { PostgresStore } from './store';
import { versionStore } from './version-store';

interface HistoryReadsParts {
  readonly clock: Clock;
  readonly database: Database;
  readonly store: PostgresStore;
  readonly lag: PostgresLagStore;
  readonly log: Logger;
}

/** Everything of history that is read back. Each throws `unavailable` while the store is away. */
export function historyReads(parts: HistoryReadsParts): Omit<HistoryReader, 'view'> & VersionStore {
  const { clock, database, store, lag, log } = parts;
  const replays = new PostgresReplayStore(database);
  const reliability = reliabilityStore(database);
  const { versions, znodes, bytes } = versionStore(database);
  /** Of what is still to come nothing is known. */
  const untilNow = <Q extends { readonly from: number; readonly until: number }>(query: Q): Q => ({
    ...query,
    until: Math.max(query.from + 1, Math.min(query.until, clock.now())),
  });
  return {
    ...{ ...runStore(database), versions, znodes, bytes },
    events: (query, within) => store.events(query, within),
    lag: (query) => lag.read(query),
    replay: async (query) => {
      const replay = await replays.replay(untilNow(query));
      return { ...replay, lag: await lag.figures({ ...query, until: replay.until }) };
    },
    reliability: async (query, within) => {
      const { until } = untilNow(query);
      const facts = await reliability.facts({ ...query, until }, within);
      // A year of a large fleet's lag may be more than is read in time: the rest is told all the same.
      const worst = lag.worst({ ...query, from: facts.from, until }, within).catch((error) => {
        log.warn(`the worst lag could not be told: ${error.message}`);
        return null;
      });
      return { ...facts, worstLag: await worst };
    },
  };
}
