import { Failure, isZooKeeperError } from '@/lib/errors';
import { lifetimeOf } from '@/lib/znodes/lifetime';
import { joinPath } from '@/lib/znodes/path';
import { FORMAT, FORMAT_VERSION, type SubtreeZnode, writeLine } from '@/lib/znodes/subtree-lines';
import type { RawZnode, ReadAccess, TreeAccess } from '../../ports';
import { readAgain } from './certain-calls';
import { LinesHash } from './subtree-lines';

/** Each is read by two calls at a time: 64 in flight. So many znodes are in memory, not more. */
const ZNODES_AT_ONCE = 32;
/** One that is another at each of these attempts is as good as gone. */
const ATTEMPTS = 5;

export interface ExportOptions {
  readonly tree: TreeAccess;
  /** Absolute. */
  readonly root: string;
  /** Howdah's name of the ensemble. */
  readonly ensemble: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Takes one line, without its line break; the next comes when it has returned. */
  readonly write: (line: string) => Promise<void>;
  /** How many have been written. */
  readonly onProgress?: (done: number) => void;
}

export interface Exported {
  readonly count: number;
  /** Listed, and gone before it was read. */
  readonly vanished: number;
  readonly ephemeral: number;
  /** With an ACL that this session may not see whole: these can't be imported. */
  readonly masked: number;
}

interface Found {
  readonly znode: RawZnode;
  readonly access: ReadAccess;
  readonly children: readonly string[];
}

/**
 * Writes a subtree line by line, each znode after its parent. It is no snapshot: each znode is as it
 * was when it was read, its bytes and its ACL by two calls. Throws `not-found` where there is no such
 * root, `refused` where something below it may not be read, and `ZooKeeperError`.
 */
export async function exportSubtree(options: ExportOptions): Promise<Exported> {
  const { tree, root, ensemble, now, write, onProgress } = options;
  const hash = new LinesHash();
  const say = async (line: string) => {
    hash.add(line);
    await write(line);
  };
  await readAgain(tree, () => tree.sync(root));
  const at = new Date(now).toISOString();
  await say(writeLine({ format: FORMAT, version: FORMAT_VERSION, root, ensemble, at }));
  const counts = { count: 0, vanished: 0, ephemeral: 0, masked: 0 };
  /** All paths found so far, in the order in which they are written. */
  const paths = [''];
  let asked = 0;
  const reading: Promise<Found | null>[] = [];
  try {
    for (let written = 0; written < paths.length; written += 1) {
      for (; asked < paths.length && reading.length < ZNODES_AT_ONCE; asked += 1) {
        const read = readZnode(tree, joinPath(root, paths[asked] ?? ''));
        // Whoever awaits it is told; nobody may, where one before it fails.
        read.catch(() => {});
        reading.push(read);
      }
      const path = paths[written] ?? '';
      const found = (await reading.shift()) ?? null;
      if (found === null) {
        if (path === '') throw new Failure('not-found', `There is no ${root} in ZooKeeper.`);
        counts.vanished += 1;
        continue;
      }
      const line = lineOf(path, found);
      counts.count += 1;
      if (line.lifetime === 'ephemeral') counts.ephemeral += 1;
      if (!found.access.whole) counts.masked += 1;
      await say(writeLine(line));
      for (const name of found.children) paths.push(path === '' ? name : `${path}/${name}`);
      onProgress?.(counts.count);
    }
  } finally {
    await Promise.allSettled(reading);
  }
  const { count, vanished } = counts;
  await write(writeLine({ end: true, count, vanished, sha256: hash.hex() }));
  return counts;
}

/** Null where it is gone. */
async function readZnode(tree: TreeAccess, path: string): Promise<Found | null> {
  try {
    return await readAgain(tree, () => readOnce(tree, path));
  } catch (error) {
    if (!isZooKeeperError(error, 'no-auth')) throw error;
    const says = `${path} may not be read by Howdah: give it a digest that may, then export again.`;
    throw new Failure('refused', says, error);
  }
}

async function readOnce(tree: TreeAccess, path: string): Promise<Found | null> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const [znode, access] = await Promise.all([tree.data(path, false), tree.access(path)]);
    if (znode === null || access === null) return null;
    // Made anew in between: bytes of the one must not go with the ACL of the other.
    if (znode.stat.czxid !== access.stat.czxid) continue;
    const listed = access.children > 0 ? await tree.children(path, false) : null;
    return { znode, access, children: [...(listed?.names ?? [])].toSorted() };
  }
  return null;
}

function lineOf(path: string, { znode: { data, stat }, access }: Found): SubtreeZnode {
  return {
    path,
    data: data.toString('base64'),
    acl: access.access.map(({ perms, scheme, id }) => ({ perms, scheme, id })),
    version: stat.version,
    mzxid: stat.mzxid,
    mtime: stat.mtime,
    lifetime: lifetimeOf(stat.ephemeralOwner),
  };
}
