import { observed, overdue } from '@/lib/operations/follow';
import { settlesAt } from '@/lib/operations/follow-leadership';
import type { Run } from '@/lib/operations/run';
import type { ClusterView } from '@/lib/topology/view';
import type { LiveRun } from './live-run';
import type { RunsOptions } from './runs-options';

const DEADLINE_RETRY_MS = 1000;
/** So much after a moment that is waited for, it has come by whatever clock. */
const AFTER_MS = 50;

interface RunWatchParts extends Pick<RunsOptions, 'clock' | 'view' | 'connected'> {
  /** This process ends: nothing is looked at by itself any more. */
  readonly isOver: () => boolean;
  /** Whether that run is still this process's to watch. */
  readonly isWatched: (live: LiveRun) => boolean;
  readonly current: (view: ClusterView) => LiveRun | undefined;
  readonly advance: (live: LiveRun, run: Run) => void;
}

/** How far runs get, by what is seen of their clusters, and by the time that passes. */
export class RunWatch {
  readonly #parts: RunWatchParts;

  constructor(parts: RunWatchParts) {
    this.#parts = parts;
  }

  /** The cluster's view has changed: whatever run it has may have got further. */
  observe(view: ClusterView): void {
    const { clock, connected, current, advance } = this.#parts;
    const live = current(view);
    if (!live?.isOpen(clock) || live.foreign) return;
    // What a lost ensemble last showed proves nothing.
    if (!connected(view.key.ensemble)) return;
    const after = overdue(observed(live.run, view, clock.now()), view, clock.now());
    const settles = settlesAt(after);
    if (settles !== null && settlesAt(live.run) === null) this.lookAgain(live, settles);
    if (JSON.stringify(after) !== JSON.stringify(live.run)) advance(live, after);
  }

  /** Whether something lasts is seen only by looking again. */
  lookAgain(live: LiveRun, at: number): void {
    const { clock, view, isOver } = this.#parts;
    clock.after(Math.max(0, at - clock.now()) + AFTER_MS, () => {
      const now = view(live.run.view.cluster);
      if (now && !isOver()) this.observe(now);
    });
  }

  /** Looks when the time of a run is over; each second while its ensemble is away then. */
  untilDeadline(live: LiveRun): void {
    const { clock, view, connected, isWatched, advance } = this.#parts;
    const wait = Math.max(0, live.run.deadline - clock.now()) + AFTER_MS;
    clock.after(Math.max(wait, DEADLINE_RETRY_MS), () => {
      if (!isWatched(live) || live.run.view.outcome) return;
      // What a lost ensemble last showed proves nothing: ask again when it is back.
      if (!connected(live.ensemble)) {
        this.untilDeadline(live);
        return;
      }
      const after = overdue(live.run, view(live.run.view.cluster), clock.now());
      if (after !== live.run) advance(live, after);
    });
  }
}
