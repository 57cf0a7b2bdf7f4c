import { Failure, isZooKeeperError } from '@/lib/errors';
import { judgeAgainst, judgeAlone, refused, type Verdict } from '@/lib/znodes/judge';
import { lifetimeOf } from '@/lib/znodes/lifetime';
import { parentOf } from '@/lib/znodes/path';
import { type ImportRules, refusalOf } from '@/lib/znodes/refusals';
import type { SubtreeHeader } from '@/lib/znodes/subtree-lines';
import { type PlacedZnode, SubtreeParser } from '@/lib/znodes/subtree-parser';
import type { TreeAccess } from '../../ports';
import { readAgain } from './certain-calls';
import { pipelined } from './pipelined';
import { znodesOf } from './subtree-lines';

/** Each is read by two calls at a time: 64 in flight. */
const ZNODES_AT_ONCE = 32;

export interface ImportPlan {
  readonly header: SubtreeHeader;
  /** By path, in the order of the file: parents first. */
  readonly verdicts: ReadonlyMap<string, Verdict>;
  /** Containers among them, which come back as plain znodes. */
  readonly containers: number;
}

export interface PlanOptions {
  readonly tree: TreeAccess;
  /** Reads the file from its start. */
  readonly lines: () => AsyncIterable<string>;
  readonly rules: ImportRules;
}

/** What a znode's children will find above them. */
type Standing = 'there' | 'coming' | 'missing';

/**
 * Reads the whole file and what stands in its place, and says what an import would do: nothing is
 * changed. Throws `bad-input` for a file that is not whole, `refused` where nothing stands above its
 * root, and `ZooKeeperError`.
 */
export async function planImport({ tree, lines, rules }: PlanOptions): Promise<ImportPlan> {
  const parser = new SubtreeParser();
  const verdicts = new Map<string, Verdict>();
  const standings = new Map<string, Promise<Standing>>();
  let containers = 0;
  const judge = async (znode: PlacedZnode): Promise<Standing> => {
    const refusal = refusalOf(znode.path, rules);
    const alone = judgeAlone(znode, refusal);
    const above = await standings.get(parentOf(znode.path) ?? '');
    const { verdict, standing } = await judgeBelow(above ?? 'there', { tree, znode, alone });
    verdicts.set(znode.path, verdict);
    return standing;
  };
  await pipelined(znodesOf(lines(), parser), ZNODES_AT_ONCE, async (znode) => {
    if (verdicts.size === 0) standings.set(parentOf(znode.path) ?? '', standingAbove(tree, znode));
    // Holds its place in the order of the file.
    verdicts.set(znode.path, { is: 'create' });
    if (znode.lifetime === 'container') containers += 1;
    const judged = judge(znode);
    standings.set(znode.path, judged);
    await judged;
  });
  return { header: parser.header, verdicts, containers };
}

interface Judged {
  readonly verdict: Verdict;
  readonly standing: Standing;
}

async function judgeBelow(
  above: Standing,
  {
    tree,
    znode,
    alone,
  }: { readonly tree: TreeAccess; readonly znode: PlacedZnode; readonly alone: Verdict | null },
): Promise<Judged> {
  if (alone?.is === 'ephemeral') return { verdict: alone, standing: 'missing' };
  if (above === 'missing') {
    const why = `${znode.path}: its parent is not there, and is not imported.`;
    return { verdict: alone ?? refused(why), standing: 'missing' };
  }
  // Below one that is yet to be created there is nothing to be read.
  const found = above === 'there' ? await judgeFound(tree, znode) : null;
  if (found) return { verdict: alone ?? found, standing: 'there' };
  return { verdict: alone ?? { is: 'create' }, standing: alone ? 'missing' : 'coming' };
}

/** Null where nothing stands there. */
async function judgeFound(tree: TreeAccess, znode: PlacedZnode): Promise<Verdict | null> {
  const { path } = znode;
  try {
    return await readAgain(tree, async () => {
      const [found, told] = await Promise.all([tree.data(path, false), tree.access(path)]);
      if (found === null || told === null) return null;
      return judgeAgainst(znode, {
        access: told.access,
        version: found.stat.version,
        accessVersion: told.accessVersion,
        isEphemeral: lifetimeOf(found.stat.ephemeralOwner) === 'ephemeral',
        isEmpty: found.data.length === 0,
        hasSameBytes: found.data.equals(Buffer.from(znode.data, 'base64')),
      });
    });
  } catch (error) {
    if (!isZooKeeperError(error, 'no-auth')) throw error;
    return refused(`${path}: what stands there may not be read, so it can't be compared.`);
  }
}

async function standingAbove(tree: TreeAccess, { path }: PlacedZnode): Promise<Standing> {
  await readAgain(tree, () => tree.sync(path));
  const parent = parentOf(path);
  if (parent === null) return 'there';
  const there = await readAgain(tree, () => tree.access(parent)).catch((error: unknown) => {
    if (isZooKeeperError(error, 'no-auth')) return true;
    throw error;
  });
  if (there) return 'there';
  const says = `There is no ${parent} in ZooKeeper, and the file doesn't say what it was: create it first.`;
  throw new Failure('refused', says);
}
