import { namesOf } from './path';

export interface ImportRules {
  /** Where Patroni's clusters are, e.g. "/service". */
  readonly namespaces: readonly string[];
  /** Howdah's own folder. */
  readonly root: string;
}

/** What Patroni alone may write of a scope, each with why an old one must not come back. */
const PATRONIS: ReadonlyMap<string, string> = new Map([
  ['leader', 'who leads is for the members to agree on'],
  ['members', 'each member announces itself'],
  ['sync', 'an old one could let a standby be promoted that lacks commits'],
  ['failover', 'it is a request, and restoring it would start a switchover'],
  ['status', 'it says where the leader is now'],
  ['history', 'only the leader knows the timelines that there were'],
  ['initialize', 'it says which database this cluster is'],
  ['failsafe', 'it says which members there are now'],
  ['optime', 'it says where the leader is now'],
]);

/**
 * Why a znode may never be imported, in one sentence; null where it may. It goes by the namespaces
 * that are watched: clusters of others are not known, and not protected.
 */
export function refusalOf(path: string, { namespaces, root }: ImportRules): string | null {
  const names = namesOf(path);
  if (names[0] === 'zookeeper') return `${path} belongs to ZooKeeper itself.`;
  if (ownFolders(root).some((folder) => isWithin(names, folder))) {
    return `${path} belongs to Howdah: an old record of an operation would be taken for a true one.`;
  }
  for (const namespace of namespaces) {
    const why = patronisReason(names, namesOf(namespace));
    if (why !== null) return `${path} belongs to Patroni: ${why}.`;
  }
  return null;
}

/** Where Howdah's root is that of everything, only its records are its own. */
function ownFolders(root: string): readonly (readonly string[])[] {
  const names = namesOf(root);
  return names.length > 0 ? [names] : [['operations'], ['pauses'], ['schedules']];
}

/** Patroni's layout is namespace/scope/name, with a Citus group before the name where there is one. */
function patronisReason(names: readonly string[], namespace: readonly string[]): string | null {
  if (!isWithin(names, namespace)) return null;
  const [scope, first, second] = names.slice(namespace.length);
  if (scope === undefined || first === undefined) return null;
  const name = /^\d+$/.test(first) ? second : first;
  return (name !== undefined && PATRONIS.get(name)) || null;
}

function isWithin(names: readonly string[], folder: readonly string[]): boolean {
  return folder.every((name, depth) => names[depth] === name);
}
