import { setTimeout as delay } from 'node:timers/promises';
import {
  type PatroniCluster,
  type PatroniMember,
  startFreshReads,
  startHeldReads,
  waitFor,
} from '@/sandbox';
import { type Judged, judge, LIMIT_MS } from './judge';
import { writtenPerSecond } from './written';

/** A standby replays every commit so late, milliseconds: far beyond the limit. */
const DELAY_MS = 20_000;
/** New connections for reads, a second. */
const RATE = 40;

export interface Slowed extends Judged {
  /** Bytes of WAL a second, meanwhile. */
  readonly writtenPerSecond: number;
}

export interface SlowedOptions {
  /** For reads, of HAProxy. */
  readonly port: number;
  readonly noticesMs: number;
  /** How long it stays behind, once its lag has passed the limit. */
  readonly holdMs: number;
  /** Done while it is behind, when nobody else reads. */
  readonly meanwhile: () => Promise<void>;
}

/** Has a standby fall behind and catch up, and counts who reads what is too old. */
export async function slowOne(
  cluster: PatroniCluster,
  slow: PatroniMember,
  { port, noticesMs, holdMs, meanwhile }: SlowedOptions,
): Promise<Slowed> {
  // What it would answer is asked of itself, past HAProxy.
  const itself = startHeldReads(cluster, { port: slow.pgPort });
  const before = startFreshReads(cluster, { port, rate: RATE });
  await slow.slowReplay(DELAY_MS);
  const since = await waitFor(
    () => itself.records.find(({ value }) => value !== null && value > LIMIT_MS)?.openedAt,
    { timeoutMs: 30_000, everyMs: 20, what: `${slow.name} to fall behind` },
  );
  await itself.stop();
  const written = await writtenPerSecond(cluster, holdMs);
  const reads = await before.stop();
  await meanwhile();
  const after = startFreshReads(cluster, { port, rate: RATE });
  await slow.slowReplay(0);
  await delay(2000);
  reads.push(...(await after.stop()));
  return { ...judge(reads, { since, noticesMs }), writtenPerSecond: written };
}
