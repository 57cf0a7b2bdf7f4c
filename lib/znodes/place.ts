import { type ClusterId, clusterId } from '../topology/cluster-id';
import { namesOf } from './path';

/** Where an ensemble's clusters are. */
export interface Places {
  readonly ensemble: string;
  /** "/service", or "/". */
  readonly namespaces: readonly string[];
}

export interface Place {
  readonly cluster: ClusterId;
  /** It is the cluster's configuration. */
  readonly isConfig: boolean;
}

/** Of which cluster a znode is, by Patroni's layout; null: of none, such as a namespace itself. */
export function placeOf(path: string, { ensemble, namespaces }: Places): Place | null {
  const names = namesOf(path);
  const [namespace] = namespaces
    .filter((one) => namesOf(one).every((name, depth) => names[depth] === name))
    .sort((a, b) => namesOf(b).length - namesOf(a).length);
  if (namespace === undefined) return null;
  const [scope, first, ...more] = names.slice(namesOf(namespace).length);
  if (scope === undefined) return null;
  const isGroup = first !== undefined && /^\d+$/.test(first);
  const group = isGroup ? Number(first) : null;
  const [name, ...below] = isGroup ? more : [first, ...more];
  return {
    cluster: clusterId({ ensemble, namespace, scope, group }),
    isConfig: name === 'config' && below.length === 0,
  };
}
