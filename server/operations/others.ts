import type { Run } from '@/lib/operations/run';
import type { OperationView } from '@/lib/operations/types';
import type { ClusterId } from '@/lib/topology/cluster-id';
import type { ClusterView } from '@/lib/topology/view';
import type { Clock } from '../ports';
import { isOpen } from './live-run';
import type { Records } from './records';

interface OthersParts {
  readonly clock: Clock;
  readonly records: (ensemble: string) => Records;
  /** Null: the cluster is no more, or nobody is to look at it any more. */
  readonly view: (id: ClusterId) => ClusterView | null;
  /** The run that this process has of it. */
  readonly own: (id: ClusterId) => string | null;
  readonly takeUp: (ensemble: string, id: ClusterId) => Promise<unknown>;
  readonly onRun: (view: OperationView, says: string | null) => void;
  readonly onError: (error: unknown) => void;
}

/** So often another Howdah's run is read. */
const MIRROR_MS = 500;
/** A moment without a claim is that of a run's beginning, or of a session that is opened anew. */
const LEFT_BEHIND_MS = 3000;

/** Runs of other Howdahs, as they stand in ZooKeeper; and what has become of them. */
export class Others {
  readonly #parts: OthersParts;
  /** Where one is being shown as it goes. */
  readonly #mirrored = new Set<ClusterId>();
  /** Runs that nobody claims, and since when that has been seen. */
  readonly #unclaimed = new Map<ClusterId, { readonly run: string; readonly since: number }>();

  constructor(parts: OthersParts) {
    this.#parts = parts;
  }

  /**
   * Whether another Howdah carries a run out here: it is shown then until it has ended, and taken up
   * where nobody has it any more. Throws `ZooKeeperError`.
   */
  async look({ id, key: { ensemble } }: ClusterView): Promise<boolean> {
    const { clock, records, own, takeUp, onRun } = this.#parts;
    const stored = await records(ensemble).read(id);
    const isTheirs = stored !== null && stored.run.view.id !== own(id);
    if (!isTheirs || !isOpen(stored.run, clock.now())) return false;
    onRun(stored.run.view, null);
    const isOver = stored.run.view.state === 'ended';
    if (isOver || (await this.#isLeftBehind(stored.run, ensemble))) await takeUp(ensemble, id);
    else this.#mirror(id);
    return true;
  }

  #mirror(id: ClusterId): void {
    if (this.#mirrored.has(id)) return;
    this.#mirrored.add(id);
    const { clock, view, onError } = this.#parts;
    clock.after(MIRROR_MS, () => {
      this.#mirrored.delete(id);
      const now = view(id);
      if (now) void this.look(now).catch(onError);
    });
  }

  async #isLeftBehind({ view: { id: run, cluster } }: Run, ensemble: string): Promise<boolean> {
    const now = this.#parts.clock.now();
    if (await this.#parts.records(ensemble).isClaimed(cluster, run)) {
      this.#unclaimed.delete(cluster);
      return false;
    }
    const seen = this.#unclaimed.get(cluster);
    if (seen?.run !== run) this.#unclaimed.set(cluster, { run, since: now });
    return seen?.run === run && now - seen.since >= LEFT_BEHIND_MS;
  }
}
