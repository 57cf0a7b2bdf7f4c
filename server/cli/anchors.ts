import { anchorFolder, anchorOf } from '@/lib/audit/anchor';
import type { Anchor } from '@/lib/audit/chain';
import { isOpenToAll } from '@/lib/znodes/access';
import { type OpenTree, openTree } from '../adapters/zookeeper/tree';
import { loadConfig } from '../config';

export interface FoundAnchors {
  readonly anchors: readonly Anchor[];
  /** What stands there in the place of an anchor. */
  readonly findings: readonly string[];
  /** Why they prove less than they could. */
  readonly doubts: readonly string[];
}

/** A lost connection has this long to come back, milliseconds. */
const PATIENCE_MS = 15_000;

/** The anchors of all chains below Howdah's root. Throws `unavailable`, and `ZooKeeperError`. */
export async function readAnchors(): Promise<FoundAnchors> {
  const { ensembles, root } = loadConfig(process.env);
  const [first] = ensembles;
  if (!first) return { anchors: [], findings: [], doubts: [] };
  const { connect, digest, sessionTimeoutMs: timeoutMs } = first;
  const tree = await openTree({ connect, digest, timeoutMs, patienceMs: PATIENCE_MS });
  try {
    return await anchorsIn(tree, anchorFolder(root));
  } finally {
    tree.close();
  }
}

async function anchorsIn(tree: OpenTree, folder: string): Promise<FoundAnchors> {
  await tree.sync(folder);
  const names = (await tree.children(folder, false))?.names ?? [];
  const anchors: Anchor[] = [];
  const findings: string[] = [];
  let open: string | null = null;
  for (const path of [folder, ...names.map((name) => `${folder}/${name}`)]) {
    const guarded = await tree.access(path);
    if (guarded && isOpenToAll(guarded.access)) open ??= path;
  }
  for (const name of names) {
    const znode = await tree.data(`${folder}/${name}`, false);
    // It has gone since: a chain that is left without one is told of.
    if (znode === null) continue;
    const anchor = anchorOf(znode.data.toString('utf8'));
    if (anchor?.chain === name) anchors.push(anchor);
    else findings.push(`${folder}/${name} in ZooKeeper is no anchor of an audit (any more).`);
  }
  const says = `Anybody who reaches ZooKeeper may write ${open}: whoever may also write to the store can make both say what they like.`;
  return { anchors, findings, doubts: open === null ? [] : [says] };
}
