import type { ClusterId } from '../topology/cluster-id';
import type { Cause, ClusterEvent, EventCode } from '../topology/event';

/** Which events are asked for, newest first. What is not said does not narrow. */
export interface EventsQuery {
  /** Only events older than this one, by its `seq`: the next page. */
  readonly before?: number | undefined;
  /** Milliseconds since the epoch, the first included and the last not. */
  readonly from?: number | undefined;
  readonly until?: number | undefined;
  readonly cluster?: ClusterId | undefined;
  readonly member?: string | undefined;
  /** A part of what happened, of the cluster's name or of the member's, in any case. */
  readonly search?: string | undefined;
  readonly codes?: readonly EventCode[] | undefined;
  readonly causes?: readonly Cause[] | undefined;
  /** 1 to 500. */
  readonly limit: number;
}

export interface EventsPage {
  readonly events: readonly ClusterEvent[];
  /** Times for which events are missing, as far as they overlap what was asked for. */
  readonly gaps: readonly Gap[];
  /** Whether there are older ones. */
  readonly more: boolean;
}

/** A time in which events could not be kept, and how many are known to be lost. */
export interface Gap {
  readonly from: number;
  readonly until: number;
  readonly lost: number;
}

/** How well history is being kept. */
export interface HistoryView {
  readonly state: 'off' | 'starting' | 'ready' | 'away';
  /** Since when it is in that state. */
  readonly since: number;
  /** Why it is away, in one sentence; null when nothing is wrong. */
  readonly says: string | null;
  /** "PostgreSQL 18.4, embedded"; null until it has been reached. */
  readonly server: string | null;
  /** What waits on disk to be written, and how much may. */
  readonly waiting: {
    readonly records: number;
    readonly bytes: number;
    readonly mostBytes: number;
  };
  /** Samples of lag that wait in memory, and that were given up since Howdah was started. */
  readonly samples: { readonly waiting: number; readonly lost: number };
  /** Who records instead, where several Howdahs share a store and it is another; else null. */
  readonly standby: string | null;
  /** Events are being lost since then; null: none are. */
  readonly losing: Gap | null;
  /** `seq` of the record written last; 0: none yet by this process. */
  readonly newest: number;
  /** What the store takes on its disk; null: not measured yet. */
  readonly disk: DiskView | null;
}

/**
 * As much of it as is told. To whoever doesn't see all clusters null stands for where it is kept,
 * and for what counts everybody's: the number of the newest record says when something happens.
 */
export interface HistoryTold
  extends Pick<HistoryView, 'state' | 'since' | 'says' | 'server' | 'standby' | 'disk'> {
  readonly waiting: HistoryView['waiting'] | null;
  readonly samples: HistoryView['samples'] | null;
  readonly losing: (Omit<Gap, 'lost'> & { readonly lost: number | null }) | null;
  readonly newest: number | null;
}

/** Measured once a minute. */
export interface DiskView {
  readonly bytes: number;
  /** Above it the oldest goes before its time; null: there is no such limit. */
  readonly budgetBytes: number | null;
  /** What is written in a day, before what is old is dropped; null: not known yet. */
  readonly bytesPerDay: number | null;
}
