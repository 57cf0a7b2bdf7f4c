import { isZooKeeperError, ZooKeeperError } from '@/lib/errors';
import { endAs, mark, requested } from '@/lib/operations/run';
import { clusterPath } from '@/lib/topology/cluster-id';
import type { ClusterKey } from '@/lib/topology/facts';
import type { Clock, ListingAccess } from '../../ports';
import type { RunHandle, Sending } from '../carry-out';

/** Somebody has come back while it was being removed. */
class Alive extends Error {}

/**
 * Deletes all below a cluster's znode, each at exactly the version that is read here. It is not one
 * act, and says what is left where it stops: as soon as a leader or a member shows up.
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
    await assertDead(access(), path);
    begun = true;
    await removeBelow(access(), path);
    await removed(handle, clock.now());
  } catch (error) {
    const why = whyStopped(error);
    if (why === null) throw error;
    const end = begun
      ? (['failed', `It was stopped half-way: ${why}. ${LEFT}`] as const)
      : (['refused', `Nothing was removed: ${why}.`] as const);
    await handle.advance(endAs(handle.run(), end, clock.now()));
  }
}

const LEFT = 'What is left has been left.';
const LOOK_MS = 1000;

function whyStopped(error: unknown): string | null {
  if (error instanceof Alive) return error.message;
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
    } catch (error) {
      if (!(error instanceof ZooKeeperError)) throw error;
      await new Promise<void>((done) => clock.after(LOOK_MS, done));
    }
  }
}

/** Right before the first deletion, from ZooKeeper itself. */
async function assertDead(access: ListingAccess, path: string): Promise<void> {
  await access.sync(path);
  const leader = await access.data(`${path}/leader`, false);
  if (leader) throw new Alive(`${leader.data.toString('utf8')} leads it`);
  const members = await access.children(`${path}/members`, false);
  const [first] = members?.names ?? [];
  if (first !== undefined) throw new Alive(`${first} is among its members`);
}

async function removeBelow(access: ListingAccess, path: string): Promise<void> {
  const listed = await access.children(path, false);
  for (const name of listed?.names ?? []) await removeBelow(access, `${path}/${name}`);
  const found = await access.data(path, false);
  if (found === null) return;
  if (found.stat.ephemeralOwner !== null) throw new Alive(`${path} belongs to a living session`);
  try {
    await access.delete(path, found.stat.version);
  } catch (error) {
    if (isZooKeeperError(error, 'no-node')) return;
    // Something has been made below it meanwhile.
    if (isZooKeeperError(error, 'not-empty')) throw new Alive(`something was made below ${path}`);
    throw error;
  }
}
