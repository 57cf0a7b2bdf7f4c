import { randomUUID } from 'node:crypto';
import type { BegunAct } from '@/lib/audit/entry';
import { Failure, ZooKeeperError } from '@/lib/errors';
import { preflight } from '@/lib/operations/preflight';
import {
  auditedEnd,
  begin,
  endAs,
  observed,
  overdue,
  type Run,
  requested,
  settlesAt,
  toldEnd,
} from '@/lib/operations/run';
import type {
  OperationView,
  SeenState,
  SwitchoverPreflight,
  SwitchoverRequest,
} from '@/lib/operations/types';
import type { ClusterId } from '@/lib/topology/cluster-id';
import type { ClusterKey } from '@/lib/topology/facts';
import type { ClusterView } from '@/lib/topology/view';
import type { Audit, Clock, Operations, PatroniPort, PatroniSettings, ZnodeAccess } from '../ports';
import { carryOut } from './carry-out';
import { LiveRun } from './live-run';
import { Records } from './records';

export interface SwitchoverOptions {
  readonly clock: Clock;
  readonly patroni: PatroniPort;
  /** Howdah's own folder in ZooKeeper. */
  readonly root: string;
  readonly view: (id: ClusterId) => ClusterView | null;
  /** Throws `connection` while that ensemble can't be reached. */
  readonly access: (ensemble: string) => ZnodeAccess;
  readonly connected: (ensemble: string) => boolean;
  readonly settings: (key: ClusterKey) => PatroniSettings;
  readonly audit: Pick<Audit, 'end'>;
  /** A run has changed; `says` is set when it is worth a line in the cluster's log. */
  readonly onRun: (view: OperationView, says: string | null) => void;
  /** An error nobody asked for, and nobody else will see. */
  readonly onError: (error: unknown) => void;
}

const DEADLINE_RETRY_MS = 1000;
/** An end that is older has been in the audit long since, and may have gone from it by its age. */
const TOLD_AGAIN_MS = 7 * 86_400_000;

/** Carries switchovers out, one at a time for each cluster, each from its own record. */
export class Switchovers implements Operations {
  readonly #options: SwitchoverOptions;
  readonly #live = new Map<ClusterId, LiveRun>();
  readonly #stamps = new Map<ClusterId, { readonly rev: number; readonly json: string }>();
  #rev = 0;
  #closed = false;

  constructor(options: SwitchoverOptions) {
    this.#options = options;
  }

  preflight(id: ClusterId): SwitchoverPreflight {
    return this.#judge(this.#view(id));
  }

  list(id: ClusterId): readonly OperationView[] {
    const live = this.#live.get(id);
    return live ? [live.run.view] : [];
  }

  /** The cluster's newest operation as the stream sends it. */
  stamped(id: ClusterId): { readonly rev: number; readonly json: string } | null {
    return this.#stamps.get(id) ?? null;
  }

