import type { ClusterView } from '../../topology/view';
import type { Burden } from './rule';

/** Patroni sleeps for it before it gives the key up. */
const FIXED_MS = 1000;
/** A stop, a race and a promotion at their quickest. */
const QUICKEST_MS = 500;
/** A clean shutdown with little to write out. */
const STOP_MS = 2000;
/** So long a member that doesn't answer is waited for in the race. */
const PEER_MS = 2000;
/** What a shutdown's checkpoint is taken to write, bytes a millisecond: a slow disk's 50 MB/s. */
const WRITES = 50_000;
/** What is replayed before a promotion is bounded, so that the figure stays one to decide by. */
const MOST_REPLAY_MS = 120_000;

/**
 * Time without writes in a switchover, milliseconds [low, high]: the shutdown, Patroni's fixed
 * second, the race, replay and promotion. Measured at 1.6 to 2.6 s on idle clusters.
 */
export function expectedOutage(view: ClusterView, burden: Burden | null = null): [number, number] {
  const high = FIXED_MS + STOP_MS + writesOf(burden) + PEER_MS + replayOf(view);
  return [FIXED_MS + QUICKEST_MS, high];
}

/**
 * Time without writes in a forced failover, milliseconds [low, high]. Without a leader only the race
 * and the promotion are left; one that hangs keeps its lease until its session ends.
 */
export function expectedFailover(
  view: ClusterView,
  maxSessionTimeoutMs: number | null,
): [number, number] {
  const race = PEER_MS + QUICKEST_MS + replayOf(view);
  if (view.leader === null) return [QUICKEST_MS, race];
  const { ttl, loopWait } = view.config.is === 'ok' ? view.config.value : { ttl: 30, loopWait: 10 };
  const granted = Math.min(ttl * 1000, maxSessionTimeoutMs ?? Number.POSITIVE_INFINITY);
  // Half a beat may have gone since its last sign of life; sessions end at the next tick, which is a
  // twentieth of the longest session where nobody has set that.
  const beat = (Math.max(loopWait - 2, 2) * 1000) / 2;
  const tick = (maxSessionTimeoutMs ?? 40_000) / 20;
  return [Math.max(QUICKEST_MS, granted - beat), granted + tick + race];
}

/** Of a restart in place: a shutdown's checkpoint and a start without recovery. */
export const expectedRestart = (burden: Burden | null = null): [number, number] => [
  QUICKEST_MS,
  10_000 + writesOf(burden),
];

function writesOf(burden: Burden | null): number {
  const bytes = burden?.sinceCheckpointBytes ?? 0;
  return Math.min(Math.floor(bytes / WRITES / 1000) * 1000, MOST_REPLAY_MS);
}

function replayOf(view: ClusterView): number {
  const backlog = Math.max(0, ...view.members.map((member) => member.lag?.replayMs ?? 0));
  return Math.min(Math.ceil(backlog / 1000) * 1000, MOST_REPLAY_MS);
}
