import type { ClusterKey } from './facts';

/** One opaque, URL-safe name for each cluster: what pages, topics and operations are keyed by. */
export type ClusterId = string;

const known = new WeakMap<ClusterKey, ClusterId>();

/** The id of a cluster. Distinct keys never share an id: every part is percent-encoded first. */
export function clusterId(key: ClusterKey): ClusterId {
  const id = known.get(key) ?? encodeKey(key);
  known.set(key, id);
  return id;
}

function encodeKey(key: ClusterKey): ClusterId {
  const parts = [key.ensemble, key.namespace, key.scope].map(encode);
  if (key.group !== null) parts.push(String(key.group));
  return parts.join('~');
}

/** The key behind an id; null where that is no id of ours. */
export function parseClusterId(id: ClusterId): ClusterKey | null {
  const [ensemble, namespace, scope, group, ...more] = id.split('~');
  if (ensemble === undefined || namespace === undefined || scope === undefined) return null;
  if (more.length > 0 || (group !== undefined && !/^\d+$/.test(group))) return null;
  try {
    return {
      ensemble: decode(ensemble),
      namespace: decode(namespace),
      scope: decode(scope),
      group: group === undefined ? null : Number(group),
    };
  } catch {
    return null;
  }
}

/** What an ensemble's own events are kept under: no cluster has an empty scope. */
export function ensembleId(name: string): ClusterId {
  return encodeKey({ ensemble: name, namespace: '', scope: '', group: null });
}

export const isEnsemble = ({ scope }: ClusterKey): boolean => scope === '';

/** What a person calls the cluster: its scope, with the Citus group behind it where there is one. */
export function clusterName(key: ClusterKey): string {
  if (isEnsemble(key)) return `ZooKeeper ${key.ensemble}`;
  return key.group === null ? key.scope : `${key.scope}/${key.group}`;
}

/** The cluster's folder in ZooKeeper, without a trailing slash. */
export function clusterPath(key: ClusterKey): string {
  const base = key.namespace === '/' ? '' : key.namespace;
  return key.group === null ? `${base}/${key.scope}` : `${base}/${key.scope}/${key.group}`;
}

function encode(part: string): string {
  return encodeURIComponent(part)
    .replace(/[.~!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`)
    .replace(/%/g, '.');
}

function decode(part: string): string {
  return decodeURIComponent(part.replace(/\./g, '%'));
}
