import type { AggregatorView, LaneView } from '@/lib/stream/frames';
import type { Clock } from '../ports';
import { DirtySet } from './dirty-set';
import { Rate } from './rate';
import { TokenBucket } from './token-bucket';

/**
 * Turns any number of change notices into a bounded number of reads. A path is watched again only
 * by being read, so a path that has been noticed and not yet read costs nothing, however often it
 * changes: re-arming is the back-pressure.
 *
 * Lanes: `leadership` is read at once, from a reserve of its own. `changes` waits for a quiet
 * window, at most for the maximum wait, then goes oldest first under a budget of reads a second: so
 * the more there is to read, the longer the window gets, and no path is passed over; only what
 * somebody looks at does not wait longer than the maximum, for at most half of the budget. `resync`
 * (start, reconnection, expiry) goes at full speed, so many reads in flight at a time.
 */
export type Lane = LaneView['lane'];

export interface AggregatorLimits {
  /** No notice for this long ends the wait, milliseconds. */
  readonly quietMs: number;
  /** The oldest notice never waits longer than this, unless the budget is spent. */
  readonly maxWaitMs: number;
  /** Reads a second of the `changes` lane. */
  readonly changesPerSecond: number;
  /** Reads a second of the `leadership` lane. */
  readonly leadershipPerSecond: number;
  /** Reads under way at once, of the `changes` and of the `resync` lane. */
  readonly changesInFlight: number;
  readonly resyncInFlight: number;
}

export const defaultAggregatorLimits: AggregatorLimits = {
  quietMs: 50,
  maxWaitMs: 250,
  changesPerSecond: 750,
  leadershipPerSecond: 4000,
  changesInFlight: 256,
  resyncInFlight: 256,
};

/**
 * So many reads are sent at a stretch, and then answered at a stretch: what arrives meanwhile, a new
 * leader perhaps, must not wait for hundreds.
 */
const BURST = 32;

/** Reads these paths, arming their watches again; settles when all have been read or have failed. */
export type ReadBatch = (paths: readonly string[], lane: Lane) => Promise<void>;

interface LaneState {
  readonly lane: Lane;
  readonly dirty: DirtySet;
  readonly rate: Rate;
  /** Null: bounded by what is in flight alone. */
  readonly tokens: TokenBucket | null;
  readonly budget: number | null;
  readonly mostInFlight: number;
  inFlight: number;
}

export class Aggregator {
  readonly #limits: AggregatorLimits;
  readonly #clock: Clock;
  readonly #read: ReadBatch;
  readonly #lanes: Readonly<Record<Lane, LaneState>>;
  readonly #noticed: Rate;
  readonly #changed: Rate;
  #lastChange = 0;
  #cancelWake: () => void = () => {};
  #wakeAt = Number.POSITIVE_INFINITY;
  #leadershipSoon = false;
  #goingOn = false;
  #events = 0;
  #changes = 0;
  #reads = 0;
  #batches = 0;
  #closed = false;

