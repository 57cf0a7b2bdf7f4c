import { isZooKeeperError, ZooKeeperError } from '@/lib/errors';
import { endAs, mark, requested, unasked } from '@/lib/operations/run';
import { clusterPath } from '@/lib/topology/cluster-id';
import type { ClusterKey } from '@/lib/topology/facts';
import type { Clock, ListingAccess } from '../../ports';
import type { RunHandle, Sending } from '../carry-out';
import { Alive, assertDead, deleteAsRead, znodesOf } from './scope-znodes';
import { MOST_CHECKS, STALL_MS } from './stall';

/**
 * Deletes all below a cluster's znode, each at exactly the version that was read before it was known
 * that nobody is there. It is not one act, and says what is left where it stops: as soon as a leader
 * or a member shows up. Whoever stood still looks again before it goes on, as it does before each
 * znode that makes it a cluster.
 */
export async function removeScope(sending: Sending): Promise<void> {
  const { handle, parts, guard } = sending;
  const { clock, key, access } = parts;
  if (!(await guard())) return;
  sending.sent = true;
  const path = clusterPath(key);
  let begun = false;
  await handle.advance(requested(handle.run(), 'It is being removed', clock.now()));
  try {
    const doomed = await znodesOf(access(), path);
    let checkedAt: number | null = null;
    for (const znode of doomed) {
      if (checkedAt === null || znode.vital || clock.now() - checkedAt > STALL_MS) {
        checkedAt = await lookAgain(sending, path);
        // Another process has taken the run up, and says what is left.
        if (checkedAt === null) return;
      }
      begun = true;
      await deleteAsRead(access(), znode);
    }
    await removed(handle, clock.now());
  } catch (error) {
    const why = whyStopped(error);
    if (why === null) throw error;
    const end = begun
      ? (['failed', `It was stopped half-way: ${why}. ${LEFT}`] as const)
      : (['refused', `Nothing was removed: ${why}.`] as const);
    const run = begun ? handle.run() : unasked(handle.run());
    await handle.advance(endAs(run, end, clock.now()));
  }
}

/** When it was known last that nobody is there; null: the run is another process's. */
async function lookAgain({ handle, parts }: Sending, path: string): Promise<number | null> {
  for (let check = 0; check < MOST_CHECKS; check += 1) {
    const startedAt = parts.clock.now();
    if (!(await handle.isOurs())) return null;
    await assertDead(parts.access(), path);
    if (parts.clock.now() - startedAt <= STALL_MS) return startedAt;
  }
  throw new TooSlow('ZooKeeper answers too slowly to be sure that nobody is there');
}

class TooSlow extends Error {}

const LEFT = 'What is left has been left.';
const LOOK_MS = 1000;

function whyStopped(error: unknown): string | null {
  if (error instanceof Alive || error instanceof TooSlow) return error.message;
  return isZooKeeperError(error, 'bad-version') ? 'something of it has just been written' : null;
}

async function removed(handle: RunHandle, now: number): Promise<void> {
  const says = `ZooKeeper holds nothing of ${handle.run().view.clusterName} any more.`;
  await handle.advance(endAs(mark(handle.run(), 'removed', now), ['done', says], now));
}

/**
 * The connection was lost in the middle of it, or a process that removed is gone: nothing more is
 * removed, and what is left tells how far it came.
 */
export async function endRemoval(
  handle: RunHandle,
  {
    clock,
    access,
    key,
  }: {
    readonly clock: Clock;
    readonly access: () => ListingAccess;
    readonly key: ClusterKey;
  },
): Promise<void> {
  while (handle.run().view.outcome === null && clock.now() < handle.run().deadline) {
    try {
      const path = clusterPath(key);
      await access().sync(path);
      if ((await access().data(path, false)) === null) return await removed(handle, clock.now());
      const says = `It was broken off: some of it may be removed. ${LEFT}`;
      await handle.advance(endAs(handle.run(), ['failed', says], clock.now()));
      // Said, or another process says it.
      return;
    } catch (error) {
      if (!(error instanceof ZooKeeperError)) throw error;
      await new Promise<void>((done) => clock.after(LOOK_MS, done));
    }
  }
}
