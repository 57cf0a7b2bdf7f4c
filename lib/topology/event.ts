import type { ClusterId } from './cluster-id';

/** A change of meaning in one cluster, as it is listed under "recent changes". */
export interface ClusterEvent {
  /** From one counter for all clusters of a process. */
  readonly seq: number;
  readonly cluster: ClusterId;
  /** When Howdah saw it. */
  readonly at: number;
  readonly code: EventCode;
  readonly member: string | null;
  readonly says: string;
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