  constructor(limits: AggregatorLimits, clock: Clock, read: ReadBatch) {
    this.#limits = limits;
    this.#clock = clock;
    this.#read = read;
    this.#noticed = new Rate(clock.now());
    this.#changed = new Rate(clock.now());
    const lane = (name: Lane, budget: number | null, mostInFlight: number): LaneState => ({
      lane: name,
      dirty: new DirtySet(),
      rate: new Rate(clock.now()),
      tokens: budget === null ? null : new TokenBucket(budget, clock.now()),
      budget,
      mostInFlight,
      inFlight: 0,
    });
    this.#lanes = {
      leadership: lane('leadership', limits.leadershipPerSecond, Number.POSITIVE_INFINITY),
      changes: lane('changes', limits.changesPerSecond, limits.changesInFlight),
      resync: lane('resync', null, limits.resyncInFlight),
    };
  }

  /** A path has to be read. Noticing it again before that changes nothing but the quiet window. */
  mark(path: string, lane: Lane, group = path): void {
    if (this.#closed) return;
    const now = this.#clock.now();
    this.#lanes[lane].dirty.add(path, group, now);
    if (lane === 'changes') this.#lastChange = now;
    if (lane === 'leadership') this.#leadSoon();
    else this.#wakeBy(this.#dueAt(now));
  }

  /** The groups that somebody looks at now. */
  attend(groups: ReadonlySet<string>): void {
    this.#lanes.changes.dirty.attend(groups);
  }

  /** More waits to be read, or to be answered, than may be read within the maximum wait. */
  get behind(): boolean {
    const { dirty, inFlight } = this.#lanes.changes;
    const { changesPerSecond, maxWaitMs } = this.#limits;
    return dirty.size + inFlight > (changesPerSecond * maxWaitMs) / 1000;
  }

  /** A watch has fired. */
  noticed(): void {
    this.#events += 1;
    this.#noticed.add(1, this.#clock.now());
  }

  /** So many changes were behind what a read found: by its znode's version. */
  seen(changes: number): void {
    this.#changes += changes;
    this.#changed.add(changes, this.#clock.now());
  }

  /** A path needs no reading any more (it is watched no longer). */
  forget(path: string): void {
    for (const { dirty } of Object.values(this.#lanes)) dirty.delete(path);
  }

  view(): AggregatorView {
    const now = this.#clock.now();
    const lanes = Object.values(this.#lanes).map((one) => this.#laneView(one, now));
    const changes = this.#changed.perSecond(now);
    const reads = lanes.reduce((sum, { readsPerSecond }) => sum + readsPerSecond, 0);
    const oldest = Object.values(this.#lanes)
      .flatMap(({ dirty }) => dirty.oldest ?? [])
      .sort((a, b) => a.since - b.since);
    return {
      events: this.#events,
      reads: this.#reads,
      changes: this.#changes,
      batches: this.#batches,
      dirty: lanes.reduce((sum, { dirty }) => sum + dirty, 0),
      eventsPerSecond: round(this.#noticed.perSecond(now)),
      coalescing: reads === 0 ? null : round(changes / reads),
      oldest: oldest[0] ?? null,
      lanes,
    };
  }

  close(): void {
    this.#closed = true;
    this.#cancelWake();
    for (const { dirty } of Object.values(this.#lanes)) dirty.clear();
  }

  #laneView({ lane, dirty, inFlight, rate, budget }: LaneState, now: number): LaneView {
    const { maxWaitMs, changesPerSecond } = this.#limits;
    const stretched = Math.round((dirty.size / changesPerSecond) * 1000);
    return {
      lane,
      dirty: dirty.size,
      inFlight,
      readsPerSecond: round(rate.perSecond(now)),
      budgetPerSecond: budget,
      windowMs: lane === 'changes' ? Math.max(maxWaitMs, stretched) : null,
    };
  }

  /** Not within the call, so that what changes together is read together; and before anything else. */
  #leadSoon(): void {
    if (this.#leadershipSoon) return;
    this.#leadershipSoon = true;
    queueMicrotask(() => {
      this.#leadershipSoon = false;
      if (!this.#closed) this.#wake();
    });
  }

  /** When the next batch of any lane may start; infinity when there is nothing to do. */
  #dueAt(now: number): number {
    const { leadership, changes, resync } = this.#lanes;
    let due = Number.POSITIVE_INFINITY;
    if (leadership.dirty.size > 0) {
      due = leadership.tokens?.readyAt(leadership.dirty.size, now) ?? now;
    }
    const { oldest } = changes.dirty;
    if (oldest && changes.inFlight < changes.mostInFlight) {
      const ready = changes.tokens?.readyAt(changes.dirty.size, now) ?? now;
      due = Math.min(due, Math.max(this.#ripeAt(oldest.since), ready));
    }
    if (resync.dirty.size > 0 && resync.inFlight < resync.mostInFlight) due = Math.min(due, now);
    return due;
  }

  /** When the quiet window of what has waited since then is over. */
  #ripeAt(since: number): number {
    const { quietMs, maxWaitMs } = this.#limits;
    return Math.min(this.#lastChange + quietMs, since + maxWaitMs);
  }

  #wakeBy(at: number): void {
    // A later wake is harmless to keep: it finds nothing due and is set again.
    if (at >= this.#wakeAt) return;
    this.#cancelWake();
    this.#wakeAt = at;
    const wait = Math.max(0, at - this.#clock.now());
    this.#cancelWake = this.#clock.after(wait, () => {
      this.#wakeAt = Number.POSITIVE_INFINITY;
      this.#wake();
    });
  }

  #wake(): void {
    if (this.#closed) return;
    const now = this.#clock.now();
    const { leadership, changes, resync } = this.#lanes;
    this.#start(leadership, leadership.dirty.size, now);
    const { oldest } = changes.dirty;
    let full = false;
    if (oldest && now >= this.#ripeAt(oldest.since)) full = this.#burst(changes, now);
    full = this.#burst(resync, now) || full;
    if (full) this.#goOnSoon();
    else this.#wakeBy(this.#dueAt(now));
  }

  /** @returns whether that was all it may send at a stretch, so that there may be more. */
  #burst(state: LaneState, now: number): boolean {
    const most = Math.min(BURST, state.mostInFlight - state.inFlight);
    return this.#start(state, most, now) === BURST;
  }

  #goOnSoon(): void {
    if (this.#goingOn) return;
    this.#goingOn = true;
    this.#clock.soon(() => {
      this.#goingOn = false;
      this.#wake();
    });
  }

  /** @returns how many reads were sent. */
  #start(state: LaneState, most: number, now: number): number {
    const { dirty, tokens, rate, lane } = state;
    const wanted = Math.min(dirty.size, most);
    const granted = tokens ? tokens.take(wanted, now) : wanted;
    const paths = dirty.take(granted, now - this.#limits.maxWaitMs);
    if (paths.length === 0) return 0;
    this.#reads += paths.length;
    this.#batches += 1;
    rate.add(paths.length, now);
    state.inFlight += paths.length;
    void this.#read(paths, lane).finally(() => {
      state.inFlight -= paths.length;
      if (this.#closed) return;
      if (lane === 'resync' && dirty.size > 0) this.#goOnSoon();
      else this.#wakeBy(this.#dueAt(this.#clock.now()));
    });
    return paths.length;
  }
}

const round = (figure: number): number => Math.round(figure * 10) / 10;
