import { type HistoryRecord, type RollCall, room } from '@/lib/history/record';
import { type PartChanges, StructureFollower } from '@/lib/history/structure';
import type { ClusterId } from '@/lib/topology/cluster-id';
import type { ClusterView } from '@/lib/topology/view';
import type { Clock } from '../ports';

export interface StructuresOptions {
  readonly clock: Clock;
  /** The next number of the history, leaving room for some more. */
  readonly next: (room?: number) => number;
  readonly record: (record: HistoryRecord) => void;
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

  /** Begins with these: a few at a stretch, since somebody waits for the first look at the fleet. */
  start(views: readonly ClusterView[]): void {
    this.#started = true;
    const next = (n: number) => {
      for (const view of views.slice(n, n + STARTED_AT_ONCE)) {
        if (!this.#known.has(view.id)) this.note(view.id, view);
      }
      if (n + STARTED_AT_ONCE < views.length) {
        this.#options.clock.soon(() => next(n + STARTED_AT_ONCE));
      }
    };
    next(0);
  }

  note(id: ClusterId, view: ClusterView): void {
    if (!this.#started) return;
    const known = this.#known.get(id);
    const follower = known?.follower ?? new StructureFollower();
    const parts = follower.take(view);
    if (parts === null && !known?.broken) return;
    if (!known) {
      const seq = this.#options.next(room.first);
      this.#known.set(id, { follower, last: seq, changes: 0, broken: false });
      this.#record(id, { seq, after: null, first: true, parts });
      return;
    }
    known.changes += 1;
    if (known.broken || known.changes > CHANGES_A_WHOLE) {
      this.#wholly(id, known);
      return;
    }
    const [seq, after] = [this.#options.next(), known.last];
    known.last = seq;
    this.#record(id, { seq, after, first: false, parts });
  }

  /** The cluster is no more. */
  gone(id: ClusterId): void {
    if (!this.#known.delete(id)) return;
    this.#record(id, { seq: this.#options.next(), after: null, first: false, parts: null });
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

  /** Once a month all are kept whole, so that what is older can go. To be called now and then. */
  renew(): void {
    const month = monthOf(this.#options.clock.now());
    if (month === this.#month) return;
    this.#month = month;
    for (const [id, known] of this.#known) this.#wholly(id, known);
  }

  #wholly(id: ClusterId, known: Known): void {
    known.last = this.#options.next();
    known.changes = 0;
    known.broken = false;
    this.#record(id, { seq: known.last, after: null, first: false, parts: known.follower.whole });
  }

  #record(
    cluster: ClusterId,
    change: { seq: number; after: number | null; first: boolean; parts: PartChanges | null },
  ): void {
    this.#options.record({
      record: 'structure',
      at: this.#options.clock.now(),
      cluster,
      ...change,
    });
  }
}

const monthOf = (at: number): string => new Date(at).toISOString().slice(0, 7);