  /** Clusters with a run under way: they are watched closely. */
  get active(): readonly ClusterId[] {
    const { clock } = this.#options;
    return [...this.#live].filter(([, live]) => live.isOpen(clock)).map(([id]) => id);
  }

  /** What is under way on a cluster, in a few words; null when nothing is. */
  running(id: ClusterId): string | null {
    const view = this.#live.get(id)?.run.view;
    return view && view.state !== 'ended' ? `A switchover from ${view.from} to ${view.to}` : null;
  }

  async switchover(
    request: SwitchoverRequest,
    act: BegunAct | null = null,
  ): Promise<OperationView> {
    const { clock } = this.#options;
    const view = this.#view(request.cluster);
    if (request.confirm.trim() !== view.name) {
      throw new Failure('bad-input', `Type the cluster's name, ${view.name}, to confirm.`);
    }
    const moved = whatMoved(request.seen, view);
    if (moved) throw new Failure('moved', `${moved} Nothing was done: look again and decide anew.`);
    this.#refuse(view, request.candidate);
    const start = { id: randomUUID(), now: clock.now(), patienceMs: patience(view), act };
    const run = begin(request, view, start);
    try {
      const records = this.#records(view.key.ensemble);
      const stored = await records.take(run);
      if (!stored) {
        // Left behind by a process that is no more? Then it is taken up, and ended, now.
        await this.resume(view.key.ensemble, [view.id]);
        throw new Failure(
          'busy',
          `Another operation is under way on ${view.name}: wait until it has ended.`,
        );
      }
      await records.claim(view.id);
      const live = new LiveRun(view.key, records, stored);
      this.#live.set(view.id, live);
      this.#show(live, `Switchover from ${run.view.from} to ${run.view.to} asked for`);
      void this.#carry(view.key, live);
      return run.view;
    } catch (error) {
      if (!(error instanceof ZooKeeperError)) throw error;
      const says = 'ZooKeeper could not be written to, so nothing was sent to Patroni.';
      throw new Failure('unavailable', says, error);
    }
  }

  /** The cluster's view has changed: whatever run it has may have got further. */
  observe(view: ClusterView): void {
    const live = this.#live.get(view.id);
    const { clock } = this.#options;
    if (!live?.isOpen(clock)) return;
    // What a lost ensemble last showed proves nothing.
    if (!this.#options.connected(view.key.ensemble)) return;
    const after = overdue(observed(live.run, view, clock.now()), view, clock.now());
    const settles = settlesAt(after);
    if (settles !== null && settlesAt(live.run) === null) this.#lookAgain(live, settles);
    if (JSON.stringify(after) !== JSON.stringify(live.run)) void this.#advance(live, after);
  }

  /** Whether something lasts is seen only by looking again. */
  #lookAgain(live: LiveRun, at: number): void {
    const { clock, view } = this.#options;
    clock.after(Math.max(0, at - clock.now()) + 50, () => {
      const now = view(live.run.view.cluster);
      if (now && !this.#closed) this.observe(now);
    });
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
      const live = this.#live.get(id);
      if (live?.unsaved) await this.#save(live);
      if (live && live.run.view.state !== 'ended') continue;
      try {
        if (!(await this.#takeUp(ensemble, id))) foreign.push(id);
      } catch (error) {
        // One record that makes no sense must not keep the others waiting.
        if (error instanceof ZooKeeperError) throw error;
        this.#options.onError(error);
      }
    }
    return foreign;
  }

  /** False when the run is another process's, and alive. */
  async #takeUp(ensemble: string, id: ClusterId): Promise<boolean> {
    const { clock, view } = this.#options;
    const records = this.#records(ensemble);
    const stored = await records.read(id);
    if (!stored || stored.run.view.id === this.#live.get(id)?.run.view.id) return true;
    const { state } = stored.run.view;
    if (state !== 'ended' && !(await records.claim(id))) return false;
    const live = new LiveRun({ ensemble, resumed: true }, records, stored);
    this.#live.set(id, live);
    this.#show(live, null);
    this.#tellAgain(stored.run);
    if (state === 'recorded') {
      const says = 'Howdah stopped before anything was sent: nothing was done.';
      await this.#advance(live, endAs(live.run, ['failed', says], clock.now()));
    } else if (state === 'requested') {
      const how = 'Howdah stopped while it asked: whether Patroni was reached will be seen';
      await this.#advance(live, requested(live.run, how, clock.now()));
    }
    this.#watchDeadline(live);
    const settles = settlesAt(live.run);
    if (settles !== null) this.#lookAgain(live, settles);
    const now = view(id);
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

  #judge(view: ClusterView): SwitchoverPreflight {
    return preflight({
      view,
      zookeeperConnected: this.#options.connected(view.key.ensemble),
      running: this.running(view.id),
    });
  }

  #refuse(view: ClusterView, candidate: string): void {
    if (!this.#options.connected(view.key.ensemble)) {
      throw new Failure(
        'unavailable',
        "ZooKeeper can't be reached, so nothing can be recorded or done.",
      );
    }
    const running = this.running(view.id);
    if (running) throw new Failure('busy', `${running} is under way on ${view.name}.`);
    const judged = this.#judge(view);
    const refusal = judged.rules.find((rule) => rule.verdict === 'refuse');
    if (refusal) throw new Failure('refused', `${refusal.says}.`);
    const chosen = judged.candidates.find((one) => one.name === candidate);
    if (!chosen) throw new Failure('refused', `${candidate} is not a standby of ${view.name}.`);
    if (chosen.verdict === 'refuse') {
      throw new Failure('refused', `${candidate} can't be chosen: ${chosen.says}.`);
    }
  }

  async #carry(key: ClusterKey, live: LiveRun): Promise<void> {
    const { clock, patroni, access, settings, view, onError } = this.#options;
    this.#watchDeadline(live);
    try {
      await carryOut(
        { run: () => live.run, advance: (run) => this.#advance(live, run) },
        {
          clock,
          patroni,
          key,
          access: () => access(key.ensemble),
          settings: settings(key),
          view: () => view(live.run.view.cluster),
        },
      );
    } catch (error) {
      onError(error);
    }
  }

  /** Shows a run's next state and stores it; false when it could not be stored. */
  #advance(live: LiveRun, run: Run): Promise<boolean> {
    const ended = run.view.outcome !== null && live.run.view.outcome === null;
    const told = auditedEnd(live.run, run, live);
    live.set(told?.resolves ? { ...run, resolved: true } : run);
    this.#show(live, ended ? (run.view.outcome?.says ?? null) : null);
    if (told) live.holdUntil(this.#options.audit.end(told));
    return this.#save(live);
  }

  async #save(live: LiveRun): Promise<boolean> {
    try {
      return await live.save();
    } catch (error) {
      this.#options.onError(error);
      return false;
    }
  }

  #show({ run: { view } }: LiveRun, says: string | null): void {
    const json = JSON.stringify(view);
    if (this.#stamps.get(view.cluster)?.json !== json) {
      this.#stamps.set(view.cluster, { rev: ++this.#rev, json });
    }
    this.#options.onRun(view, says);
  }

