import type { EnsembleFacts, Limits } from '@/lib/diagnosis/table';
import type { Change } from '@/lib/topology/changes';
import { type ClusterId, clusterName } from '@/lib/topology/cluster-id';
import type { ClusterEvent, EventCode, LagSample } from '@/lib/topology/event';
import type { ClusterFacts, ClusterKey } from '@/lib/topology/facts';
import type { Progress } from '@/lib/topology/progress';
import type { ProbeFailure, ProbeSample } from '@/lib/topology/sample';
import { lagPoints, summarize } from '@/lib/topology/summary';
import type { ClusterView, PauseView } from '@/lib/topology/view';
import type { Clock, Tail } from '../ports';
import { causeNow, causeOf, type Moving, type Seen } from './cause';
import type { ClusterTracker } from './cluster-tracker';
import { type Entry, newEntry, type Stamped, trendWith } from './fleet-entry';
import { Tombstones } from './tombstones';

/** Facts and samples that arrive within this are shown together. */
const SETTLE_MS = 40;
const SAMPLE_EVERY_MS = 900;

/** What nobody should have to wait for, not even for a moment: who leads now. */
function isUrgent({ code }: { readonly code: EventCode }): boolean {
  return code === 'leader-changed';
}

export interface FleetOptions {
  readonly clock: Clock;
  /** The next number of the history: see `Sequence`. */
  readonly next: () => number;
  readonly limits: Limits;
  readonly ensemble: (name: string) => EnsembleFacts;
  /** The name of an operation under way on a cluster, or null. */
  readonly operationOn: (id: ClusterId) => string | null;
  /** Whether that operation is one that moves the leadership, or a request for it, and which. */
  readonly moving: (id: ClusterId) => Moving | null;
  /** Whether a write to a cluster's configuration was Howdah's own. */
  readonly isOurs: (id: ClusterId, zxid: string | null) => boolean;
  /**
   * A cluster was put together anew, or (null) something else may have to be told: one was taken
   * from the fleet, or what is merely shown of one has changed. `urgent`: its leadership has moved.
   */
  readonly onChange: (id: ClusterId | null, urgent: boolean) => void;
  /** Something has happened that is worth keeping. */
  readonly onEvent: (event: ClusterEvent) => void;
  /** The cluster was put together anew, at that moment; if its leadership moved, by that cause. */
  readonly onView: (id: ClusterId, view: ClusterView, seen: Seen) => void;
  readonly onGone: (id: ClusterId) => void;
  /** Lag was sampled. */
  readonly onSample: (id: ClusterId, sample: LagSample) => void;
  /** Which clusters want a close look has changed. */
  readonly onTrouble: () => void;
  /** One cluster could not be put together: it stays as it was, and all others go on. */
  readonly onError: (error: unknown) => void;
}

/**
 * The state of the whole fleet. Every change of a cluster gets the next revision of one counter;
 * what is gone leaves a tombstone with the revision at which it went.
 */
export class Fleet {
  readonly #options: FleetOptions;
  readonly #entries = new Map<ClusterId, Entry>();
  readonly #tombstones = new Tombstones();
  /** Above 0, which is the cursor of whoever has been told nothing. */
  #rev = 1;
  readonly #troubled = new Set<ClusterId>();

  constructor(options: FleetOptions) {
    this.#options = options;
  }

  get rev(): number {
    return this.#rev;
  }

