import { setTimeout as delay } from 'node:timers/promises';
import {
  type PatroniCluster,
  type PatroniMember,
  type Read,
  startFreshReads,
  startHeldReads,
  waitFor,
} from '@/sandbox';
import { LIMIT_MS } from './sides';

/** A standby replays every commit so late, milliseconds: far beyond the limit. */
const DELAY_MS = 20_000;
/** New connections for reads, a second. */
const RATE = 40;

export interface Slowed {
  /** Read on connections that were opened once it had had time to notice. */
  readonly judged: number;
  /** Of these, those that were older than the limit. */
  readonly stale: number;
  /** From when the lag had passed the limit until the last read that was too old was opened, ms. */
  readonly lastMs: number;
  /** The oldest that was read, milliseconds. */
  readonly oldestMs: number;
  readonly failed: readonly string[];
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
  await delay(holdMs);
  const reads = await before.stop();
  await meanwhile();
  const after = startFreshReads(cluster, { port, rate: RATE });
  await slow.slowReplay(0);
  await delay(2000);
  reads.push(...(await after.stop()));
  return judge(reads, { since, noticesMs });
}

function judge(
  reads: readonly Read[],
  { since, noticesMs }: { readonly since: number; readonly noticesMs: number },
): Slowed {
  const judged = reads.filter(({ ok, openedAt }) => ok && openedAt > since + noticesMs);
  const old = reads.filter(({ value, openedAt }) => isOld(value) && openedAt > since);
  return {
    judged: judged.length,
    stale: judged.filter(({ value }) => isOld(value)).length,
    lastMs: Math.max(0, ...old.map(({ openedAt }) => openedAt - since)),
    oldestMs: Math.max(...reads.map(({ value }) => value ?? 0)),
    failed: reads.flatMap(({ error }) => error ?? []),
  };
}

/** What says nothing of its age was not read by anybody. */
const isOld = (value: number | null): boolean => value !== null && value > LIMIT_MS;
