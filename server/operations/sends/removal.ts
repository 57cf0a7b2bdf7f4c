import { isZooKeeperError } from '@/lib/errors';
import { endAs, mark, requested } from '@/lib/operations/run';
import { clusterPath } from '@/lib/topology/cluster-id';
import type { ListingAccess } from '../../ports';
import type { Sending } from '../carry-out';

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
  await handle.advance(requested(handle.run(), 'It is being removed', clock.now()));
  try {
    await assertDead(access(), path);
    await removeBelow(access(), path);
    const now = clock.now();
    const says = `ZooKeeper holds nothing of ${handle.run().view.clusterName} any more.`;
    await handle.advance(endAs(mark(handle.run(), 'removed', now), ['done', says], now));
  } catch (error) {
    const says =
      error instanceof Alive || isZooKeeperError(error, 'bad-version')
        ? `It was stopped half-way: ${error instanceof Alive ? error.message : 'something of it has just been written'}. What is left has been left.`
        : null;
    if (says === null) throw error;
    await handle.advance(endAs(handle.run(), ['failed', says], clock.now()));
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
