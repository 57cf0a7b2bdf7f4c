import type { OperationView } from '@/lib/operations/types';
import { tellsMove } from '@/lib/operations/unasked';
import type { ClusterId } from '@/lib/topology/cluster-id';
import type { ClusterView } from '@/lib/topology/view';
import type { Clock } from '../ports';
import { isOpen } from './live-run';
import type { StoredRun } from './records';

export interface MirroredOptions {
  readonly clock: Clock;
  readonly view: (id: ClusterId) => ClusterView | null;
  /** The run that is on record there. Throws `ZooKeeperError`. */
  readonly read: (view: ClusterView) => Promise<StoredRun | null>;
  /** The run that this Howdah has there, by its id. */
  readonly own: (id: ClusterId) => string | null;
  /** Shows what has ended as what is on record. */
  readonly takeUp: (view: ClusterView) => Promise<unknown>;
  readonly isClosed: () => boolean;
  readonly onRun: (view: OperationView, says: string | null) => void;
  readonly onError: (error: unknown) => void;
}

/** So often another Howdah's run is read. */
const MIRROR_MS = 500;

/** Runs that other Howdahs carry out, shown as they stand in ZooKeeper. */
export class Mirrored {
  readonly #options: MirroredOptions;
  readonly #clusters = new Set<ClusterId>();

  constructor(options: MirroredOptions) {
    this.#options = options;
  }

  /**
   * Whether another Howdah moves that leadership here: its run is shown then until it has ended,
   * however it ends. Throws `ZooKeeperError`.
   */
  async tells(view: ClusterView, czxid: string | null): Promise<boolean> {
    const stored = await this.#theirs(view);
    const now = this.#options.clock.now();
    if (!stored || !tellsMove(stored.run, czxid, isOpen(stored.run, now))) return false;
    await this.#show(view, stored);
    return true;
  }

  async #theirs(view: ClusterView): Promise<StoredRun | null> {
    const stored = await this.#options.read(view);
    return stored?.run.view.id === this.#options.own(view.id) ? null : stored;
  }

  async #show(view: ClusterView, { run }: StoredRun): Promise<void> {
    const { clock, onRun, onError, takeUp } = this.#options;
    const { id } = view;
    onRun(run.view, null);
    if (run.view.state === 'ended') {
      await takeUp(view);
    } else if (!this.#clusters.has(id)) {
      this.#clusters.add(id);
      clock.after(MIRROR_MS, () => {
        this.#clusters.delete(id);
        void this.#goOn(id).catch(onError);
      });
    }
  }

  async #goOn(id: ClusterId): Promise<void> {
    const view = this.#options.view(id);
    if (view === null || this.#options.isClosed()) return;
    const stored = await this.#theirs(view);
    if (stored) await this.#show(view, stored);
  }
}
