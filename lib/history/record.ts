import type { ClusterId } from '../topology/cluster-id';
import type { ClusterEvent } from '../topology/event';
import type { Failover } from './failover';
import type { RunRecord } from './run-record';
import type { StructureChange } from './structure';
import type { ZnodeVersion } from './znode-version';

/** A process has begun to watch. What it records later tells how long it went on. */
export interface WatchBegan {
  readonly record: 'watch';
  readonly seq: number;
  readonly at: number;
}

/**
 * All clusters of an ensemble, once it has been read whole. Those that were known and are not among
 * them went while nobody watched.
 */
export interface RollCall {
  readonly record: 'roll-call';
  readonly seq: number;
  readonly at: number;
  readonly ensemble: string;
  readonly namespaces: readonly string[];
  readonly clusters: readonly ClusterId[];
}

/** What must not be lost: written once and in order, by `seq`, whatever dies meanwhile. */
export type HistoryRecord =
  | ClusterEvent
  | StructureChange
  | Failover
  | ZnodeVersion
  | RunRecord
  | RollCall
  | WatchBegan;

/** Events were there first, and have no other mark. */
export const isEvent = (record: HistoryRecord): record is ClusterEvent => !('record' in record);

/** What was done here, rather than seen: kept whoever else records, and above the spool's size. */
export const isAct = (record: HistoryRecord): boolean =>
  isEvent(record) ? record.code === 'operation' : record.record === 'run';

/**
 * So many numbers are left free behind some records: for events that the store derives from them.
 * Numbers are microseconds, so none of this is noticed.
 */
export const room = { first: 200, rollCall: 10_000 } as const;
