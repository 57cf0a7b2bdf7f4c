import type { Problem, Severity } from '../diagnosis/problem';
import type { ClusterId } from './cluster-id';
import type { ClusterKey, ConfigFacts, HistoryEntry, MemberTags, Role } from './facts';
import type { ProbeFailure } from './sample';

/**
 * What Howdah shows of one cluster: facts of ZooKeeper and samples of PostgreSQL joined. Plain
 * JSON, immutable. Times are milliseconds since the epoch by Howdah's clock unless said otherwise;
 * ages are derived where they are shown, so that an unchanged cluster stays byte-identical.
 */
export interface ClusterView {
  readonly id: ClusterId;
  readonly key: ClusterKey;
  readonly name: string;
  readonly systemId: string | null;
  readonly bootstrapping: boolean;
  readonly leader: LeaderView | null;
  /** When the leader's znode was last seen to vanish, while there is none. */
  readonly leaderlessSince: number | null;
  readonly mode: ModeView;
  readonly timeline: number | null;
  readonly config: ConfigView;
  readonly sync: SyncView | null;
  readonly request: RequestView | null;
  readonly history: readonly HistoryEntry[];
  /** Who paused it and why, where Howdah did; null: it is not paused, or that is not known. */
  readonly pause: PauseView | null;
  readonly members: readonly MemberView[];
  /** Znodes that hold something, but nothing that could be understood. */
  readonly unreadable: readonly UnreadableView[];
  readonly problems: readonly Problem[];
  readonly health: Health;
  /** One sentence for the head of the page. */
  readonly headline: string;
  /** When anything but a lag figure last changed. */
  readonly changedAt: number;
  /** The last time that writes moved to another primary; null when none was seen. */
  readonly lastOutage: OutageView | null;
}

/**
 * How long nobody was seen to accept writes while the primary changed: from the last probe that
 * found the old one writable to the first that found the new one so. An upper bound, as exact as
 * the probes are dense.
 */
export interface OutageView {
  readonly from: string;
  readonly to: string;
  readonly startedAt: number;
  readonly endedAt: number;
}

/** A severity, or what stands for none. */
export type Health = 'good' | Severity;

/** A pause as its owner gave it. */
export interface PauseView {
  readonly by: string | null;
  readonly reason: string;
  readonly since: number;
  /** When its owner wants to be reminded; null: never. */
  readonly until: number | null;
}

export interface LeaderView {
  readonly name: string;
  /** Creation zxid of the leader znode: the leadership epoch, compared as text for equality. */
  readonly czxid: string;
  readonly session: string | null;
  /** The ensemble's clock. */
  readonly since: number;
}

export interface ModeView {
  readonly replication: 'async' | 'sync' | 'quorum' | 'unknown';
  readonly paused: boolean;
  readonly standbyCluster: boolean;
  readonly failsafe: boolean;
}

export type ConfigView =
  | { readonly is: 'ok'; readonly version: number; readonly value: ConfigFacts }
  | { readonly is: 'absent' }
  | { readonly is: 'unreadable'; readonly why: string; readonly version: number | null };

export interface SyncView {
  readonly leader: string | null;
  readonly standbys: readonly string[];
  readonly quorum: number | null;
}

/** A pending switchover or failover in the cluster's `failover` znode. */
export interface RequestView {
  /** Of its znode: what it is taken back by. */
  readonly version: number;
  readonly leader: string | null;
  readonly candidate: string | null;
  readonly scheduledAt: string | null;
}

export interface UnreadableView {
  readonly path: string;
  readonly why: string;
  readonly preview: string;
  readonly bytes: number;
}