  #watchDeadline(live: LiveRun): void {
    const { clock, view, connected } = this.#options;
    const wait = Math.max(0, live.run.deadline - clock.now()) + 50;
    clock.after(Math.max(wait, DEADLINE_RETRY_MS), () => {
      const id = live.run.view.cluster;
      if (this.#closed || this.#live.get(id) !== live || live.run.view.outcome) return;
      // What a lost ensemble last showed proves nothing: ask again when it is back.
      if (!connected(live.ensemble)) {
        this.#watchDeadline(live);
        return;
      }
      const after = overdue(live.run, view(id), clock.now());
      if (after !== live.run) void this.#advance(live, after);
    });
  }

  #view(id: ClusterId): ClusterView {
    const view = this.#options.view(id);
    if (!view) throw new Failure('not-found', 'There is no such cluster (any more).');
    return view;
  }

  #records(ensemble: string): Records {
    return new Records(this.#options.root, () => this.#options.access(ensemble));
  }
}

/** All of a switchover: the shutdown's checkpoint and archiving may take minutes. */
function patience(view: ClusterView): number {
  const config = view.config.is === 'ok' ? view.config.value : { loopWait: 10, ttl: 30 };
  return Math.max(300_000, (config.ttl + 2 * config.loopWait) * 2000);
}

/** One sentence for what is no longer as the operator saw it; null when all of it is. */
function whatMoved(seen: SeenState, view: ClusterView): string | null {
  const { leader, config, name } = view;
  if (!leader) return `${seen.leader} no longer leads ${name}: there is no leader now.`;
  if (leader.name !== seen.leader) return `${leader.name} leads ${name} now, not ${seen.leader}.`;
  if (leader.czxid !== seen.leaderCzxid) {
    return `${leader.name} has taken the leadership anew since you looked.`;
  }
  const version = config.is === 'ok' ? config.version : null;
  return version === seen.configVersion
    ? null
    : `The configuration of ${name} has changed since you looked.`;
}
