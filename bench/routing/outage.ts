import { setTimeout as delay } from 'node:timers/promises';
import { type Beat, type Heartbeat, type PatroniCluster, waitFor } from '@/sandbox';

/**
 * A switchover by Patroni alone, and how long nothing was written: from the end of the last write
 * that was confirmed before to the end of the first one after.
 */
export async function switchOver(cluster: PatroniCluster, heartbeat: Heartbeat): Promise<number> {
  const [leader, [candidate]] = [await cluster.leader(), await cluster.standbys()];
  if (!leader || !candidate) throw new Error('nobody can take over');
  const first = heartbeat.beats.length - 1;
  const answer = await leader.rest('/switchover', {
    method: 'POST',
    body: { leader: leader.name, candidate: candidate.name },
    timeoutMs: 60_000,
  });
  if (answer.status !== 200) throw new Error(`No switchover: ${String(answer.body)}`);
  await waitFor(async () => (await cluster.leader()) === candidate, {
    timeoutMs: 30_000,
    what: `${candidate.name} to lead`,
  });
  const since = performance.now();
  await waitFor(() => heartbeat.beats.some(({ ok, begunAt }) => ok && begunAt > since), {
    timeoutMs: 60_000,
    what: 'writes through HAProxy',
  });
  // Whoever has come back may be cut off once more.
  await delay(3000);
  return longestGap(heartbeat.beats.slice(first));
}

function longestGap(beats: readonly Beat[]): number {
  const ends = beats.filter(({ ok }) => ok).map(({ endedAt }) => endedAt);
  return Math.max(...ends.slice(1).map((end, i) => end - (ends[i] ?? end)));
}