export interface MemberView {
  readonly name: string;
  readonly role: Role;
  readonly state: string;
  readonly isLeader: boolean;
  readonly presence: Presence;
  /** "host:port" of PostgreSQL, null when not known. */
  readonly address: string | null;
  readonly apiUrl: string | null;
  /** Patroni's version. */
  readonly version: string | null;
  /** e.g. 150018, from the probe. */
  readonly serverVersion: number | null;
  readonly timeline: number | null;
  readonly tags: MemberTags;
  /** When PostgreSQL was started, by that server's clock; null when not known. */
  readonly startedAt: number | null;
  /** When it last read its configuration, by that server's clock; null when not known. */
  readonly configLoadedAt: number | null;
  readonly pendingRestart: boolean;
  readonly pendingRestartReason: readonly string[];
  /** When Patroni is to restart PostgreSQL, ISO with a zone; null: nothing is scheduled. */
  readonly scheduledRestart: string | null;
  /** Its Patroni knows that the cluster is paused. */
  readonly patroniPaused: boolean;
  /** What this member takes part in: synchronous replication, or plain. */
  readonly syncRole: 'sync' | 'quorum' | 'potential' | 'async' | null;
  /** Printed LSN: current on the primary, replayed on a standby. */
  readonly lsn: string | null;
  readonly probe: ProbeView;
  /** How it is fed; null for a primary. */
  readonly upstream: UpstreamView | null;
  readonly lag: LagView | null;
  readonly slots: readonly SlotView[];
}

/** Gone is not dropped: the page draws a missing member where it was. */
export type Presence =
  | { readonly is: 'present' }
  | { readonly is: 'missing'; readonly since: number };

export type ProbeView =
  | { readonly is: 'pending' }
  | { readonly is: 'ok'; readonly writable: boolean; readonly privileged: boolean }
  | { readonly is: 'failing'; readonly since: number; readonly failure: ProbeFailure };

export interface UpstreamView {
  /** The member it streams from; null when that could not be matched to a member. */
  readonly name: string | null;
  /** What the edge's look tells. */
  readonly state: 'streaming' | 'catching-up' | 'archive' | 'broken' | 'unknown';
  readonly says: string;
}

/**
 * How far a standby is behind the leader, by stage and in time. Null is "not known", never zero.
 * Bytes are from the leader's current position back to the stage.
 */
export interface LagView {
  readonly sentBytes: number | null;
  readonly writeBytes: number | null;
  readonly flushBytes: number | null;
  readonly replayBytes: number | null;
  /** Milliseconds of the leader's past that are not replayed yet. */
  readonly replayMs: number | null;
  /** True when replayMs is a lower bound: the position is older than the samples kept. */
  readonly atLeast: boolean;
  readonly quality: LagQuality;
  /** When the standby's figures were sampled. */
  readonly sampledAt: number | null;
}

export type LagQuality = 'fresh' | 'idle' | 'receiver-down' | 'replay-paused' | 'stale' | 'unknown';

export interface SlotView {
  readonly name: string;
  readonly active: boolean;
  readonly walStatus: string | null;
  readonly retainedBytes: number | null;
}

/** The row of the fleet page: what the table sorts, filters and shows, and nothing more. */
export interface ClusterSummary {
  readonly id: ClusterId;
  readonly key: ClusterKey;
  readonly name: string;
  readonly health: Health;
  readonly worst: { readonly code: string; readonly says: string; readonly since: number } | null;
  readonly problemCount: number;
  readonly leader: string | null;
  readonly members: {
    readonly total: number;
    readonly running: number;
    readonly missing: number;
    /** All of them, for search. */
    readonly names: readonly string[];
  };
  /** Of the standby furthest behind; null when nothing is known. */
  readonly lag: {
    readonly bytes: number | null;
    readonly ms: number | null;
    readonly member: string;
  } | null;
  readonly lagQuality: LagQuality;
  readonly timeline: number | null;
  readonly mode: ModeView;
  readonly changedAt: number;
  /** Worst replay lag in bytes of the last two minutes, oldest first; null is a gap. */
  readonly trend: readonly (number | null)[];
  /** An operation now under way. */
  readonly operation: string | null;
}
