import { Failure, ZooKeeperError } from '@/lib/errors';
import { grantsWrite } from '@/lib/znodes/access';
import type { Verdict } from '@/lib/znodes/judge';
import { parentOf } from '@/lib/znodes/path';
import { type PlacedZnode, SubtreeParser } from '@/lib/znodes/subtree-parser';
import type { TreeAccess } from '../../ports';
import { createCertainly, type Outcome, setAccessCertainly, setCertainly } from './certain-calls';
import type { ImportPlan } from './import-plan';
import { pipelined } from './pipelined';
import { znodesOf } from './subtree-lines';

/** One call of each is under way at a time. */
const ZNODES_AT_ONCE = 64;
const NOTHING = Buffer.alloc(0);

export interface ApplyOptions {
  readonly tree: TreeAccess;
  readonly plan: ImportPlan;
  /** Reads the same file again. */
  readonly lines: () => AsyncIterable<string>;
  /** Writes over what differs. */
  readonly overwrite: boolean;
  /** Leaves out what is refused, rather than refusing the whole. */
  readonly skipRefused: boolean;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface Applied {
  readonly created: number;
  /** What an import that was stopped had left empty. */
  readonly completed: number;
  readonly overwritten: number;
  /** Nothing to do, or left as it is. */
  readonly left: number;
  /** Somebody else has written there since the plan was made: left to them. */
  readonly moved: readonly string[];
  /** ZooKeeper has refused them, or hung up each time. */
  readonly failed: readonly { readonly path: string; readonly why: string }[];
}

/**
 * Does what the plan says, parents first, and deletes nothing. A znode is created empty with its ACL,
 * then written to: a call that carries both could be too large where each is not. Only where its ACL
 * may not let us write afterwards it is created with its bytes. Stopped anywhere, another plan and
 * another import go on from there.
 *
 * Throws `refused`, before anything is done, where a znode is refused and `skipRefused` is not given;
 * `unavailable` and `ZooKeeperError` when ZooKeeper is away.
 */
export async function applyImport(options: ApplyOptions): Promise<Applied> {
  const { tree, plan, lines, skipRefused, onProgress } = options;
  if (!skipRefused) refuseWhole(plan);
  const counts = { created: 0, completed: 0, overwritten: 0, left: 0 };
  const moved: string[] = [];
  const failed: { path: string; why: string }[] = [];
  /** What is under way, so that no child is begun before its parent stands. */
  const under = new Map<string, Promise<void>>();
  let done = 0;

  const carryOut = async (znode: PlacedZnode) => {
    const verdict = plan.verdicts.get(znode.path);
    if (!verdict) throw new Failure('moved', 'The file is not the one the plan was made of.');
    const step = stepOf(verdict, options);
    if (step === null) {
      counts.left += 1;
      return;
    }
    await under.get(parentOf(znode.path) ?? '');
    try {
      const outcome = await step.act(tree, znode);
      if (outcome === 'moved') moved.push(znode.path);
      else counts[step.counts] += 1;
    } catch (error) {
      // A connection that is lost again and again may be this znode's doing; one that does not come
      // back is not.
      if (!(error instanceof ZooKeeperError) || error.code === 'closed') throw error;
      failed.push({ path: znode.path, why: error.message });
    }
  };
  await pipelined(znodesOf(lines(), new SubtreeParser()), ZNODES_AT_ONCE, async (znode) => {
    const carried = carryOut(znode);
    under.set(znode.path, carried);
    await carried;
    under.delete(znode.path);
    done += 1;
    onProgress?.(done, plan.verdicts.size);
  });
  return { ...counts, moved, failed };
}

function refuseWhole({ verdicts }: ImportPlan): void {
  const refused = [...verdicts.values()].flatMap((one) => (one.is === 'refused' ? [one.why] : []));
  if (refused.length === 0) return;
  const says =
    refused.length === 1
      ? `Nothing was imported, since one znode is refused. ${refused[0]}`
      : `Nothing was imported, since ${refused.length} znodes are refused. The first: ${refused[0]}`;
  throw new Failure('refused', says);
}

interface Step {
  readonly counts: 'created' | 'completed' | 'overwritten';
  readonly act: (tree: TreeAccess, znode: PlacedZnode) => Promise<Outcome>;
}

/** Null where nothing is to be done. */
function stepOf(verdict: Verdict, { overwrite }: ApplyOptions): Step | null {
  switch (verdict.is) {
    case 'create':
      return { counts: 'created', act: create };
    case 'complete':
      return { counts: 'completed', act: (tree, znode) => fill(tree, znode) };
    case 'differs':
      if (!overwrite) return null;
      return { counts: 'overwritten', act: (tree, znode) => writeOver(tree, znode, verdict) };
    case 'same':
    case 'ephemeral':
    case 'refused':
      return null;
  }
}

async function create(tree: TreeAccess, znode: PlacedZnode): Promise<Outcome> {
  const { path, acl } = znode;
  if (znode.data === '') return createCertainly(tree, path, { data: NOTHING, access: acl });
  if (!grantsWrite(acl, tree.digest)) {
    return createCertainly(tree, path, { data: bytesOf(znode), access: acl });
  }
  const created = await createCertainly(tree, path, { data: NOTHING, access: acl });
  return created === 'done' ? fill(tree, znode) : created;
}

function fill(tree: TreeAccess, znode: PlacedZnode): Promise<Outcome> {
  return setCertainly(tree, znode.path, { data: bytesOf(znode), version: 0 });
}

/**
 * The ACL first, so that the bytes are never open to others; unless we could not write then. They
 * have versions of their own: where the second is found moved, the first has been set all the same.
 */
async function writeOver(
  tree: TreeAccess,
  znode: PlacedZnode,
  { inBytes, inAccess, version, accessVersion }: Extract<Verdict, { is: 'differs' }>,
): Promise<Outcome> {
  const { path, acl } = znode;
  const bytes = () => setCertainly(tree, path, { data: bytesOf(znode), version });
  const access = () => setAccessCertainly(tree, path, { access: acl, version: accessVersion });
  if (!inAccess) return bytes();
  if (!inBytes) return access();
  const [first, second] = grantsWrite(acl, tree.digest) ? [access, bytes] : [bytes, access];
  return (await first()) === 'done' ? second() : 'moved';
}

function bytesOf({ data }: PlacedZnode): Buffer {
  return Buffer.from(data, 'base64');
}
