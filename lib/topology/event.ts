import type { ClusterId } from './cluster-id';

/** A change of meaning in one cluster, as it is listed under "recent changes". */
export interface ClusterEvent {
  /** From one counter for all clusters of a process. */
  readonly seq: number;
  /** Or an ensemble, by its `ensembleId`. */
  readonly cluster: ClusterId;
  /** When Howdah saw it. */
  readonly at: number;
  readonly code: EventCode;
  readonly member: string | null;
  readonly says: string;
  /** Who or what made it happen, where that can be told. */
  readonly cause?: Cause | null;
  /** The write to ZooKeeper that it was seen by, where there is one. */
  readonly written?: Written | null;
}

/**
 * `howdah`: an operation of Howdah's was under way, or it was its write. `request`: somebody else had
 * asked Patroni for it, or has written it. `automatic`: nobody had. `unwatched`: it came about while no Howdah watched, who knows how.
 */
export const causes = ['automatic', 'request', 'howdah', 'unwatched'] as const;
export type Cause = (typeof causes)[number];

/** When something was written by the ensemble's own clock, and in which transaction. */
export interface Written {
  readonly at: number;
  readonly zxid: string;
}

export const eventCodes = [
  'cluster-appeared',
  'cluster-gone',
  'leader-changed',
  'leader-lost',
  'writes-resumed',
  'member-joined',
  'member-missing',
  'member-returned',
  'state-changed',
  'role-changed',
  'timeline-changed',
  'sync-changed',
  'mode-changed',
  'config-changed',
  'request-set',
  'request-cleared',
  'problem-raised',
  'problem-cleared',
  'operation',
  'ensemble-lost',
  'ensemble-back',
  'session-renewed',
  'quorum-lost',
  'quorum-leader',
  'server-down',
  'server-up',
] as const;

export type EventCode = (typeof eventCodes)[number];

/** One moment of a cluster's lag, for the chart. */
export interface LagSample {
  readonly seq: number;
  readonly at: number;
  /** By member name; a member that is absent here had no figure, which the chart draws as a gap. */
  readonly members: Readonly<Record<string, LagPoint>>;
}

/** Bytes behind the leader by stage, and milliseconds; null is unknown. */
export interface LagPoint {
  readonly sent: number | null;
  readonly write: number | null;
  readonly flush: number | null;
  readonly replay: number | null;
  readonly ms: number | null;
}
