import {
  droppedAt,
  dueness,
  dueRestart,
  followDue,
  type StandingRestart,
  scheduledBy,
  standingRestart,
} from '@/lib/operations/due-restart';
import type { Run } from '@/lib/operations/run';
import type { OperationView } from '@/lib/operations/types';
import type { ClusterId } from '@/lib/topology/cluster-id';
import type { ClusterView } from '@/lib/topology/view';
import type { Clock } from '../ports';

interface DueRestartsOptions {
  readonly clock: Clock;
  readonly view: (id: ClusterId) => ClusterView | null;
  readonly connected: (ensemble: string) => boolean;
  /** Who has scheduled a restart of that member for that moment with Howdah; null: nobody has. */
  readonly scheduledBy: (
    id: ClusterId,
    which: { readonly member: string; readonly at: number },
  ) => { readonly by: string | null } | null;
  readonly onRun: (view: OperationView) => void;
}

/** After a moment that is waited for, it has come by whatever clock. */
const AFTER_MS = 50;
/** No timer is set for longer. */
const DAY_MS = 86_400_000;

interface Known {
  readonly standing: ReadonlyMap<string, StandingRestart>;
  /** The newest of each member whose moment has come. */
  readonly runs: ReadonlyMap<string, Run>;
}
const NOTHING: Known = { standing: new Map(), runs: new Map() };

/**
 * Restarts that were scheduled, whoever did it, each followed as a run from its moment on. What comes
 * due while no Howdah watches is not told.
 */
export class DueRestarts {
  readonly #options: DueRestartsOptions;
  readonly #known = new Map<ClusterId, Known>();

  constructor(options: DueRestartsOptions) {
    this.#options = options;
  }

  /** Those of a cluster that came due here. */
  list(id: ClusterId): readonly OperationView[] {
    return [...(this.#known.get(id)?.runs.values() ?? [])].map(({ view }) => view);
  }

  /** Clusters where one is under way. */
  get active(): readonly ClusterId[] {
    const isUnderWay = ({ runs }: Known) =>
      [...runs.values()].some(({ view }) => view.outcome === null);
    return [...this.#known].filter(([, known]) => isUnderWay(known)).map(([id]) => id);
  }

  observe(view: ClusterView): void {
    const { clock, connected } = this.#options;
    // What a lost ensemble last showed proves nothing.
    if (!connected(view.key.ensemble)) return;
    const now = clock.now();
    const { standing, runs } = this.#known.get(view.id) ?? NOTHING;
    const next = new Map<string, StandingRestart>();
    const nextRuns = new Map(runs);
    for (const member of view.members) {
      const before = standing.get(member.name) ?? null;
      const is = standingRestart(before, member, now);
      if (is === null) continue;
      const due = dueness(is, member, { cluster: view, now });
      if (due === 'waits') {
        next.set(member.name, is);
        if (is.at !== before?.at) this.#lookAt(view.id, is.at);
        // Whose moment had passed when it was first seen may have been done long ago.
      } else if (due === 'due' && before !== null) {
        nextRuns.set(member.name, dueRestart(is, view, now));
        this.#lookAt(view.id, droppedAt(is.at, view));
      }
    }
    for (const [member, run] of nextRuns) {
      const after = this.#madeBy(followDue(run, view, now), member);
      nextRuns.set(member, after);
      const before = runs.get(member);
      // One that has ended is looked at with every view, and stays what it is.
      if (after === before) continue;
      if (JSON.stringify(after) !== JSON.stringify(before)) this.#options.onRun(after.view);
      if (before?.view.id !== after.view.id) this.#lookAt(view.id, after.deadline);
    }
    if (next.size + nextRuns.size === 0) this.#known.delete(view.id);
    else this.#known.set(view.id, { standing: next, runs: nextRuns });
  }

  /** It may become known a moment later, where another Howdah was asked. */
  #madeBy(run: Run, member: string): Run {
    const { cluster, startedAt: at } = run.view;
    return scheduledBy(run, this.#options.scheduledBy(cluster, { member, at }));
  }

  gone(id: ClusterId): void {
    this.#known.delete(id);
  }

  /** That nothing happens is seen only by looking again. */
  #lookAt(id: ClusterId, at: number): void {
    const { clock, view } = this.#options;
    const wait = Math.max(0, at - clock.now()) + AFTER_MS;
    clock.after(Math.min(wait, DAY_MS), () => {
      const now = view(id);
      if (now === null) return;
      if (wait > DAY_MS) this.#lookAt(id, at);
      else this.observe(now);
    });
  }
}