  get ids(): readonly ClusterId[] {
    return [...this.#entries.keys()];
  }

  /** Put together now, if anything of it is not yet in. */
  view(id: ClusterId): ClusterView | null {
    const entry = this.#entries.get(id);
    if (entry?.stale) this.#freshen(id, entry);
    return entry?.view ?? null;
  }

  /** Every cluster as last judged: Patroni's positions and a member's own tags may be newer. */
  get judged(): readonly ClusterView[] {
    return [...this.#entries.values()].flatMap(({ view }) => view ?? []);
  }

  keyOf(id: ClusterId): ClusterKey | null {
    return this.#entries.get(id)?.key ?? null;
  }

  /** The view with its revision and JSON. */
  stamped(id: ClusterId): Stamped<ClusterView> | null {
    const view = this.view(id);
    const entry = this.#entries.get(id);
    if (!entry || !view) return null;
    if (entry.stamped?.value !== view) entry.stamped = this.#stamp(entry.stamped, view);
    return entry.stamped;
  }

  targets(id: ClusterId): ClusterTracker['targets'] {
    return this.#entries.get(id)?.tracker.targets ?? [];
  }

  /** How far its members have replayed; null: there is no such cluster. */
  progress(id: ClusterId): Progress | null {
    return this.#entries.get(id)?.tracker.progress ?? null;
  }

  /** Clusters that want a close look, whether or not anybody looks. */
  get troubled(): ReadonlySet<ClusterId> {
    return this.#troubled;
  }

  samples(id: ClusterId, since: number): Tail<LagSample> {
    return this.#entries.get(id)?.samples.since(since) ?? { reset: since === 0, entries: [] };
  }

  events(id: ClusterId, since: number): Tail<ClusterEvent> {
    return this.#entries.get(id)?.events.since(since) ?? { reset: since === 0, entries: [] };
  }

  /** Summaries with a revision above `since`, and what went since; all of it when that is too old. */
  summaries(since: number): {
    readonly full: boolean;
    readonly changed: readonly { readonly id: ClusterId; readonly json: string }[];
    readonly gone: readonly ClusterId[];
  } {
    const gone = since === 0 ? null : this.#tombstones.since(since);
    const full = gone === null;
    const changed: { readonly id: ClusterId; readonly json: string }[] = [];
    for (const [id, { summary }] of this.#entries) {
      if (summary && (full || summary.rev > since)) changed.push({ id, json: summary.json });
    }
    return { full, changed, gone: gone ?? [] };
  }

  /** `unasked`: why none of its members will be asked; null when they will. */
  setFacts(id: ClusterId, facts: ClusterFacts, unasked: ProbeFailure | null = null): void {
    const now = this.#options.clock.now();
    const known = this.#entries.get(id);
    if (!known) this.#add(id, facts, now);
    else if (!known.tracker.setFacts(facts, now) && this.#isJudgedIn(known)) {
      known.stale = true;
      this.#options.onChange(null, false);
      return;
    }
    if (unasked) for (const { name } of this.targets(id)) this.#setUnasked(id, name, unasked);
    // What ZooKeeper says is shown at once; what the probe adds is gathered.
    this.#refresh(id);
  }

  #setUnasked(id: ClusterId, member: string, why: ProbeFailure): void {
    this.#entries.get(id)?.tracker.setProbe(member, why);
  }

  setProbe(id: ClusterId, member: string, result: ProbeSample | ProbeFailure): void {
    const entry = this.#entries.get(id);
    if (!entry) return;
    const news = entry.tracker.setProbe(member, result);
    entry.probed ||= !('code' in result);
    if (news) this.#refreshBy(id, this.#options.clock.now() + SETTLE_MS);
  }

  /** Who paused it, and why, is known, or not any more. */
  setPause(id: ClusterId, pause: PauseView | null): void {
    this.#entries.get(id)?.tracker.setPause(pause);
    this.touch(id);
  }

  /** Something outside the cluster that its view depends on has changed. */
  touch(id: ClusterId): void {
    if (this.#entries.has(id)) this.#refreshBy(id, this.#options.clock.now());
  }

  /** The clusters of one ensemble. */
  of(ensemble: string): readonly ClusterId[] {
    return [...this.#entries].filter(([, { key }]) => key.ensemble === ensemble).map(([id]) => id);
  }

  /** Adds to the cluster's log what no comparison of two views can tell. */
  note(id: ClusterId, event: Pick<ClusterEvent, 'code' | 'member' | 'says'>): void {
    const entry = this.#entries.get(id);
    if (!entry) return;
    this.#log(id, entry, { ...event, at: this.#options.clock.now() });
    this.#options.onChange(null, false);
  }

  remove(id: ClusterId): void {
    const entry = this.#entries.get(id);
    if (!entry) return;
    entry.cancelRefresh();
    const says = `${clusterName(entry.key)} is gone from ZooKeeper`;
    const at = this.#options.clock.now();
    this.#log(id, entry, { code: 'cluster-gone', member: null, says, at });
    this.#options.onGone(id);
    this.#entries.delete(id);
    this.#noteTrouble(id, false);
    this.#tombstones.add(id, ++this.#rev);
    this.#options.onChange(null, false);
  }

  close(): void {
    for (const entry of this.#entries.values()) entry.cancelRefresh();
  }

  #add(id: ClusterId, facts: ClusterFacts, now: number): void {
    this.#tombstones.remove(id);
    this.#entries.set(id, newEntry(facts, now));
  }

  #refreshBy(id: ClusterId, at: number): void {
    const entry = this.#entries.get(id);
    if (!entry || at >= entry.refreshAt) return;
    entry.cancelRefresh();
    entry.refreshAt = at;
    const wait = Math.max(0, at - this.#options.clock.now());
    entry.cancelRefresh = this.#options.clock.after(wait, () => this.#refresh(id));
  }

  #refresh(id: ClusterId): void {
    const entry = this.#entries.get(id);
    if (!entry) return;
    const changes = this.#putTogether(id, entry);
    if (changes) this.#options.onChange(id, changes.some(isUrgent));
  }

  /** For somebody who looks, and so needs not be told that there is something to see. */
  #freshen(id: ClusterId, entry: Entry): void {
    const changes = this.#putTogether(id, entry);
    // None is expected: what was judged is as it was. But time has passed.
    if (changes && changes.length > 0) this.#options.onChange(id, changes.some(isUrgent));
  }

  #isJudgedIn({ key, judgedIn }: Entry): boolean {
    const now = this.#options.ensemble(key.ensemble);
    return (
      judgedIn?.connected === now.connected &&
      judgedIn.maxSessionTimeoutMs === now.maxSessionTimeoutMs
    );
  }

