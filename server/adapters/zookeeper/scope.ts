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

/** What the mirror holds of one cluster. */
export class Scope implements ScopeSnapshot {
  readonly key: ClusterKey;
  readonly id: string;
  readonly path: string;
  /** The bulk session that watches it. */
  readonly shard: number;
  /** Paths not read once yet: until none is left, nobody is told of the cluster. */
  readonly unread = new Set<string>();
  /** Names below `members` when it was last listed. */
  readonly listed = new Set<string>();
  readonly #znodes = new Map<string, MirroredZnode>();
  readonly #members = new Map<string, MirroredZnode>();

  constructor(key: ClusterKey, shard: number) {
    this.key = key;
    this.id = clusterId(key);
    this.path = clusterPath(key);
    this.shard = shard;
  }

  znode(name: string): MirroredZnode {
    return this.#znodes.get(name) ?? null;
  }

  get members(): ReadonlyMap<string, MirroredZnode> {
    return this.#members;
  }

  setZnode(name: string, value: MirroredZnode): void {
    this.#znodes.set(name, value);
  }

  /** A member's znode; null drops it. */
  setMember(name: string, value: MirroredZnode): void {
    if (value === null) this.#members.delete(name);
    else this.#members.set(name, value);
  }
}
