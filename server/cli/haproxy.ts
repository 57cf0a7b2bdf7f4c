import { existsSync, realpathSync, statSync } from 'node:fs';
import { Failure } from '@/lib/errors';
import { defaultCheckTimes } from '@/lib/routing/haproxy-checks';
import { checkCluster, type LeftOut, type RoutedCluster } from '@/lib/routing/haproxy-cluster';
import { haproxyConfig } from '@/lib/routing/haproxy-config';
import { remark } from '@/lib/routing/haproxy-words';
import { clusterId, clusterName } from '@/lib/topology/cluster-id';
import type { ClusterKey } from '@/lib/topology/facts';
import { type OpenTree, openTree } from '../adapters/zookeeper/tree';
import { type Config, loadConfig } from '../config';
import { chosen, clustersIn, leaderReadsOf, membersOf } from './haproxy-clusters';
import { type HaproxyArguments, haproxyArguments } from './haproxy-options';
import { type Before, placesOf, portsBefore } from './haproxy-ports';
import { taken, writeLines } from './subtree-file';

/** A lost connection has this long to come back, milliseconds. */
const PATIENCE_MS = 10_000;

/** Sessions at one time; Debian's service may open a hundred times as many files. */
const MAX_CONNECTIONS = 4000;

/**
 * `haproxy config`: a haproxy.cfg for clusters of the ensembles that the configuration names. Throws
 * an `Error` with one sentence for the person who asked; where clusters were left out, one for each,
 * when all is written.
 */
export async function haproxy(args: readonly string[]): Promise<void> {
  const asked = haproxyArguments(args);
  const { out, force } = asked;
  if (out !== null && !force && existsSync(out)) throw taken(out);
  const before = portsBefore(asked);
  const { clusters, leftOut, bind } = await withTrees(loadConfig(process.env), (trees, root) =>
    routing(asked, before, { trees, root }),
  );
  const text = haproxyConfig({
    ...asked,
    bind,
    clusters,
    leftOut,
    maxConnections: MAX_CONNECTIONS,
    checks: defaultCheckTimes,
  });
  if (out === null) process.stdout.write(text);
  else await put(out, force, text);
  for (const { name, members, writePort, readPort } of out === null ? [] : clusters) {
    const who = `${members.length} ${members.length === 1 ? 'member' : 'members'}`;
    process.stdout.write(`${name}: writes at ${writePort}, reads at ${readPort}, ${who}\n`);
  }
  if (leftOut.length > 0) throw new Failure('refused', leftOut.map(absent).join('\n'));
}

const absent = ({ id, why }: LeftOut) => `${id} is left out: ${remark(why)}`;

/** One that is replaced stays what it is to others: a link is followed, and whoever may read it may. */
async function put(out: string, force: boolean, text: string): Promise<void> {
  const replaced = force && existsSync(out) ? realpathSync(out) : null;
  const before = replaced === null ? null : statSync(replaced);
  await writeLines(replaced ?? out, { replace: force, before }, (write) => write(text.trimEnd()));
}

type Trees = ReadonlyMap<string, { readonly tree: OpenTree; readonly keys: readonly ClusterKey[] }>;

/** What is to stand in the file. Throws `refused` where nothing would. */
async function routing(
  asked: HaproxyArguments,
  before: Before | null,
  { trees, root }: { readonly trees: Trees; readonly root: string },
) {
  const { named, leaderReads } = asked;
  const all = [...trees.values()].flatMap((one) => one.keys);
  const keys = chosen(all, named);
  if (keys.length === 0) throw new Failure('not-found', 'ZooKeeper has no clusters.');
  const { bind, ports } = placesOf(keys, asked, before);
  const found = await Promise.all(
    keys.map(async (key): Promise<RoutedCluster | LeftOut> => {
      const { tree } = trees.get(key.ensemble) ?? {};
      const { write: writePort, read: readPort } = ports.get(clusterId(key)) ?? {};
      if (!tree || writePort === undefined || readPort === undefined) {
        throw new Failure('internal', `${key.ensemble} is not connected.`);
      }
      const placed = { id: clusterId(key), name: clusterName(key), writePort, readPort };
      try {
        const members = await membersOf(tree, key);
        checkCluster({ ...placed, members });
        const reads = leaderReads ?? (await leaderReadsOf(tree, key, root));
        return { ...placed, members, leaderReads: reads };
      } catch (error) {
        // Who is asked for by name is to be there; one of all must not keep the others from it.
        const ill = error instanceof Failure && error.code === 'refused';
        if (!ill || named.length > 0) throw error;
        return { ...placed, why: error.message };
      }
    }),
  );
  const clusters = found.filter((one) => 'members' in one);
  const leftOut = found.filter((one) => 'why' in one);
  if (clusters.length > 0) return { clusters, leftOut, bind };
  throw new Failure('refused', `No cluster can be routed.\n${leftOut.map(absent).join('\n')}`);
}

/** Opens every ensemble, for as long as the work takes. */
async function withTrees<T>(
  { ensembles, root }: Config,
  work: (trees: Trees, root: string) => Promise<T>,
): Promise<T> {
  const trees = new Map<string, { tree: OpenTree; keys: ClusterKey[] }>();
  try {
    for (const ensemble of ensembles) {
      const { connect, digest, sessionTimeoutMs: timeoutMs } = ensemble;
      const tree = await openTree({ connect, digest, timeoutMs, patienceMs: PATIENCE_MS });
      trees.set(ensemble.name, { tree, keys: [] });
      trees.set(ensemble.name, { tree, keys: await clustersIn(tree, ensemble) });
    }
    return await work(trees, root);
  } finally {
    for (const { tree } of trees.values()) tree.close();
  }
}
