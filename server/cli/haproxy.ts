import { existsSync } from 'node:fs';
import { Failure } from '@/lib/errors';
import { defaultCheckTimes } from '@/lib/routing/haproxy-checks';
import type { RoutedCluster } from '@/lib/routing/haproxy-cluster';
import { haproxyConfig } from '@/lib/routing/haproxy-config';
import { clusterId, clusterName } from '@/lib/topology/cluster-id';
import type { ClusterKey } from '@/lib/topology/facts';
import { type OpenTree, openTree } from '../adapters/zookeeper/tree';
import { type Config, loadConfig } from '../config';
import { chosen, clustersIn, leaderReadsOf, membersOf } from './haproxy-clusters';
import { type HaproxyArguments, haproxyArguments } from './haproxy-options';
import { taken, writeLines } from './subtree-file';

/** A lost connection has this long to come back, milliseconds. */
const PATIENCE_MS = 10_000;

/** Sessions at one time; Debian's service may open a hundred times as many files. */
const MAX_CONNECTIONS = 4000;

/**
 * `haproxy config`: a haproxy.cfg for clusters of the ensembles that the configuration names. Throws
 * an `Error` with one sentence for the person who asked.
 */
export async function haproxy(args: readonly string[]): Promise<void> {
  const asked = haproxyArguments(args);
  const { out, force } = asked;
  if (out !== null && !force && existsSync(out)) throw taken(out);
  const clusters = await withTrees(loadConfig(process.env), (trees, root) =>
    routedClusters(asked, trees, root),
  );
  const text = haproxyConfig({
    ...asked,
    clusters,
    maxConnections: MAX_CONNECTIONS,
    checks: defaultCheckTimes,
  });
  if (out === null) {
    process.stdout.write(text);
    return;
  }
  await writeLines(out, { replace: force }, (write) => write(text.trimEnd()));
  for (const { name, members, writePort, readPort } of clusters) {
    const who = `${members.length} ${members.length === 1 ? 'member' : 'members'}`;
    process.stdout.write(`${name}: writes at ${writePort}, reads at ${readPort}, ${who}\n`);
  }
}

type Trees = ReadonlyMap<string, { readonly tree: OpenTree; readonly keys: readonly ClusterKey[] }>;

async function routedClusters(
  asked: HaproxyArguments,
  trees: Trees,
  root: string,
): Promise<RoutedCluster[]> {
  const { named, writePort, readPort, step, leaderReads } = asked;
  const keys = chosen(
    [...trees.values()].flatMap((one) => one.keys),
    named,
  );
  if (keys.length === 0) throw new Failure('not-found', 'ZooKeeper has no clusters.');
  return Promise.all(
    keys.map(async (key, at): Promise<RoutedCluster> => {
      const found = trees.get(key.ensemble);
      if (!found) throw new Failure('internal', `${key.ensemble} is not connected.`);
      return {
        id: clusterId(key),
        name: clusterName(key),
        members: await membersOf(found.tree, key),
        leaderReads: leaderReads ?? (await leaderReadsOf(found.tree, key, root)),
        writePort: writePort + at * step,
        readPort: readPort + at * step,
      };
    }),
  );
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
