import { isZooKeeperError, ZooKeeperError, type ZooKeeperErrorCode } from '@/lib/errors';
import { type Access, isWhole, masked, sameAccess } from '@/lib/znodes/access';
import type { TreeAccess } from '../../ports';

/**
 * Calls over a connection that may be lost. A read is made again. A write whose answer is lost may
 * have been carried out or not: that is found out by reading, after `sync`, and only what was
 * certainly not done is done again. All of them are compare-and-set, so that one which comes late
 * does nothing. A znode that was deleted and made anew meanwhile may have the same versions: such a
 * one is not told from the old one.
 */

/** Of one call, before it is given up. */
const ATTEMPTS = 5;

/** `moved`: somebody else has been there. */
export type Outcome = 'done' | 'moved';

/** Reads, also over a lost connection. Throws what else comes, and `connection` in the end. */
export async function readAgain<T>(
  access: Pick<TreeAccess, 'connected'>,
  read: () => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await read();
    } catch (error) {
      if (attempt === ATTEMPTS || !isZooKeeperError(error, 'connection')) throw error;
      await access.connected();
    }
  }
}

/** Creates it with these bytes and this ACL; `moved` where something else stands there. */
export function createCertainly(
  tree: TreeAccess,
  path: string,
  { data, access }: { readonly data: Buffer; readonly access: readonly Access[] },
): Promise<Outcome> {
  return certainly(tree, path, {
    write: () => tree.create(path, data, { access }),
    beaten: ['exists'],
    find: async () => {
      const found = await tree.data(path, false);
      if (found === null) return 'not-done';
      if (!found.data.equals(data) || found.stat.version !== 0) return 'moved';
      const told = await tree.access(path);
      // Whoever made it need not be allowed to see its ACL whole.
      const wanted = told && isWhole(told.access) ? access : masked(access);
      return told && sameAccess(told.access, wanted) ? 'done' : 'moved';
    },
  });
}

/** Writes over exactly that version. */
export function setCertainly(
  tree: TreeAccess,
  path: string,
  { data, version }: { readonly data: Buffer; readonly version: number },
): Promise<Outcome> {
  return certainly(tree, path, {
    write: () => tree.set(path, data, version),
    beaten: ['bad-version', 'no-node'],
    find: async () => {
      const found = await tree.data(path, false);
      if (found?.stat.version === version) return 'not-done';
      return found?.stat.version === version + 1 && found.data.equals(data) ? 'done' : 'moved';
    },
  });
}

/** Sets the ACL over exactly that version of it. */
export function setAccessCertainly(
  tree: TreeAccess,
  path: string,
  { access, version }: { readonly access: readonly Access[]; readonly version: number },
): Promise<Outcome> {
  return certainly(tree, path, {
    write: () => tree.setAccess(path, access, version),
    beaten: ['bad-version', 'no-node'],
    find: async () => {
      const found = await tree.access(path);
      if (found?.accessVersion === version) return 'not-done';
      if (found?.accessVersion !== version + 1) return 'moved';
      const wanted = isWhole(found.access) ? access : masked(access);
      return sameAccess(found.access, wanted) ? 'done' : 'moved';
    },
  });
}

interface Write {
  readonly write: () => Promise<unknown>;
  /** How it fails where somebody else was there first. */
  readonly beaten: readonly ZooKeeperErrorCode[];
  /** What has become of it, as it can be seen. */
  readonly find: () => Promise<Outcome | 'not-done'>;
}

async function certainly(tree: TreeAccess, path: string, how: Write): Promise<Outcome> {
  try {
    await how.write();
    return 'done';
  } catch (error) {
    // At the first attempt that is plain; later it may be an earlier one of ours that came late.
    if (how.beaten.some((code) => isZooKeeperError(error, code))) return 'moved';
    if (!isZooKeeperError(error, 'connection')) throw error;
    return alone(tree, () => again(tree, path, how));
  }
}

async function again(tree: TreeAccess, path: string, how: Write): Promise<Outcome> {
  for (let attempt = 1; ; attempt += 1) {
    await tree.connected();
    const became = await findOut(tree, path, how);
    if (became !== 'not-done') return became;
    if (attempt === ATTEMPTS) throw lostEachTime(path);
    try {
      await how.write();
      return 'done';
    } catch (error) {
      const isBeaten = how.beaten.some((code) => isZooKeeperError(error, code));
      if (!isBeaten && !isZooKeeperError(error, 'connection')) throw error;
    }
  }
}

const queues = new WeakMap<TreeAccess, Promise<unknown>>();

/**
 * One after the other: the connection may have been lost for one call, on which ZooKeeper hangs up
 * each time, and whoever tried again beside it would be lost with it each time.
 */
function alone<T>(tree: TreeAccess, what: () => Promise<T>): Promise<T> {
  const mine = (queues.get(tree) ?? Promise.resolve()).then(what);
  queues.set(
    tree,
    mine.catch(() => {}),
  );
  return mine;
}

function lostEachTime(path: string): ZooKeeperError {
  const says = `the connection was lost ${ATTEMPTS} times while ${path} was written: is it larger than ZooKeeper takes there (jute.maxbuffer)?`;
  return new ZooKeeperError('connection', says);
}

async function findOut(tree: TreeAccess, path: string, { find }: Write) {
  try {
    return await readAgain(tree, async () => {
      await tree.sync(path);
      return find();
    });
  } catch (error) {
    if (!isZooKeeperError(error, 'no-auth')) throw error;
    const says = `the connection was lost while ${path} was written, and it may not be read: nobody knows what became of it`;
    throw new ZooKeeperError('no-auth', says);
  }
}
