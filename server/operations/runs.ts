import { randomUUID } from 'node:crypto';
import type { BegunAct } from '@/lib/audit/entry';
import { Failure, ZooKeeperError } from '@/lib/errors';
import { stateOf, whatMoved } from '@/lib/operations/as-seen';
import { settlesAt } from '@/lib/operations/follow-leadership';
import { patienceOf } from '@/lib/operations/plan';
import { auditedEnd, begin, type Run, toldEnd } from '@/lib/operations/run';
import { takenOver } from '@/lib/operations/taken-over';
import { left, type Turn, turnFor } from '@/lib/operations/turn';
import type { OperationRequest, OperationView, Preflight } from '@/lib/operations/types';
import type { Wish } from '@/lib/operations/wish';
import type { ClusterId } from '@/lib/topology/cluster-id';
import type { ClusterView } from '@/lib/topology/view';
import type { Operations, RawZnode } from '../ports';
import { carryOut } from './carry-out';
import { findOut, goOn } from './go-on';
import { KnownRuns } from './known-runs';
import { LiveRun } from './live-run';
import { Mirrored } from './mirrored';
import { Records } from './records';
import { RunWatch } from './run-watch';
import type { RunsOptions } from './runs-options';

/** A process that has taken a run up may be gone by then. */
const FOREIGN_RETRY_MS = 3000;
/** An end that is older has been in the audit long since, and may have gone from it by its age. */
const TOLD_AGAIN_MS = 7 * 86_400_000;

/** Carries operations out, one at a time for each cluster, each from its own record. */
export class Runs implements Omit<Operations, 'list'> {
  readonly #options: RunsOptions;
  readonly #owner = randomUUID();
  readonly #known: KnownRuns;
  readonly #watch: RunWatch;
  readonly #mirrored: Mirrored;
  /** Whose turn is just being taken: nothing of them is taken up meanwhile, or begun beside it. */
  readonly #taking = new Set<ClusterId>();
  #closed = false;