  /** Null when that failed, which has been told. */
  #putTogether(id: ClusterId, entry: Entry): readonly Change[] | null {
    entry.stale = false;
    try {
      return this.#takeIn(id, entry);
    } catch (error) {
      this.#options.onError(error);
      return null;
    }
  }

  #takeIn(id: ClusterId, entry: Entry): readonly Change[] {
    const { clock, limits, operationOn } = this.#options;
    const now = clock.now();
    entry.cancelRefresh();
    entry.refreshAt = Number.POSITIVE_INFINITY;
    const ensemble = this.#options.ensemble(entry.key.ensemble);
    entry.judgedIn = ensemble;
    const { view, changes, nextAt } = entry.tracker.refresh(ensemble, limits, now);
    const operation = operationOn(id);
    const moving = this.#options.moving(id);
    const cause = causeNow(moving !== null, entry.tracker.requestedAt, now);
    const isOurs = (zxid: string | null) => this.#options.isOurs(id, zxid);
    for (const change of changes) {
      const of = causeOf(change, cause, isOurs);
      this.#log(id, entry, { ...change, at: now, ...(of === null ? {} : { cause: of }) });
    }
    this.#options.onView(id, view, { at: now, cause, moving });
    if (entry.probed && now - entry.sampledAt >= SAMPLE_EVERY_MS) this.#sample(id, entry, view);
    entry.view = view;
    this.#noteTrouble(id, entry.tracker.troubled);
    entry.summary = this.#stamp(entry.summary, summarize(view, entry.trend, operation));
    if (nextAt !== null) this.#refreshBy(id, nextAt);
    return changes;
  }

  #log(id: ClusterId, entry: Entry, event: Omit<ClusterEvent, 'seq' | 'cluster'>): void {
    const logged = { ...event, seq: this.#options.next(), cluster: id };
    entry.events.push(logged);
    this.#options.onEvent(logged);
  }

  #noteTrouble(id: ClusterId, troubled: boolean): void {
    if (troubled === this.#troubled.has(id)) return;
    if (troubled) this.#troubled.add(id);
    else this.#troubled.delete(id);
    this.#options.onTrouble();
  }

  #sample(id: ClusterId, entry: Entry, view: ClusterView): void {
    const at = this.#options.clock.now();
    entry.sampledAt = at;
    entry.probed = false;
    const members = lagPoints(view);
    const sample = { seq: this.#options.next(), at, members };
    entry.samples.push(sample);
    this.#options.onSample(id, sample);
    entry.trend = trendWith(entry.trend, members);
  }

  #stamp<T>(before: Stamped<T> | null, value: T): Stamped<T> {
    const json = JSON.stringify(value);
    return before?.json === json ? before : { rev: ++this.#rev, value, json };
  }
}
