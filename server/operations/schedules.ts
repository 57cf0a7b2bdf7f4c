import { z } from 'zod';
import { isZooKeeperError, ZooKeeperError } from '@/lib/errors';
import type { ClusterId } from '@/lib/topology/cluster-id';
import type { ClusterView } from '@/lib/topology/view';
import type { Clock, ListingAccess } from '../ports';
import { ensureFolder } from '../znode-folder';

export interface SchedulesOptions {
  readonly clock: Clock;
  /** Where in Howdah's own folder they are noted. */
  readonly folder: string;
  readonly access: (ensemble: string) => ListingAccess;
  /** What stands in a cluster: its moment, by whom it is about ('': the cluster). Null: not known. */
  readonly standing: (view: ClusterView) => ReadonlyMap<string, number> | null;
  /** Who has asked this Howdah for exactly that, and it was done; null: nobody, as far as is known. */
  readonly made: (id: ClusterId, which: Which) => { readonly by: string | null } | null;
  readonly onError: (error: unknown) => void;
}

/** Whom it is about ('': the cluster), and its moment. */
export interface Which {
  readonly about: string;
  readonly at: number;
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
 * Who has scheduled what: Patroni keeps nothing but its moment. A znode of Howdah's own for each, so
 * that every Howdah knows, whatever has been asked for since.
 */
export class Schedules {
  readonly #options: SchedulesOptions;
  /** The moments of what stands in each cluster. */
  readonly #standing = new Map<ClusterId, ReadonlyMap<string, number>>();
  /** What was noted last; it outlasts the request, which is gone before what comes of it is seen. */
  readonly #notes = new Map<ClusterId, ReadonlyMap<string, Note>>();

  constructor(options: SchedulesOptions) {
    this.#options = options;
  }

  /** Null: nobody has scheduled anything for that moment with Howdah, as far as is known. */
  by(id: ClusterId, { about, at }: Which): { readonly by: string | null } | null {
    const note = this.#notes.get(id)?.get(about);
    return note?.at === at ? note : this.#options.made(id, { about, at });
  }

  /** Called with every view, after the runs have seen it. */
  observe(view: ClusterView): void {
    const { id } = view;
    const now = this.#options.standing(view);
    if (now === null) return;
    const before = this.#standing.get(id) ?? new Map<string, number>();
    if (now.size + before.size === 0) return;
    this.#standing.set(id, now);
    for (const [about, at] of now) {
      if (before.get(about) !== at) void this.#read(view, about, LOOKS);
    }
    for (const [about, at] of before) if (!now.has(about)) void this.#forget(view, { about, at });
  }

  gone(id: ClusterId): void {
    this.#standing.delete(id);
    this.#notes.delete(id);
  }

  #note({ id }: ClusterView, about: string, note: Note): void {
    this.#notes.set(id, new Map(this.#notes.get(id)).set(about, note));
  }

  async #write(view: ClusterView, about: string, note: Note): Promise<void> {
    const { access: of, folder } = this.#options;
    const path = this.#path(view, about);
    const data = Buffer.from(JSON.stringify(note));
    this.#note(view, about, note);
    try {
      const access = of(view.key.ensemble);
      await ensureFolder(access, folder);
      const before = await access.data(path, false);
      if (before) await access.set(path, data, before.stat.version);
      else await access.create(path, data);
    } catch (error) {
      this.#failed(view, about, error);
    }
  }

  async #read(view: ClusterView, about: string, looks: number): Promise<void> {
    const { access, clock, made } = this.#options;
    const at = this.#standing.get(view.id)?.get(about);
    if (at === undefined) return;
    // Its run may be told to be done a moment after the schedule is seen to stand.
    const ours = made(view.id, { about, at });
    if (ours !== null) return this.#write(view, about, { at, by: ours.by });
    try {
      const found = await access(view.key.ensemble).data(this.#path(view, about), false);
      const note = found === null ? null : noteIn(found.data);
      if (note?.at === at) this.#note(view, about, note);
      else if (looks > 1) clock.after(LOOK_AGAIN_MS, () => void this.#read(view, about, looks - 1));
    } catch (error) {
      this.#failed(view, about, error);
    }
  }

  /** Only what is about that moment: another schedule may have been noted meanwhile. */
  async #forget(view: ClusterView, { about, at }: Which): Promise<void> {
    const path = this.#path(view, about);
    try {
      const access = this.#options.access(view.key.ensemble);
      const found = await access.data(path, false);
      if (found && noteIn(found.data)?.at === at) await access.delete(path, found.stat.version);
    } catch (error) {
      this.#failed(view, about, error);
    }
  }

  /**
   * What stands is looked at again with the next view. What another Howdah has done already is done,
   * and a note that is left behind is known by its moment to be of nothing that stands.
   */
  #failed({ id }: ClusterView, about: string, error: unknown): void {
    const isDone = (['no-node', 'bad-version', 'exists'] as const).some((code) =>
      isZooKeeperError(error, code),
    );
    if (isDone) return;
    const left = new Map(this.#standing.get(id));
    left.delete(about);
    this.#standing.set(id, left);
    if (!(error instanceof ZooKeeperError)) this.#options.onError(error);
  }

  #path({ id }: ClusterView, about: string): string {
    return `${this.#options.folder}/${id}${about === '' ? '' : `~${about}`}`;
  }
}

function noteIn(data: Buffer): Note | null {
  try {
    return shape.parse(JSON.parse(data.toString('utf8')));
  } catch {
    return null;
  }
}
