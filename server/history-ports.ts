import type { Sight } from '@/lib/access/sight';
import type { DiskView, EventsPage, EventsQuery, Gap, HistoryView } from '@/lib/history/history';
import type { LagChunk, LagHistory, LagQuery, MemberFigures } from '@/lib/history/lag';
import type { HistoryRecord } from '@/lib/history/record';
import type { ReliabilityFacts, ReliabilityQuery, WorstLag } from '@/lib/history/reliability';
import type { Replay, ReplayQuery } from '@/lib/history/replay';
import type { PastCosts, PastQuery, RunsPage, RunsQuery } from '@/lib/history/run-record';
import type { VersionsPage, VersionsQuery } from '@/lib/history/znode-version';
import type { OperationView } from '@/lib/operations/types';
import type { ClusterId } from '@/lib/topology/cluster-id';

/** Where history is kept for good. */
export interface HistoryStore {
  readonly health: Pick<HistoryView, 'state' | 'since' | 'says' | 'server'>;
  /** It is there, and takes records. */
  readonly writable: boolean;
  /**
   * Writes records, all or none; those it has already, by their `seq`, it leaves alone. Throws while
   * it is away; throws `bad-input` for what it would refuse again.
   */
  write(records: readonly HistoryRecord[]): Promise<void>;
  noteGap(gap: Gap): Promise<void>;
  /** The watch that began then has lasted until that moment. */
  noteWatching(began: number, until: number): Promise<void>;
  /** Those of what somebody may see. Throws `unavailable` while it is away. */
  events(query: EventsQuery, within: Sight): Promise<EventsPage>;
}

/** Where lag is kept for good. */
export interface LagStore {
  /** False while it can't be written to. */
  readonly ready: boolean;
  /** All or none; what it has already, by member and first moment, it leaves alone. */
  write(chunks: readonly LagChunk[]): Promise<void>;
  /** Throws `unavailable` while it is away. */
  read(query: LagQuery): Promise<LagHistory>;
  /** All figures at once, the highest of each bucket. Throws `unavailable` while it is away. */
  figures(query: Omit<LagQuery, 'figure'>): Promise<readonly MemberFigures[]>;
  /** Of each cluster the furthest that a standby was behind. Throws `unavailable` while it is away. */
  worst(query: ReliabilityQuery, within: Sight): Promise<readonly WorstLag[]>;
}

/** Where structures are read back. */
export interface ReplayStore {
  /** Throws `unavailable` while it is away. */
  replay(query: Omit<ReplayQuery, 'buckets'>): Promise<Omit<Replay, 'lag'>>;
}

/** Where changes of leadership are read back, and when somebody watched. */
export interface ReliabilityStore {
  /** Throws `unavailable` while it is away. */
  facts(query: ReliabilityQuery, within: Sight): Promise<Omit<ReliabilityFacts, 'worstLag'>>;
}

/** Where versions of znodes are read back. Throws `unavailable` while it is away. */
export interface VersionStore {
  versions(query: VersionsQuery): Promise<VersionsPage>;
  /** The names of those of a cluster, or of an ensemble's `ensembleId`, that have any. */
  znodes(cluster: ClusterId): Promise<readonly string[]>;
  /** The bytes of one version; null where there is no such, or it was gone then. */
  bytes(which: {
    readonly cluster: ClusterId;
    readonly name: string;
    readonly seq: number;
  }): Promise<Buffer | null>;
}

/** Where runs of operations are read back. Throws `unavailable` while it is away. */
export interface RunStore {
  runs(query: RunsQuery): Promise<RunsPage>;
  /** As it was known last; null: there is none, or none any more. */
  run(which: { readonly cluster: ClusterId; readonly id: string }): Promise<OperationView | null>;
  /** What the cluster's last changes of leadership of that kind cost. */
  past(query: PastQuery): Promise<PastCosts>;
}

/** What is done to history now and then, so that it stays small. Throws while the store is away. */
export interface Upkeep {
  /** Makes rollups of samples before `until`, of which none may come later. */
  rollUp(until: number): Promise<void>;
  /** Drops what is older than it is kept for. @returns what, by name. */
  prune(): Promise<readonly string[]>;
  /** Drops the oldest of what takes more room than history may. @returns what, by name. */
  shrink(): Promise<readonly string[]>;
  measure(): Promise<DiskView>;
}

/** What pages may ask of history. */
export interface HistoryReader extends Pick<HistoryStore, 'events'>, RunStore {
  readonly view: HistoryView;
  lag: LagStore['read'];
  /** All of a stretch of time of one cluster. Throws `unavailable` while the store is away. */
  replay(query: ReplayQuery): Promise<Replay>;
  versions: VersionStore['versions'];
  znodes: VersionStore['znodes'];
  /** What is kept of how reliable clusters were. Throws `unavailable` while the store is away. */
  reliability(query: ReliabilityQuery, within: Sight): Promise<ReliabilityFacts>;
}

/** Records that went to disk together. */
export interface SpooledBatch<T = HistoryRecord> {
  readonly name: string;
  readonly records: readonly T[];
}

/** What waits on disk until the store has it. It outlives the process. */
export interface Spool<T = HistoryRecord> {
  readonly records: number;
  /** When the record that has waited longest was seen; null: none waits. */
  readonly oldestAt: number | null;
  readonly bytes: number;
  readonly mostBytes: number;
  /**
   * Durable once this is true; false: there is no room, which does not hold for what `must` be kept
   * while the disk takes it. Throws what the disk says.
   */
  append(records: readonly T[], must?: 'must'): Promise<boolean>;
  /** The batches that have waited longest, of about `most` records in all; none: nothing waits. */
  oldest(most: number): Promise<readonly SpooledBatch<T>[]>;
  drop(batch: SpooledBatch<T>): Promise<void>;
  /** What was noted last, by this process or an earlier one. */
  readonly losing: Gap | null;
  /** Keeps what is being lost, until the store has it. */
  noteLosing(gap: Gap | null): Promise<void>;
}
