import type { Clock } from '../ports';

/**
 * Turns any number of change notices into a bounded number of reads. A path is watched again only
 * by being read, so a path that has been noticed and not yet read costs nothing, however often it
 * changes: re-arming is the back-pressure.
 *
 * Lanes: `leadership` is read at once. `changes` waits for a quiet window, at most for the maximum
 * wait, then goes oldest first under a budget of reads a second. `resync` (start, reconnection,
 * expiry) goes at full speed, so many in flight at a time.
 */
export type Lane = 'leadership' | 'changes' | 'resync';

export interface AggregatorLimits {
  /** No notice for this long ends the wait, milliseconds. */
  readonly quietMs: number;
  /** The oldest notice never waits longer than this, unless the budget is spent. */
  readonly maxWaitMs: number;
  /** Reads a second of the `changes` lane. */
  readonly changesPerSecond: number;
  /** Reads a second of the `leadership` lane. */
  readonly leadershipPerSecond: number;
  /** Reads of the `resync` lane under way at once. */
  readonly resyncInFlight: number;
}

export const defaultLimits: AggregatorLimits = {
  quietMs: 50,
  maxWaitMs: 250,
  changesPerSecond: 1000,
  leadershipPerSecond: 4000,
  resyncInFlight: 256,
};

export interface AggregatorCounters {
  readonly events: number;
  readonly reads: number;
  readonly batches: number;
  readonly dirty: number;
}

/** Reads these paths, arming their watches again; settles when all have been read or have failed. */
export type ReadBatch = (paths: readonly string[], lane: Lane) => Promise<void>;

export class Aggregator {
  readonly #limits: AggregatorLimits;
  readonly #clock: Clock;
  readonly #read: ReadBatch;
  /** Path -> when first noticed; insertion order is age. */
  readonly #dirty: Readonly<Record<Lane, Map<string, number>>> = {
    leadership: new Map(),
    changes: new Map(),
    resync: new Map(),
  };
  readonly #tokens: Record<'leadership' | 'changes', TokenBucket>;
  #lastChange = 0;
  #resyncInFlight = 0;
  #cancelWake: () => void = () => {};
  #wakeAt = Number.POSITIVE_INFINITY;
  #events = 0;
  #reads = 0;
  #batches = 0;
  #closed = false;

  constructor(limits: AggregatorLimits, clock: Clock, read: ReadBatch) {
    this.#limits = limits;
    this.#clock = clock;
    this.#read = read;
    this.#tokens = {
      leadership: new TokenBucket(limits.leadershipPerSecond, limits.maxWaitMs, clock.now()),
      changes: new TokenBucket(limits.changesPerSecond, limits.maxWaitMs, clock.now()),
    };
  }

  get counters(): AggregatorCounters {
    const { leadership, changes, resync } = this.#dirty;
    return {
      events: this.#events,
      reads: this.#reads,
      batches: this.#batches,
      dirty: leadership.size + changes.size + resync.size,
    };
  }

  /** A path has to be read. Noticing it again before that changes nothing but the quiet window. */
  mark(path: string, lane: Lane): void {
    if (this.#closed) return;
    this.#events += 1;
    const now = this.#clock.now();
    const dirty = this.#dirty[lane];
    if (!dirty.has(path)) dirty.set(path, now);
    if (lane === 'changes') this.#lastChange = now;
    this.#wakeBy(this.#dueAt(now));
  }

  /** A path needs no reading any more (it is watched no longer). */
  forget(path: string): void {
    for (const dirty of Object.values(this.#dirty)) dirty.delete(path);
  }

  close(): void {
    this.#closed = true;
    this.#cancelWake();
    for (const dirty of Object.values(this.#dirty)) dirty.clear();
  }

  /** When the next batch of any lane may start; infinity when there is nothing to do. */
  #dueAt(now: number): number {
    let due = Number.POSITIVE_INFINITY;
    const { leadership, changes, resync } = this.#dirty;
    if (leadership.size > 0)
      due = Math.min(due, this.#tokens.leadership.readyAt(leadership.size, now));
    const [oldest] = changes.values();
    if (oldest !== undefined) {
      const wanted = Math.min(
        this.#lastChange + this.#limits.quietMs,
        oldest + this.#limits.maxWaitMs,
      );
      due = Math.min(due, Math.max(wanted, this.#tokens.changes.readyAt(changes.size, now)));
    }
    if (resync.size > 0 && this.#resyncInFlight < this.#limits.resyncInFlight)
      due = Math.min(due, now);
    return due;
  }

  #wakeBy(at: number): void {
    // A later wake is harmless to keep: it finds nothing due and is set again.
    if (at >= this.#wakeAt) return;
    this.#cancelWake();
    this.#wakeAt = at;
    this.#cancelWake = this.#clock.after(Math.max(0, at - this.#clock.now()), () => this.#wake());
  }

  #wake(): void {
    this.#wakeAt = Number.POSITIVE_INFINITY;
    if (this.#closed) return;
    const now = this.#clock.now();
    this.#start('leadership', this.#tokens.leadership.take(this.#dirty.leadership.size, now));
    if (this.#changesDue(now)) {
      this.#start('changes', this.#tokens.changes.take(this.#dirty.changes.size, now));
    }
    this.#start('resync', this.#limits.resyncInFlight - this.#resyncInFlight);
    this.#wakeBy(this.#dueAt(now));
  }

  #changesDue(now: number): boolean {
    const [oldest] = this.#dirty.changes.values();
    if (oldest === undefined) return false;
    return now >= this.#lastChange + this.#limits.quietMs || now >= oldest + this.#limits.maxWaitMs;
  }

  #start(lane: Lane, most: number): void {
    const dirty = this.#dirty[lane];
    const paths = [...dirty.keys()].slice(0, Math.max(0, most));
    if (paths.length === 0) return;
    for (const path of paths) dirty.delete(path);
    this.#reads += paths.length;
    this.#batches += 1;
    if (lane === 'resync') this.#resyncInFlight += paths.length;
    void this.#read(paths, lane).finally(() => {
      if (lane === 'resync') this.#resyncInFlight -= paths.length;
      if (!this.#closed) this.#wakeBy(this.#dueAt(this.#clock.now()));
    });
  }
}

/** With the budget spent, reads go in batches of so many milliseconds' worth, not one by one. */
const BATCH_MS = 20;

/** At most `perSecond` over any second, and never more than one window's worth at once. */
class TokenBucket {
  readonly #perMs: number;
  readonly #capacity: number;
  #tokens: number;
  #at: number;

  constructor(perSecond: number, windowMs: number, now: number) {
    this.#perMs = perSecond / 1000;
    this.#capacity = Math.max(1, (perSecond * windowMs) / 1000);
    this.#tokens = this.#capacity;
    this.#at = now;
  }

  take(wanted: number, now: number): number {
    this.#refill(now);
    const granted = Math.min(wanted, Math.floor(this.#tokens));
    this.#tokens -= granted;
    return granted;
  }

  /** When enough is there for what is wanted, or for a batch worth waking for. */
  readyAt(wanted: number, now: number): number {
    this.#refill(now);
    const batch = Math.max(1, Math.min(wanted, this.#perMs * BATCH_MS, this.#capacity));
    return this.#tokens >= batch ? now : now + Math.ceil((batch - this.#tokens) / this.#perMs);
  }

  #refill(now: number): void {
    this.#tokens = Math.min(
      this.#capacity,
      this.#tokens + Math.max(0, now - this.#at) * this.#perMs,
    );
    this.#at = now;
  }
}
