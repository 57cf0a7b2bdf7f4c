import { setTimeout as delay } from 'node:timers/promises';
import {
  type Beat,
  type Heartbeat,
  type PatroniCluster,
  type PatroniMember,
  startHeartbeat,
  waitFor,
} from '@/sandbox';

/**
 * How long each writer waits for an answer, milliseconds. While HAProxy takes a leader that has
 * stopped for one that is there, whoever connects waits in vain; those who write alone would tell an
 * outage no finer than that. These all begin to wait at one moment, and drift apart.
 */
const PATIENCE_MS = [250, 290, 330, 370, 410, 450];

/**
 * A switchover by Patroni alone, and how long nothing was written: from the end of the last write
 * that was confirmed before to the end of the first one after.
 */
export async function switchOver(cluster: PatroniCluster, port: number): Promise<number> {
  const [leader, [candidate]] = [await cluster.leader(), await cluster.standbys()];
  if (!leader || !candidate) throw new Error('nobody can take over');
  const writers: Heartbeat[] = [];
  for (const patienceMs of PATIENCE_MS) {
    writers.push(await startHeartbeat(cluster, { port, patienceMs, everyMs: 100 }));
  }
  await delay(500);
  const asked = await accepted(leader, candidate);
  await waitFor(async () => (await cluster.leader()) === candidate, {
    timeoutMs: 30_000,
    what: `${candidate.name} to lead`,
  });
  const since = performance.now();
  const write = () => writers.flatMap(({ beats }) => beats).some(wroteAfter(since));
  await waitFor(write, { timeoutMs: 60_000, what: 'writes through HAProxy' });
  // Whoever has come back may be cut off once more.
  await delay(2000);
  const beats = (await Promise.all(writers.map((one) => one.stop()))).flat();
  return longestGap(beats, asked);
}

/**
 * Right after another switchover Patroni may give one up before it has begun: whoever led before has a
 * new session, and is not among the members for a moment. @returns when it was asked for
 */
async function accepted(leader: PatroniMember, candidate: PatroniMember): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    const asked = performance.now();
    const { status, body } = await leader.rest('/switchover', {
      method: 'POST',
      body: { leader: leader.name, candidate: candidate.name },
      timeoutMs: 60_000,
    });
    if (status === 200) return asked;
    if (attempt === 5) throw new Error(`No switchover: ${String(body)}`);
    await delay(3000);
  }
}

const wroteAfter =
  (moment: number) =>
  ({ ok, begunAt }: Beat): boolean =>
    ok && begunAt > moment;

/** Between two writes that were confirmed, whoever wrote them, from the last one before `since` on. */
export function longestGap(beats: readonly Beat[], since: number): number {
  const ends = beats
    .filter(({ ok }) => ok)
    .map(({ endedAt }) => endedAt)
    .sort((a, b) => a - b);
  const first = Math.max(0, ends.findIndex((end) => end > since) - 1);
  return Math.max(...ends.slice(first + 1).map((end, i) => end - (ends[first + i] ?? end)));
}
