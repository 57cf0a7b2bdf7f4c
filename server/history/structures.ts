import { type HistoryRecord, type RollCall, room } from '@/lib/history/record';
import { type StructureChange, StructureFollower } from '@/lib/history/structure';
import type { ClusterId } from '@/lib/topology/cluster-id';
import type { ClusterView } from '@/lib/topology/view';
import type { Clock } from '../ports';

export interface StructuresOptions {
  readonly clock: Clock;
  /** The next number of the history, leaving room for some more. */
  readonly next: (room?: number) => number;
  readonly record: (record: HistoryRecord) => void;
  /** Records find no room now: what builds on them has to wait. */
  readonly losing?: () => boolean;
  /** Whether the cluster is still there: it may go while a start works through many. */
  readonly isThere?: (id: ClusterId) => boolean;
}

/** After so many changes a whole structure is kept: a moment is rebuilt from no more than these. */
const CHANGES_A_WHOLE = 64;

const STARTED_AT_ONCE = 20;

interface Known {
  readonly follower: StructureFollower;
  last: number;
  changes: number;
  /** What the next would build on may be lost. */
  broken: boolean;
}

/** Keeps every change of every cluster's structure, so that any moment can be seen again. */
export class Structures {
  readonly #options: StructuresOptions;
  readonly #known = new Map<ClusterId, Known>();
  #month: string;
  #started = false;

  constructor(options: StructuresOptions) {
    this.#options = options;
    this.#month = monthOf(options.clock.now());
  }

  /** Of this process, or of its present turn to record. */
  #run = 0;

  /** Begins with these: a few at a stretch, since somebody waits for the first look at the fleet. */
  start(views: readonly ClusterView[]): void {
    this.#started = true;
    this.#run = this.#options.next();
    const next = (n: number) => {
      if (!this.#started) return;
      for (const view of views.slice(n, n + STARTED_AT_ONCE)) {
        const isThere = this.#options.isThere?.(view.id) ?? true;
        if (isThere && !this.#known.has(view.id)) this.note(view.id, view);
      }
      if (n + STARTED_AT_ONCE < views.length) {
        this.#options.clock.soon(() => next(n + STARTED_AT_ONCE));
      }
    };
    next(0);
  }

  /** Somebody else records from now on. */
  stop(): void {
    this.#started = false;
    this.#known.clear();
  }

  /** @param at when the view was put together, where that is not just now */
  note(id: ClusterId, view: ClusterView, at = this.#options.clock.now()): void {
    if (!this.#started) return;
    const known = this.#known.get(id);
    const follower = known?.follower ?? new StructureFollower();
    const parts = follower.take(view);
    if (parts === null && !known?.broken) return;
    if (known?.broken && this.#options.losing?.()) return;
    if (!known) {
      const seq = this.#options.next(room.first);
      this.#known.set(id, { follower, last: seq, changes: 0, broken: false });
      this.#record(id, { seq, at, after: null, first: true, parts });
      return;
    }
    known.changes += 1;
    if (known.broken || known.changes > CHANGES_A_WHOLE) {
      this.#wholly(id, known, at);
      return;
    }
    const [seq, after] = [this.#options.next(), known.last];
    known.last = seq;
    this.#record(id, { seq, at, after, first: false, parts });
  }

  /** The cluster is no more. */
  gone(id: ClusterId): void {
    if (!this.#known.delete(id)) return;
    const at = this.#options.clock.now();
    this.#record(id, { seq: this.#options.next(), at, after: null, first: false, parts: null });
  }

  /** These are all clusters of an ensemble's namespaces. */
  present(roll: Pick<RollCall, 'ensemble' | 'namespaces' | 'clusters'>): void {
    const [seq, at] = [this.#options.next(room.rollCall), this.#options.clock.now()];
    this.#options.record({ record: 'roll-call', seq, at, ...roll });
  }

  /**
   * Records were lost on their way to the store. Nobody can tell afterwards of whom: every structure
   * is kept whole at the next look, and from then on is known again.
   */
  lost(): void {
    for (const known of this.#known.values()) known.broken = true;
  }

  /**
   * To be called now and then. Once a month all are kept whole, so that what is older can go; and
   * those of which something may be lost, as soon as there is room again.
   */
  renew(): void {
    const at = this.#options.clock.now();
    if (this.#options.losing?.()) return;
    const isNewMonth = monthOf(at) !== this.#month;
    this.#month = monthOf(at);
    for (const [id, known] of this.#known) {
      if (isNewMonth || known.broken) this.#wholly(id, known, at);
    }
  }

  #wholly(id: ClusterId, known: Known, at: number): void {
    known.last = this.#options.next();
    known.changes = 0;
    known.broken = false;
    const parts = known.follower.whole;
    this.#record(id, { seq: known.last, at, after: null, first: false, parts });
  }

  #record(
    cluster: ClusterId,
    change: Pick<StructureChange, 'seq' | 'at' | 'after' | 'first' | 'parts'>,
  ): void {
    this.#options.record({ record: 'structure', cluster, run: this.#run, ...change });
  }
}

const monthOf = (at: number): string => new Date(at).toISOString().slice(0, 7);
