import { observed, overdue } from '@/lib/operations/follow';
import { settlesAt } from '@/lib/operations/follow-leadership';
import { end, type Run } from '@/lib/operations/run';
import type { OperationView } from '@/lib/operations/types';
import {
  beginsToMove,
  isDoneAlready,
  isTakenOver,
  movedId,
  named,
  tellsMove,
  unaskedRun,
  withWhy,
} from '@/lib/operations/unasked';
import type { ClusterId } from '@/lib/topology/cluster-id';
import type { ClusterKey } from '@/lib/topology/facts';
import type { ClusterView } from '@/lib/topology/view';
import type { Clock } from '../ports';
import { isOpen } from './live-run';
import { RequestsSeen } from './requests-seen';
import type { ThroughAbout } from './through-proxy';

export interface FollowedOptions {
  readonly clock: Clock;
  readonly view: (id: ClusterId) => ClusterView | null;
  /** The newest run of Howdah's own here, and whether something may still happen to it. */
  readonly own: (id: ClusterId) => { readonly run: Run; readonly open: boolean } | null;
  /** Who has scheduled a switchover for that moment with Howdah; null: nobody has. */
  readonly scheduledBy: (id: ClusterId, at: number) => { readonly by: string | null } | null;
  /** Whether another Howdah moves that leadership there; it is shown then, as it goes. */
  readonly another: (view: ClusterView, czxid: string | null) => Promise<boolean>;
  /** Tries to write through the cluster's proxy, where one is configured. */
  readonly throughProxy: (key: ClusterKey, about: ThroughAbout) => void;
  readonly onRun: (view: OperationView) => void;
  readonly onError: (error: unknown) => void;
}

/**
 * Changes of leadership that no Howdah was asked for, each followed as a run: automatic failovers,
 * and what somebody asked Patroni for directly. Nothing of it is sent or recorded in ZooKeeper.
 */
export class Followed {
  readonly #options: FollowedOptions;
  readonly #last = new Map<ClusterId, ClusterView>();
  readonly #requests: RequestsSeen;
  readonly #runs = new Map<ClusterId, Run>();

  constructor(options: FollowedOptions) {
    this.#options = options;
    this.#requests = new RequestsSeen({
      scheduledBy: options.scheduledBy,
      isDone: (view, now) => this.#isDone(view, now),
    });
  }

  /** The newest here; null: none has been seen. */
  newest(id: ClusterId): OperationView | null {
    return this.#runs.get(id)?.view ?? null;
  }

  /** Clusters whose leadership is moving. */
  get active(): readonly ClusterId[] {
    const now = this.#options.clock.now();
    return [...this.#runs].filter(([, run]) => isOpen(run, now)).map(([id]) => id);
  }

  /** What is being carried out of a schedule that was made with Howdah; null: nothing. */
  moving(id: ClusterId): 'switchover' | 'failover' | null {
    const view = this.#runs.get(id)?.view;
    if (view?.cause !== 'howdah' || view.outcome !== null) return null;
    return view.kind === 'failover' ? 'failover' : 'switchover';
  }

  observe(view: ClusterView): void {
    const { clock, own } = this.#options;
    const { id } = view;
    const before = this.#last.get(id);
    this.#last.set(id, view);
    const now = clock.now();
    this.#requests.note(view, now);
    const ours = own(id);
    const run = this.#runs.get(id);
    const open = run !== undefined && isOpen(run, now);
    if (open && ours && isTakenOver(run, ours.run)) this.#handOver(run);
    else if (open) this.#follow(run, view);
    const undecided = open && run.view.outcome === null;
    if (before && !undecided && beginsToMove(before, view) && !this.#isOwn(before, view)) {
      void this.#begin(before, view);
    }
    if (before && view.leader !== null && view.leader.czxid !== before.leader?.czxid) {
      this.#requests.meet(id);
    }
  }

  /** Whether it is told by a run that Howdah was asked for. */
  #isOwn({ leader }: ClusterView, view: ClusterView): boolean {
    const ours = this.#options.own(view.id);
    if (ours === null) return false;
    if (tellsMove(ours.run, leader?.czxid ?? null, ours.open)) return true;
    const stands = leader?.czxid === view.leader?.czxid;
    return stands && this.#isDone(view, this.#options.clock.now());
  }

  #isDone(view: ClusterView, now: number): boolean {
    const ours = this.#options.own(view.id);
    return ours !== null && isDoneAlready(ours.run, view, now);
  }

  gone(id: ClusterId): void {
    this.#last.delete(id);
    this.#requests.gone(id);
    this.#runs.delete(id);
  }

  async #begin(before: ClusterView, view: ClusterView): Promise<void> {
    const { clock, another, onError } = this.#options;
    const { id } = view;
    const at = clock.now();
    const run = unaskedRun(before, view, {
      id: movedId(before.leader?.czxid ?? ''),
      at,
      ...this.#requests.causeOf(id, at),
    });
    // At once, so that nothing of it is missed while ZooKeeper is asked whose it is.
    this.#runs.set(id, observed(run, view, at));
    if (await another(view, before.leader?.czxid ?? null).catch(onError)) {
      if (this.#runs.get(id)?.view.id === run.view.id) this.#runs.delete(id);
      return;
    }
    const now = this.#runs.get(id);
    if (now?.view.id === run.view.id) {
      this.#show(now);
      this.#tryProxy(view.key, now);
    }
    const last = this.#last.get(id);
    if (last) this.observe(last);
  }

  #tryProxy(key: ClusterKey, { view: { id, cluster, startedAt } }: Run): void {
    const own = () => {
      const run = this.#runs.get(cluster);
      return run?.view.id === id ? run : null;
    };
    this.#options.throughProxy(key, {
      run: { id, startedAt },
      overAt: () => {
        const run = own();
        // Another run's turn has come: this one was over long ago.
        return run === null ? 0 : (run.view.outcome?.at ?? null);
      },
      tell: (through) => {
        const run = own();
        if (run) this.#take(run, { ...run, view: { ...run.view, through } });
      },
    });
  }

  #follow(run: Run, view: ClusterView): void {
    const now = this.#options.clock.now();
    const next = overdue(withWhy(observed(run, view, now), view), view, now);
    const settles = settlesAt(next);
    if (settles !== null && settlesAt(run) === null) this.#lookAgain(view.id, settles);
    this.#take(run, next);
  }

  /** Howdah has been asked now: what becomes of it is that run's. */
  #handOver(run: Run): void {
    if (run.view.outcome !== null) return;
    const at = this.#options.clock.now();
    const says = 'Howdah was asked to act meanwhile: how it ended is told by that run.';
    this.#take(run, end(run, { code: 'unknown', says, at }));
  }

  #take(before: Run, after: Run): void {
    if (JSON.stringify(before) === JSON.stringify(after)) return;
    const next = before.view.outcome === null ? named(after) : after;
    this.#runs.set(next.view.cluster, next);
    this.#show(next);
  }

  #show(run: Run): void {
    this.#options.onRun(run.view);
  }

  #lookAgain(id: ClusterId, at: number): void {
    const { clock, view } = this.#options;
    clock.after(Math.max(0, at - clock.now()) + 50, () => {
      const now = view(id);
      if (now) this.observe(now);
    });
  }
}
