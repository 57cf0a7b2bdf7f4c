import {
  droppedAt,
  dueRestart,
  followDue,
  isDue,
  type StandingRestart,
  standingRestart,
} from '@/lib/operations/due-restart';
import type { Run } from '@/lib/operations/run';
import type { OperationView } from '@/lib/operations/types';
import type { ClusterId } from '@/lib/topology/cluster-id';
import type { ClusterView } from '@/lib/topology/view';
import type { Clock } from '../ports';
import { isOpen } from './live-run';

interface DueRestartsOptions {
  readonly clock: Clock;
  readonly view: (id: ClusterId) => ClusterView | null;
  /** Who has scheduled a restart of that member for that moment with Howdah; null: nobody has. */
  readonly scheduledBy: (
    id: ClusterId,
    which: { readonly member: string; readonly at: number },
  ) => { readonly by: string | null } | null;
  readonly onRun: (view: OperationView) => void;
}

/** After a moment that is waited for, it has come by whatever clock. */
const AFTER_MS = 50;

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
    const now = this.#options.clock.now();
    const isUnderWay = ({ runs }: Known) => [...runs.values()].some((run) => isOpen(run, now));
    return [...this.#known].filter(([, known]) => isUnderWay(known)).map(([id]) => id);
  }

  observe(view: ClusterView): void {
    const { clock } = this.#options;
    const now = clock.now();
    const { standing, runs } = this.#known.get(view.id) ?? NOTHING;
    const next = new Map<string, StandingRestart>();
    const nextRuns = new Map(runs);
    for (const member of view.members) {
      const before = standing.get(member.name) ?? null;
      const is = standingRestart(before, member, now);
      if (is === null) continue;
      if (!isDue(is, now)) {
        next.set(member.name, is);
        if (is.at !== before?.at) this.#lookAt(view.id, is.at);
        // Whose moment had passed when it was first seen may have been done long ago.
      } else if (before !== null) nextRuns.set(member.name, this.#begin(is, view));
    }
    for (const [member, run] of nextRuns) {
      const after = isOpen(run, now) ? followDue(run, view, now) : run;
      nextRuns.set(member, after);
      if (JSON.stringify(after) !== JSON.stringify(runs.get(member)))
        this.#options.onRun(after.view);
    }
    if (next.size + nextRuns.size === 0) this.#known.delete(view.id);
    else this.#known.set(view.id, { standing: next, runs: nextRuns });
  }

  gone(id: ClusterId): void {
    this.#known.delete(id);
  }

  #begin(standing: StandingRestart, view: ClusterView): Run {
    const run = dueRestart(standing, view, this.#options.scheduledBy(view.id, standing));
    this.#lookAt(view.id, droppedAt(run, view));
    this.#lookAt(view.id, run.deadline);
    return run;
  }

  /** That nothing happens is seen only by looking again. */
  #lookAt(id: ClusterId, at: number): void {
    const { clock, view } = this.#options;
    clock.after(Math.max(0, at - clock.now()) + AFTER_MS, () => {
      const now = view(id);
      if (now) this.observe(now);
    });
  }
}
