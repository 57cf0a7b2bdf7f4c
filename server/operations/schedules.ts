import { z } from 'zod';
import { isZooKeeperError, ZooKeeperError } from '@/lib/errors';
import type { Run } from '@/lib/operations/run';
import type { ClusterId } from '@/lib/topology/cluster-id';
import type { ClusterView } from '@/lib/topology/view';
import type { Clock, ListingAccess } from '../ports';
import { ensureFolder } from '../znode-folder';

export interface SchedulesOptions {
  readonly clock: Clock;
  /** Howdah's own folder in ZooKeeper. */
  readonly root: string;
  readonly access: (ensemble: string) => ListingAccess;
  /** The newest run of Howdah's own there. */
  readonly own: (id: ClusterId) => { readonly run: Run } | null;
  readonly onError: (error: unknown) => void;
}

const shape = z.object({
  /** When it comes due, milliseconds: what it is known again by. */
  at: z.number(),
  by: z.string().nullable(),
});
type Note = z.output<typeof shape>;

/** Another Howdah may note it a moment after the schedule is seen. */
const LOOK_AGAIN_MS = 2000;
const LOOKS = 3;

/**
 * Who has scheduled a switchover: Patroni keeps nothing but its moment. A znode of Howdah's own for
 * each cluster, so that every Howdah knows, whatever has been asked for since.
 */
export class Schedules {
  readonly #options: SchedulesOptions;
  readonly #folder: string;
  /** The moment of what stands in each cluster. */
  readonly #standing = new Map<ClusterId, number>();
  /** What was noted last; it outlasts the request, which is gone before what comes of it is seen. */
  readonly #notes = new Map<ClusterId, Note>();

  constructor(options: SchedulesOptions) {
    this.#options = options;
    this.#folder = `${options.root === '/' ? '' : options.root}/schedules`;
  }

  /** Null: nobody has scheduled anything for that moment with Howdah, as far as is known. */
  at(id: ClusterId, at: number): { readonly by: string | null } | null {
    const note = this.#notes.get(id);
    return note?.at === at ? note : null;
  }

  /** Called with every view, after the runs have seen it. */
  observe(view: ClusterView): void {
    const { id, request, unreadable } = view;
    if (unreadable.some(({ path }) => path.endsWith('/failover'))) return;
    const written = request?.scheduledAt == null ? Number.NaN : Date.parse(request.scheduledAt);
    // Garbage that somebody wrote there is no moment: Patroni does nothing with it either.
    const at = Number.isNaN(written) ? null : written;
    const before = this.#standing.get(id) ?? null;
    if (at === before) return;
    if (at === null) this.#standing.delete(id);
    else this.#standing.set(id, at);
    const made = at === null ? null : this.#made(id, at);
    if (made !== null) void this.#write(view, made);
    else if (at !== null) void this.#read(view, LOOKS);
    else if (before !== null) void this.#forget(view, before);
  }

  gone(id: ClusterId): void {
    this.#standing.delete(id);
    this.#notes.delete(id);
  }

  /** What Howdah was asked to schedule for that moment, and has. */
  #made(id: ClusterId, at: number): Note | null {
    const run = this.#options.own(id)?.run;
    if (run?.wish.kind !== 'switchover' || run.wish.at === null) return null;
    if (Date.parse(run.wish.at) !== at || run.view.outcome?.code !== 'done') return null;
    return { at, by: run.view.by ?? null };
  }

  async #write(view: ClusterView, note: Note): Promise<void> {
    const [access, path] = [this.#options.access(view.key.ensemble), this.#path(view)];
    const data = Buffer.from(JSON.stringify(note));
    this.#notes.set(view.id, note);
    try {
      await ensureFolder(access, this.#folder);
      const before = await access.data(path, false);
      if (before) await access.set(path, data, before.stat.version);
      else await access.create(path, data);
    } catch (error) {
      this.#failed(view, error);
    }
  }

  async #read(view: ClusterView, looks: number): Promise<void> {
    const { access, clock } = this.#options;
    const at = this.#standing.get(view.id);
    if (at === undefined) return;
    // Its run may be told to be done a moment after the schedule is seen to stand.
    const made = this.#made(view.id, at);
    if (made !== null) return this.#write(view, made);
    try {
      const found = await access(view.key.ensemble).data(this.#path(view), false);
      const note = found === null ? null : noteIn(found.data);
      if (note?.at === at) this.#notes.set(view.id, note);
      else if (looks > 1) clock.after(LOOK_AGAIN_MS, () => void this.#read(view, looks - 1));
    } catch (error) {
      this.#failed(view, error);
    }
  }

  /** Only what is about that moment: another schedule may have been noted meanwhile. */
  async #forget(view: ClusterView, at: number): Promise<void> {
    const [access, path] = [this.#options.access(view.key.ensemble), this.#path(view)];
    try {
      const found = await access.data(path, false);
      if (found && noteIn(found.data)?.at === at) await access.delete(path, found.stat.version);
    } catch (error) {
      this.#failed(view, error);
    }
  }

  /**
   * What stands is looked at again with the next view. What another Howdah has done already is done,
   * and a note that is left behind is known by its moment to be of nothing that stands.
   */
  #failed({ id }: ClusterView, error: unknown): void {
    const isDone = (['no-node', 'bad-version', 'exists'] as const).some((code) =>
      isZooKeeperError(error, code),
    );
    if (isDone) return;
    this.#standing.delete(id);
    if (!(error instanceof ZooKeeperError)) this.#options.onError(error);
  }

  #path({ id }: ClusterView): string {
    return `${this.#folder}/${id}`;
  }
}

function noteIn(data: Buffer): Note | null {
  try {
    return shape.parse(JSON.parse(data.toString('utf8')));
  } catch {
    return null;
  }
}
