import type { ClusterId } from '@/lib/topology/cluster-id';
import type { ClusterKey, Stat } from '@/lib/topology/facts';
import type { Access } from '@/lib/znodes/access';

/** A znode as it was read: its bytes and stat. */
export interface RawZnode {
  readonly data: Buffer;
  readonly stat: Stat;
}

/** What a mirror holds of one path: a znode, its absence, or why it could not be read. */
export type MirroredZnode = RawZnode | { readonly failed: string } | null;

/** One scope as the mirror holds it now, for decoding. */
export interface ScopeSnapshot {
  readonly key: ClusterKey;
  /** By its name below the scope, e.g. "config". */
  znode(name: string): MirroredZnode;
  readonly members: ReadonlyMap<string, MirroredZnode>;
}

/** What a batch of reads has changed. */
export interface MirrorBatch {
  /** Leadership is among it: it goes before everything else. */
  readonly urgent: boolean;
  readonly changed: readonly ClusterId[];
  readonly removed: readonly ClusterId[];
}

/**
 * The calls on ZooKeeper that operations need, over the leadership session. All throw
 * `ZooKeeperError`.
 */
export interface ZnodeAccess {
  data(path: string, watch: false): Promise<RawZnode | null>;
  create(
    path: string,
    data: Buffer,
    options?: { readonly ephemeral?: boolean; readonly access?: readonly Access[] },
  ): Promise<void>;
  set(path: string, data: Buffer, version: number): Promise<Stat>;
  delete(path: string, version: number): Promise<void>;
  sync(path: string): Promise<void>;
}

export interface ListingAccess extends ZnodeAccess {
  children(path: string, watch: false): Promise<{ readonly names: readonly string[] } | null>;
  access(path: string): Promise<ReadAccess | null>;
  setAccess(path: string, access: readonly Access[], version: number): Promise<void>;
}

/** A znode's ACL as it was read. */
export interface ReadAccess {
  readonly access: readonly Access[];
  /** False where hashes are masked. */
  readonly whole: boolean;
  /** Of the ACL; that of the bytes is in the stat. */
  readonly accessVersion: number;
  /** How many children it has. */
  readonly children: number;
  readonly stat: Stat;
}

/**
 * The calls on ZooKeeper that the export and the import of a subtree need, over a session of their
 * own. All throw `ZooKeeperError`.
 */
export interface TreeAccess extends Pick<ZnodeAccess, 'data' | 'set' | 'sync'> {
  /** The digest it has given, as ACLs have it (`user:hash`); null: none. */
  readonly digest: string | null;
  access(path: string): Promise<ReadAccess | null>;
  children(path: string, watch: false): Promise<{ readonly names: readonly string[] } | null>;
  create(
    path: string,
    data: Buffer,
    options: { readonly access: readonly Access[] },
  ): Promise<void>;
  setAccess(path: string, access: readonly Access[], version: number): Promise<void>;
  /** Returns once it is connected. Throws `unavailable` when it is over or that takes too long. */
  connected(): Promise<void>;
}
