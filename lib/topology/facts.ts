/**
 * What ZooKeeper says of one cluster: each znode read, decoded or said to be unreadable. Immutable,
 * and free of anything PostgreSQL or Howdah itself would add. Field sources: the coordination
 * schema of Patroni 2.1 to 4.1, told apart by which fields are present, never by version.
 */

/** Where a cluster lives. `group` is the Citus group, null outside Citus. */
export interface ClusterKey {
  readonly ensemble: string;
  /** Absolute, without a trailing slash, e.g. "/service". */
  readonly namespace: string;
  readonly scope: string;
  readonly group: number | null;
}

/** The part of ZooKeeper's stat that decisions rest on. Transaction ids and sessions are text. */
export interface Stat {
  readonly czxid: string;
  readonly mzxid: string;
  readonly version: number;
  /** Hexadecimal session id; null for a persistent znode. */
  readonly ephemeralOwner: string | null;
  /** Milliseconds since the epoch, by the ensemble's clock. */
  readonly ctime: number;
  readonly mtime: number;
}

/** A znode's content after decoding. Unreadable keeps what it held, so that a person can judge. */
export type Decoded<T> =
  | { readonly is: 'absent' }
  | { readonly is: 'ok'; readonly value: T; readonly stat: Stat }
  | {
      readonly is: 'unreadable';
      readonly why: string;
      /** The first bytes, with what is not printable escaped. */
      readonly preview: string;
      readonly bytes: number;
      readonly stat: Stat | null;
    };

export interface ConfigFacts {
  /** Seconds; Patroni's own defaults where the object is silent. */
  readonly ttl: number;
  readonly loopWait: number;
  readonly retryTimeout: number;
  /** Bytes. */
  readonly maximumLagOnFailover: number;
  readonly synchronousMode: 'off' | 'on' | 'quorum';
  readonly synchronousModeStrict: boolean;
  readonly paused: boolean;
  readonly standbyCluster: boolean;
  readonly failsafeMode: boolean;
  readonly checkTimeline: boolean;
}

export interface MemberFacts {
  readonly name: string;
  readonly role: Role;
  /** As written by Patroni, e.g. "running", "creating replica"; "unknown" when absent. */
  readonly state: string;
  readonly connUrl: string | null;
  readonly apiUrl: string | null;
  readonly version: string | null;
  readonly timeline: number | null;
  /** Decimal byte position as text; null while starting or stopping. */
  readonly xlogLocation: string | null;
  readonly replicationState: string | null;
  readonly pendingRestart: boolean;
  readonly pendingRestartReason: readonly string[];
  /** ISO time with a zone; null: none is scheduled. */
  readonly scheduledRestart: string | null;
  readonly paused: boolean;
  readonly tags: MemberTags;
}

export interface MemberTags {
  readonly nofailover: boolean;
  readonly noloadbalance: boolean;
  readonly nosync: boolean;
  readonly nostream: boolean;
  readonly replicatefrom: string | null;
  readonly failoverPriority: number | null;
  /** Everything else, as written. */
  readonly other: Readonly<Record<string, string>>;
}

/**
 * The role a member gives itself. `primary` covers the older word "master"; `other` keeps a word
 * this version of Howdah doesn't know, in the member's `state` sentence.
 */
export type Role =
  | 'primary'
  | 'replica'
  | 'standby_leader'
  | 'promoted'
  | 'demoted'
  | 'uninitialized'
  | 'other';

export interface LeaderFacts {
  readonly name: string;
}

export interface SyncFacts {
  readonly leader: string | null;
  readonly standbys: readonly string[];
  /** Null before Patroni 4.0. */
  readonly quorum: number | null;
}

export interface FailoverFacts {
  readonly leader: string | null;
  readonly candidate: string | null;
  readonly scheduledAt: string | null;
}

export interface HistoryEntry {
  readonly timeline: number;
  /** Decimal byte position as text. */
  readonly lsn: string;
  readonly reason: string;
  /** ISO time, or null in entries of old versions. */
  readonly at: string | null;
  readonly leader: string | null;
}

export interface StatusFacts {
  /** Decimal byte position as text. */
  readonly optime: string | null;
  readonly slots: Readonly<Record<string, string>>;
}

export interface ClusterFacts {
  readonly key: ClusterKey;
  /** Null: not written yet; "" while bootstrapping; else the system identifier. */
  readonly initialize: Decoded<string>;
  readonly config: Decoded<ConfigFacts>;
  readonly leader: Decoded<LeaderFacts>;
  readonly failover: Decoded<FailoverFacts | null>;
  readonly sync: Decoded<SyncFacts | null>;
  readonly history: Decoded<readonly HistoryEntry[]>;
  readonly status: Decoded<StatusFacts>;
  readonly failsafe: Decoded<Readonly<Record<string, string>>>;
  readonly members: ReadonlyMap<string, Decoded<MemberFacts>>;
}
