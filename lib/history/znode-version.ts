import type { ClusterId } from '../topology/cluster-id';
import type { Stat } from '../topology/facts';
import type { Access } from '../znodes/access';

/** Of each cluster these are kept in every version that was read. */
export const KEPT_ZNODES = ['config', 'history', 'sync', 'failover', 'leader'] as const;
export type KeptZnode = (typeof KEPT_ZNODES)[number];

/** A znode as it was read, or that it was found to be gone. */
export interface ZnodeVersion {
  readonly record: 'znode';
  readonly seq: number;
  readonly at: number;
  /** Or an ensemble, by its `ensembleId`. */
  readonly cluster: ClusterId;
  /** Below the cluster's folder; of an ensemble the whole path. */
  readonly name: string;
  /** Null: it is gone. */
  readonly znode: {
    /** Base64. */
    readonly data: string;
    readonly stat: Stat;
    /** Null: it was not read, or not of that version. Hashes may be masked. */
    readonly access: readonly Access[] | null;
  } | null;
}

/** One kept version, for a page. */
export interface KeptVersion {
  readonly seq: number;
  /** When Howdah saw it. */
  readonly at: number;
  /** Null: it is gone. */
  readonly znode: {
    /** As text where it is that, without its secrets; else null. */
    readonly text: string | null;
    /** Something in it is a secret, and not shown. */
    readonly masked: boolean;
    readonly bytes: number;
    readonly stat: Stat;
    readonly access: readonly Access[] | null;
  } | null;
  /** So many versions before this one came and went between two reads. */
  readonly skipped: number;
}

export interface VersionsQuery {
  readonly cluster: ClusterId;
  readonly name: string;
  /** Only older ones than this, by `seq`. */
  readonly before?: number | undefined;
  /** 1 to 200. */
  readonly limit: number;
}

export interface VersionsPage {
  /** Newest first. */
  readonly versions: readonly KeptVersion[];
  readonly more: boolean;
}
