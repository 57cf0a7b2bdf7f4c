import type { Run } from '@/lib/operations/run';
import type { OperationView } from '@/lib/operations/types';
import type { ClusterId } from '@/lib/topology/cluster-id';
import type { Clock } from '../ports';
import type { ConfigurationEdits } from './configuration-edits';
import type { LiveRun } from './live-run';

interface KnownRunsParts {
  readonly clock: Clock;
  readonly edits: Pick<ConfigurationEdits, 'wrote'>;
}

/** Each cluster's newest run that is carried out, or was taken up, here; and what is asked of them. */
export class KnownRuns {
  readonly #parts: KnownRunsParts;
  readonly #live = new Map<ClusterId, LiveRun>();

  constructor(parts: KnownRunsParts) {
    this.#parts = parts;
  }

  get(id: ClusterId): LiveRun | undefined {
    return this.#live.get(id);
  }

  set(id: ClusterId, live: LiveRun): void {
    this.#live.set(id, live);
  }

  delete(id: ClusterId): void {
    this.#live.delete(id);
  }

  list(id: ClusterId): readonly OperationView[] {
    const live = this.#live.get(id);
    return live ? [live.run.view] : [];
  }

  /** The cluster's newest run, and whether something may still happen to it. */
  newest(id: ClusterId): { readonly run: Run; readonly open: boolean } | null {
    const live = this.#live.get(id);
    return live ? { run: live.run, open: live.isOpen(this.#parts.clock) } : null;
  }

  /** Clusters with a run under way: they are watched closely. */
  get active(): readonly ClusterId[] {
    const { clock } = this.#parts;
    return [...this.#live].filter(([, live]) => live.isOpen(clock)).map(([id]) => id);
  }

  /** What is under way on a cluster, in a few words; null when nothing is. */
  running(id: ClusterId): string | null {
    const view = this.#live.get(id)?.run.view;
    return view && view.state !== 'ended' ? view.title : null;
  }

  /** What is under way that moves the leadership of a cluster, or the request for that. */
  moving(id: ClusterId): 'switchover' | 'failover' | null {
    const run = this.#live.get(id)?.run;
    if (!run || run.view.state === 'ended') return null;
    const { kind } = run.wish;
    if (kind === 'failover' || kind === 'switchover') return kind;
    return kind === 'cancel-switchover' ? 'switchover' : null;
  }

  /** Whether that write to ZooKeeper was an operation's, or one may just be writing there. */
  isOurs(id: ClusterId, zxid: string | null): boolean {
    const run = this.#live.get(id)?.run;
    const writes = run?.sha256 != null && run.view.state !== 'ended' && !run.written;
    return writes || (zxid !== null && this.#parts.edits.wrote(zxid));
  }
}
