import { Failure, ZooKeeperError } from '@/lib/errors';
import { movesLeadership } from '@/lib/operations/follow';
import type { Run } from '@/lib/operations/run';
import type { OperationView } from '@/lib/operations/types';
import { tellsMove } from '@/lib/operations/unasked';
import type { ClusterId } from '@/lib/topology/cluster-id';
import type { ClusterView } from '@/lib/topology/view';
import type { Clock, RawZnode } from '../ports';
import { isOpen } from './live-run';
import type { Records, StoredRun } from './records';

export interface MirroredOptions {
  readonly clock: Clock;
  readonly view: (id: ClusterId) => ClusterView | null;
  readonly records: (ensemble: string) => Records;
  /** The run that this Howdah has there, by its id. */
  readonly own: (id: ClusterId) => string | null;
  /** Shows what has ended as it is on record, and goes on with what nobody has any more. */
  readonly takeUp: (view: ClusterView) => Promise<boolean>;
  readonly isClosed: () => boolean;
  readonly onRun: (view: OperationView, says: string | null) => void;
  readonly onError: (error: unknown) => void;
}

/** So often another Howdah's run is read, though its record is watched: its claim is not. */
const MIRROR_MS = 500;
const CLAIM_MS = 3000;
/** A moment without a claim is that of a run's beginning, or of a session that is opened anew. */
const LEFT_BEHIND_MS = 3000;
/** Where no leadership moves nothing is in a hurry, and a Howdah that comes back may go on itself. */
const LEFT_ALONE_MS = 15_000;

/** Runs that other Howdahs carry out, shown as they stand in ZooKeeper. */
export class Mirrored {
  readonly #options: MirroredOptions;
  readonly #clusters = new Set<ClusterId>();
  /** What has been shown of each last. */
  readonly #shown = new Map<ClusterId, string>();
  /** Runs that nobody claims, and since when that has been seen. */
  readonly #unclaimed = new Map<ClusterId, { readonly run: string; readonly since: number }>();

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

  /** A cluster's record was read, as some Howdah may just have written it: any kind of run is shown. */
  note(ensemble: string, id: ClusterId, znode: RawZnode | null): void {
    const view = this.#options.view(id);
    if (znode === null || view?.key.ensemble !== ensemble || this.#options.isClosed()) return;
    this.#noted(view, znode).catch((error: unknown) => this.#failed(error));
  }

  /** With a new connection all records are read; one that makes no sense says so to whoever operates. */
  #failed(error: unknown): void {
    const isTold = error instanceof ZooKeeperError || error instanceof Failure;
    if (!isTold) this.#options.onError(error);
  }

  async #noted(view: ClusterView, znode: RawZnode): Promise<void> {
    const stored = this.#options.records(view.key.ensemble).stored(view.id, znode);
    if (stored.run.view.id !== this.#options.own(view.id)) await this.#show(view, stored);
  }

  async #theirs(view: ClusterView): Promise<StoredRun | null> {
    const stored = await this.#options.records(view.key.ensemble).read(view.id);
    return stored?.run.view.id === this.#options.own(view.id) ? null : stored;
  }

  async #show(view: ClusterView, { run }: StoredRun): Promise<void> {
    const { clock, onRun, takeUp } = this.#options;
    const { id } = view;
    const json = JSON.stringify(run.view);
    if (this.#shown.get(id) !== json) onRun(run.view, null);
    this.#shown.set(id, json);
    const isOver = run.view.state === 'ended' || (await this.#isLeftBehind(view, run));
    // Somebody else may have been quicker to take it up: then it is shown as it goes on.
    if (isOver && (await takeUp(view))) {
      this.#shown.delete(id);
      return;
    }
    if (this.#clusters.has(id)) return;
    this.#clusters.add(id);
    clock.after(movesLeadership(run) ? MIRROR_MS : CLAIM_MS, () => {
      this.#clusters.delete(id);
      void this.#goOn(id).catch((error: unknown) => this.#failed(error));
    });
  }

  async #goOn(id: ClusterId): Promise<void> {
    const view = this.#options.view(id);
    if (view === null || this.#options.isClosed()) return;
    const stored = await this.#theirs(view);
    if (stored) await this.#show(view, stored);
  }

  /** Its Howdah is gone: whoever has shown it goes on with it. */
  async #isLeftBehind({ id, key }: ClusterView, theirs: Run): Promise<boolean> {
    const run = theirs.view.id;
    const patience = movesLeadership(theirs) ? LEFT_BEHIND_MS : LEFT_ALONE_MS;
    const now = this.#options.clock.now();
    if (await this.#options.records(key.ensemble).isClaimed(id, run)) {
      this.#unclaimed.delete(id);
      return false;
    }
    const seen = this.#unclaimed.get(id);
    if (seen?.run !== run) this.#unclaimed.set(id, { run, since: now });
    return seen?.run === run && now - seen.since >= patience;
  }
}
