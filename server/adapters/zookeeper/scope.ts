import { clusterId, clusterPath } from '@/lib/topology/cluster-id';
import type { ClusterKey } from '@/lib/topology/facts';
import type { MirroredZnode, ScopeSnapshot } from '@/server/ports';

/**
 * Which znodes of a scope are read, and how. `leadership` ones are watched over a session of their
 * own; `watched` ones over a bulk session; `polled` ones change in every loop of Patroni or hardly
 * ever, so they are read now and then instead.
 */
export const LEADERSHIP_ZNODES = ['leader', 'failover'] as const;
export const WATCHED_ZNODES = ['config', 'sync', 'history'] as const;
export const POLLED_ZNODES = ['status', 'initialize', 'failsafe'] as const;

const KNOWN: ReadonlySet<string> = new Set([
  ...LEADERSHIP_ZNODES,
  ...WATCHED_ZNODES,
  ...POLLED_ZNODES,
  'members',
]);

const CITUS_GROUP = /^(?:0|[1-9][0-9]*)$/;

/** What the children of a folder below a namespace make it: groups, a cluster of its own, or neither. */
export function classify(children: readonly string[]): { cluster: boolean; groups: number[] } {
  return {
    cluster: children.some((name) => KNOWN.has(name)),
    groups: children.filter((name) => CITUS_GROUP.test(name)).map(Number),
  };
}

export function isFailed(value: MirroredZnode): value is { readonly failed: string } {
  return value !== null && 'failed' in value;
}

/** What the mirror holds of one cluster. */
export class Scope implements ScopeSnapshot {
  readonly key: ClusterKey;
  readonly id: string;
  readonly path: string;
  /** Paths not read once yet: until none is left, nobody is told of the cluster. */
  readonly unread = new Set<string>();
  /** Names below `members` when it was last listed. */
  readonly memberNames = new Set<string>();
  readonly #znodes = new Map<string, MirroredZnode>();
  readonly #members = new Map<string, MirroredZnode>();
  #listed: ReadonlySet<string> | null = null;

  constructor(key: ClusterKey) {
    this.key = key;
    this.id = clusterId(key);
    this.path = clusterPath(key);
  }

  znode(name: string): MirroredZnode {
    return this.#znodes.get(name) ?? null;
  }

  get members(): ReadonlyMap<string, MirroredZnode> {
    return this.#members;
  }

  /** Whether its folder had such a znode when it was last listed; null where nobody lists it. */
  lists(name: string): boolean | null {
    return this.#listed?.has(name) ?? null;
  }

  setListed(names: ReadonlySet<string> | null): void {
    this.#listed = names;
  }

  /** How often it has changed from what is kept to this value, as far as its version tells. */
  changesTo(role: ZnodeRole, value: MirroredZnode): number {
    const before = this.#kept(role).get(role.name) ?? null;
    if (same(before, value)) return 0;
    if (before === null || value === null || isFailed(before) || isFailed(value)) return 1;
    const sameZnode = before.stat.czxid === value.stat.czxid;
    return sameZnode ? value.stat.version - before.stat.version : value.stat.version + 1;
  }

  #kept({ is }: ZnodeRole): Map<string, MirroredZnode> {
    return is === 'member' ? this.#members : this.#znodes;
  }

  /** Takes in what was read; a member's null drops it. @returns whether there is news to tell. */
  store(role: ZnodeRole, value: MirroredZnode): boolean {
    const kept = this.#kept(role);
    if (same(kept.get(role.name) ?? null, value)) return false;
    if (role.is === 'member' && value === null) kept.delete(role.name);
    else kept.set(role.name, value);
    return this.unread.size === 0;
  }

  /** @returns whether that was the last path that the cluster waited for. */
  markRead(path: string): boolean {
    return this.unread.delete(path) && this.unread.size === 0;
  }
}

interface ZnodeRole {
  readonly is: 'znode' | 'member';
  readonly name: string;
}

function same(a: MirroredZnode, b: MirroredZnode): boolean {
  if (a === null || b === null) return a === b;
  if (isFailed(a) || isFailed(b)) return isFailed(a) && isFailed(b) && a.failed === b.failed;
  return a.stat.mzxid === b.stat.mzxid && a.stat.czxid === b.stat.czxid;
}