  constructor(options: RunsOptions) {
    this.#options = options;
    this.#known = new KnownRuns(options);
    this.#watch = new RunWatch({
      ...options,
      current: ({ id }) => this.#known.get(id),
      isOver: () => this.#closed,
      isWatched: (live) => this.#isCurrent(live) && !live.foreign,
      advance: (live, run) => void this.#advance(live, run),
    });
    this.#mirrored = new Mirrored({
      ...options,
      records: (ensemble) => this.#records(ensemble),
      own: (id) => this.#known.get(id)?.run.view.id ?? null,
      takeUp: ({ id, key }) => this.#takeUp(key.ensemble, id),
      isClosed: () => this.#closed,
    });
  }

  /** What is asked of the runs that are carried out here. */
  get known(): Omit<KnownRuns, 'get' | 'set' | 'delete'> {
    return this.#known;
  }

  async preflight(id: ClusterId, wish: Wish): Promise<Preflight> {
    return this.#judge(wish, this.#view(id));
  }

  async start(request: OperationRequest, act: BegunAct | null = null): Promise<OperationView> {
    const { clock, preflights, edits } = this.#options;
    const view = this.#view(request.cluster);
    const { wish } = request;
    if (!this.#options.connected(view.key.ensemble)) {
      const says = "ZooKeeper can't be reached, so nothing can be recorded or done.";
      throw new Failure('unavailable', says);
    }
    const { running } = this.#turn(wish, view.id);
    if (running) throw new Failure('busy', `${running} is under way on ${view.name}.`);
    const moved = whatMoved(wish.kind, request.seen, stateOf(view), view.name);
    if (moved) throw new Failure('moved', `${moved} Nothing was done: look again and decide anew.`);
    const judged = await this.#judge(wish, view);
    preflights.assertAllowed(request, judged);
    try {
      const edit = await edits.bytesFor(request, view);
      const [id, now] = [randomUUID(), clock.now()];
      const patienceMs = patienceOf(wish, view);
      // What was meant to be written is in the record by its hash: it may hold a password.
      const { sha256 = null, changed = null, valuesSha256 = null } = edit ?? {};
      const start = { id, now, patienceMs, act, sha256, changed, valuesSha256 };
      const run = begin({ ...request, wish: edits.recorded(wish) }, view, start);
      await this.#leave(wish, view, run);
      const live = await this.#take(view, run);
      this.#show(live, askedFor(run.view));
      void this.#carry(view, live, edit?.bytes ?? null);
      return run.view;
    } catch (error) {
      if (!(error instanceof ZooKeeperError)) throw error;
      const says = 'ZooKeeper could not be read or written to, so nothing was done.';
      throw new Failure('unavailable', says, error);
    }
  }

  /** The cluster's turn, by its record. Throws `busy` where another operation has it. */
  async #take(view: ClusterView, run: Run): Promise<LiveRun> {
    if (!this.#taking.has(view.id)) {
      this.#taking.add(view.id);
      try {
        const live = await this.#takeNow(view, run);
        if (live) return live;
      } finally {
        this.#taking.delete(view.id);
      }
      // Left behind by a process that is no more? Then it is taken up, and ended, now.
      await this.resume(view.key.ensemble, [view.id]);
    }
    throw new Failure(
      'busy',
      `Another operation is under way on ${view.name}: wait until it has ended.`,
    );
  }

  async #takeNow(view: ClusterView, run: Run): Promise<LiveRun | null> {
    const records = this.#records(view.key.ensemble);
    const stored = await records.take(run);
    if (!stored) return null;
    if (!(await records.claim(view.id, run.view.id))) {
      const says = `Another process of Howdah has taken ${run.view.title} up: look at what it makes of it.`;
      throw new Failure('busy', says);
    }
    const live = new LiveRun(view.key, records, stored);
    this.#known.set(view.id, live);
    return live;
  }

  /** The cluster's view has changed: whatever run it has may have got further. */
  observe(view: ClusterView): void {
    this.#watch.observe(view);
  }

  /**
   * Called whenever an ensemble has been read afresh: stores what could not be stored, and takes up
   * what an earlier process has left: shows what has ended, goes on observing what was sent, and
   * ends what was not. Says of which clusters another living process has the run.
   */
  async resume(ensemble: string, clusters: readonly ClusterId[]): Promise<readonly ClusterId[]> {
    const foreign: ClusterId[] = [];
    for (const id of clusters) {
      if (this.#closed) break;
      const live = this.#known.get(id);
      if (live?.unsaved && !live.foreign) await this.#save(live);
      try {
        if (live && live.run.view.state !== 'ended') await this.#claimAgain(live);
        else if (!(await this.#takeUp(ensemble, id))) foreign.push(id);
      } catch (error) {
        // One record that makes no sense must not keep the others waiting.
        if (error instanceof ZooKeeperError) throw error;
        this.#options.onError(error);
      }
    }
    return foreign;
  }

  /** Its session may have expired, and its claim with it; another process may have taken it up. */
  async #claimAgain(live: LiveRun): Promise<void> {
    const { id, cluster } = live.run.view;
    if (live.foreign) return;
    const ours = (await live.isOurs()) && (await this.#records(live.ensemble).claim(cluster, id));
    if (!ours && live.run.view.state !== 'ended') this.#handOver(live);
  }

  /** Every cluster of an ensemble that has a record, also one that is no more. */
  recorded(ensemble: string): Promise<readonly ClusterId[]> {
    return this.#records(ensemble).clusters();
  }

  /** False when the run is another process's, and alive. */
  async #takeUp(ensemble: string, id: ClusterId): Promise<boolean> {
    const { view } = this.#options;
    const before = this.#known.get(id);
    const isOver = () => this.#taking.has(id) || this.#known.get(id) !== before;
    const records = this.#records(ensemble);
    const stored = await records.read(id);
    if (!stored || isOver() || stored.run.view.id === before?.run.view.id) return true;
    const hasEnded = stored.run.view.state === 'ended';
    if (!hasEnded && !(await records.claim(id, stored.run.view.id))) return false;
    // It has been taken up, or another begun, while that was read.
    if (isOver()) return true;
    const live = new LiveRun({ ensemble, resumed: true }, records, stored);
    live.set(takenOver(stored.run, this.#options.clock.now()));
    this.#known.set(id, live);
    this.#show(live, null);
    this.#tellAgain(stored.run);
    const now = view(id);
    this.#watch.untilDeadline(live);
    // It may take as long as the members take: other clusters don't wait for that.
    void goOn(this.#handle(live), this.#partsFor(live)).catch(this.#options.onError);
    const settles = settlesAt(live.run);
    if (settles !== null) this.#watch.lookAgain(live, settles);
    if (now) this.observe(now);
    return true;
  }

  close(): void {
    this.#closed = true;
  }

  /** Whoever stored that it has ended may have had the audit's word of it in memory only. */
  #tellAgain(run: Run): void {
    const { clock, audit } = this.#options;
    const told = toldEnd(run);
    if (told && clock.now() - told.at < TOLD_AGAIN_MS) void audit.end(told);
  }

  #judge(wish: Wish, view: ClusterView): Promise<Preflight> {
    return this.#options.preflights.judge(wish, view, this.#turn(wish, view.id));
  }

  #turn(wish: Wish, id: ClusterId): Turn {
    return turnFor(wish, this.#known.get(id)?.run ?? null, this.#options.clock.now());
  }

  /** What only waits is ended where something can't wait for it; else it has its turn, still. */
  async #leave(wish: Wish, { id, name }: ClusterView, { view }: Run): Promise<void> {
    const { running, leaving } = this.#turn(wish, id);
    if (running) throw new Failure('busy', `${running} is under way on ${name}.`);
    const live = this.#known.get(id);
    if (leaving === null || live === undefined) return;
    await this.#advance(live, left(live.run, view.title, this.#options.clock.now()));
  }

  async #carry(seen: ClusterView, live: LiveRun, bytes: Buffer | null): Promise<void> {
    const { clock, patroni, access, settings, view, writes, edits, onError } = this.#options;
    const { key } = seen;
    this.#watch.untilDeadline(live);
    const handle = this.#handle(live);
    const now = () => view(live.run.view.cluster);
    try {
      await writes.begin(handle, key);
      await carryOut(handle, {
        ...{ clock, patroni, key, bytes, settings: settings(key), view: now },
        access: () => access(key.ensemble),
        beforeWrite: () => edits.beforeWrite(live.run, seen),
      });
      // What is seen already may be all there is to see.
      const current = now();
      if (current) this.observe(current);
    } catch (error) {
      onError(error);
    }
    await findOut(handle, this.#partsFor(live)).catch(onError);
  }

  #partsFor({ ensemble, run }: LiveRun) {
    const { clock, edits, access, view } = this.#options;
    return { clock, edits, view: () => view(run.view.cluster), access: () => access(ensemble) };
  }

  #handle(live: LiveRun) {
    const { clock } = this.#options;
    return {
      run: () => live.run,
      advance: (run: Run) => this.#advance(live, run),
      isOurs: async () => {
        const ours = await live.isOurs();
        if (!ours) this.#handOver(live);
        return ours;
      },
      look: (afterMs: number) => this.#watch.lookAgain(live, clock.now() + afterMs),
      until: (holds: (run: Run) => boolean, byMs: number) => live.until(clock, holds, byMs),
    };
  }

  /** Shows a run's next state and stores it; false when it could not be stored. */
  async #advance(live: LiveRun, run: Run): Promise<boolean> {
    if (live.foreign) return false;
    const ended = run.view.outcome !== null && live.run.view.outcome === null;
    const told = auditedEnd(live.run, run, live);
    live.set(told?.resolves ? { ...run, resolved: true } : run);
    this.#show(live, ended ? (run.view.outcome?.says ?? null) : null);
    if (told) live.holdUntil(this.#options.audit.end(told));
    return this.#save(live);
  }

  async #save(live: LiveRun): Promise<boolean> {
    try {
      const saved = await live.save();
      if (!saved) this.#handOver(live);
      return saved;
    } catch (error) {
      this.#options.onError(error);
      return false;
    }
  }

  /** This process stood still, and another has taken the run up: what it makes of it is shown. */
  #handOver(live: LiveRun): void {
    if (live.foreign) return;
    live.adopt(null);
    void this.#lookAtForeign(live);
  }

  async #lookAtForeign(live: LiveRun): Promise<void> {
    const { clock, onError } = this.#options;
    const id = live.run.view.cluster;
    if (!this.#isCurrent(live)) return;
    try {
      const stored = await this.#records(live.ensemble).read(id);
      if (stored?.run.view.id === live.run.view.id) live.adopt(stored.run);
      this.#show(live, null);
      this.#known.delete(id);
      if (await this.#takeUp(live.ensemble, id)) return;
      this.#known.set(id, live);
    } catch (error) {
      if (!this.#known.get(id)) this.#known.set(id, live);
      if (!(error instanceof ZooKeeperError)) onError(error);
    }
    clock.after(FOREIGN_RETRY_MS, () => void this.#lookAtForeign(live));
  }

  #isCurrent(live: LiveRun): boolean {
    return !this.#closed && this.#known.get(live.run.view.cluster) === live;
  }

  #show({ run: { view } }: LiveRun, says: string | null): void {
    this.#options.onRun(view, says);
  }

  /** A cluster's record was read, whoever has written it. */
  recordRead(ensemble: string, id: ClusterId, znode: RawZnode | null): void {
    this.#mirrored.note(ensemble, id, znode);
  }

  /** See `Mirrored`. Throws `ZooKeeperError`. */
  another(view: ClusterView, czxid: string | null): Promise<boolean> {
    return this.#mirrored.tells(view, czxid);
  }

  #view(id: ClusterId): ClusterView {
    const view = this.#options.view(id);
    if (!view) throw new Failure('not-found', 'There is no such cluster (any more).');
    return view;
  }

  #records(ensemble: string): Records {
    return new Records(this.#options.root, this.#owner, () => this.#options.access(ensemble));
  }
}

/** The line of the log with which a run begins. */
function askedFor({ title, by, reason }: OperationView): string {
  const who = by == null ? '' : ` by ${by}`;
  return `${title} asked for${who}${reason === '' ? '' : `. Reason: ${reason}`}`;
}
