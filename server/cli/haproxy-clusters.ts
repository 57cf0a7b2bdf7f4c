import { z } from 'zod';
import { Failure } from '@/lib/errors';
import type { LeaderReads, RoutedMember } from '@/lib/routing/haproxy-cluster';
import { clusterId, clusterName, clusterPath } from '@/lib/topology/cluster-id';
import type { ClusterKey } from '@/lib/topology/facts';
import { joinPath } from '@/lib/znodes/path';
import { decode } from '../adapters/patroni/decode';
import { readMember } from '../adapters/patroni/parse';
import { hostOf } from '../adapters/postgres/conn-url';
import { classify } from '../adapters/zookeeper/scope';
import type { OpenTree } from '../adapters/zookeeper/tree';
import type { EnsembleConfig } from '../config';

type Reader = Pick<OpenTree, 'children' | 'data'>;

/** Every cluster of one ensemble, as its namespaces list them. */
export async function clustersIn(
  tree: Reader,
  { name: ensemble, namespaces }: Pick<EnsembleConfig, 'name' | 'namespaces'>,
): Promise<ClusterKey[]> {
  const found: ClusterKey[] = [];
  for (const namespace of namespaces) {
    const scopes = (await tree.children(namespace, false))?.names ?? [];
    const keys = scopes.map(async (scope): Promise<ClusterKey[]> => {
      const key = { ensemble, namespace, scope, group: null };
      const names = (await tree.children(clusterPath(key), false))?.names ?? [];
      const { cluster, groups } = classify(names);
      return [...(cluster ? [key] : []), ...groups.map((group) => ({ ...key, group }))];
    });
    found.push(...(await Promise.all(keys)).flat());
  }
  return found;
}

/**
 * Those that were named, by scope or by id; all when none was. In the order of their names, in which
 * they get their ports. Throws `bad-input`, with what there is, for a name that is of none or several.
 */
export function chosen(all: readonly ClusterKey[], named: readonly string[]): ClusterKey[] {
  const byName = (a: ClusterKey, b: ClusterKey) =>
    compare(clusterName(a), clusterName(b)) || compare(clusterId(a), clusterId(b));
  const sorted = [...all].sort(byName);
  const picked = named.map((name) => {
    const fitting = sorted.filter((key) => clusterName(key) === name || clusterId(key) === name);
    if (fitting.length > 1) {
      const ids = fitting.map(clusterId).join(' and ');
      throw new Failure('bad-input', `"${name}" is the name of more than one cluster: say ${ids}.`);
    }
    if (fitting.length === 1) return fitting;
    const names = sorted.map(clusterName).join(', ') || 'none';
    throw new Failure('bad-input', `There is no cluster "${name}" in ZooKeeper, but ${names}.`);
  });
  return named.length === 0 ? sorted : [...new Set(picked.flat())].sort(byName);
}

const compare = (a: string, b: string) => (a < b ? -1 : Number(a > b));

/** The members that are registered now, by name. Throws `refused` where one's addresses make no sense. */
export async function membersOf(tree: Reader, key: ClusterKey): Promise<RoutedMember[]> {
  const folder = `${clusterPath(key)}/members`;
  const names = [...((await tree.children(folder, false))?.names ?? [])].sort(compare);
  const members = await Promise.all(
    names.map(async (name) => {
      const raw = await tree.data(joinPath(folder, name), false);
      const read = decode(raw, (text) => readMember(name, text));
      const whose = `${name} of ${clusterName(key)}`;
      if (read.is === 'absent') return null; // It has left meanwhile.
      if (read.is === 'unreadable') {
        throw new Failure('refused', `What ZooKeeper has of ${whose} makes no sense: ${read.why}.`);
      }
      const { connUrl, apiUrl } = read.value;
      return { name, ...addressOf(connUrl, whose), rest: restOf(apiUrl, whose) };
    }),
  );
  return members.filter((member) => member !== null);
}

function addressOf(connUrl: string | null, whose: string) {
  try {
    return hostOf(connUrl ?? '');
  } catch (cause) {
    const says = `ZooKeeper has no address for PostgreSQL of ${whose} that makes sense.`;
    throw new Failure('refused', says, cause);
  }
}

function restOf(apiUrl: string | null, whose: string): RoutedMember['rest'] {
  const url = apiUrl !== null && URL.canParse(apiUrl) ? new URL(apiUrl) : null;
  const https = url?.protocol === 'https:';
  if (!url || !(https || url.protocol === 'http:')) {
    const says = `ZooKeeper has no address for Patroni's REST API of ${whose} that makes sense.`;
    throw new Failure('refused', says);
  }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return { host, port: Number(url.port || (https ? 443 : 80)), https };
}

const policy = z.looseObject({
  leaderReads: z.enum(['never', 'fallback', 'always']).default('fallback'),
});

/** What the cluster's policy says, `fallback` where it has none. Throws `refused` for one that can't be read. */
export async function leaderReadsOf(
  tree: Reader,
  key: ClusterKey,
  root: string,
): Promise<LeaderReads> {
  const path = `${root === '/' ? '' : root}/routing/${clusterId(key)}`;
  const raw = await tree.data(path, false);
  if (raw === null) return 'fallback';
  try {
    return policy.parse(JSON.parse(raw.data.toString('utf8'))).leaderReads;
  } catch (cause) {
    const says = `The routing policy of ${clusterName(key)} in ZooKeeper makes no sense: say --leader-reads.`;
    throw new Failure('refused', says, cause);
  }
}
