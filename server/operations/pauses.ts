import { z } from 'zod';
import { isZooKeeperError, ZooKeeperError } from '@/lib/errors';
import type { ClusterId } from '@/lib/topology/cluster-id';
import type { ClusterView, PauseView } from '@/lib/topology/view';
import type { Clock, ListingAccess } from '../ports';
import { ensureFolder } from '../znode-folder';

export interface PausesOptions {
  readonly clock: Clock;
  /** Howdah's own folder in ZooKeeper. */
  readonly root: string;
  readonly access: (ensemble: string) => ListingAccess;
  /** What is known of a cluster's pause has changed. */
  readonly onPause: (id: ClusterId, pause: PauseView | null) => void;
  readonly onError: (error: unknown) => void;
}

const shape = z.object({
  by: z.string().nullable(),
  reason: z.string(),
  since: z.number(),
  until: z.number().nullable(),
});

/** Another Howdah may note it a moment after the cluster is seen to be paused. */
const LOOK_AGAIN_MS = 2000;
const LOOKS = 3;

/**
 * Who paused a cluster, why, and until when: Patroni keeps nothing but the fact. A znode of Howdah's
 * own for each, so that every Howdah knows and it outlives them. What a pause by other means is
 * about is not known.
 */
export class Pauses {
  readonly #options: PausesOptions;
  readonly #folder: string;
  readonly #paused = new Set<ClusterId>();
  /** What has been seen not to be paused: nothing is known of a pause there. */
  readonly #unpaused = new Set<ClusterId>();
  /** Of each ensemble: the clusters with a pause on record when the first of it was seen. */
  readonly #recorded = new Map<string, Promise<ReadonlySet<string>>>();

  constructor(options: PausesOptions) {
    this.#options = options;
    this.#folder = `${options.root === '/' ? '' : options.root}/pauses`;
  }

  /** Howdah has paused it. Throws `ZooKeeperError`. */
  async note(view: ClusterView, pause: PauseView): Promise<void> {
    const access = this.#options.access(view.key.ensemble);
    const path = `${this.#folder}/${view.id}`;
    const data = Buffer.from(JSON.stringify(pause));
    await ensureFolder(access, this.#folder);
    const before = await access.data(path, false);
    if (before) await access.set(path, data, before.stat.version);
    else await access.create(path, data);
    this.#options.onPause(view.id, pause);
  }

  /** Called with every view: what is known of a pause is read when it begins, and goes with it. */
  observe(view: ClusterView): void {
    const { id, mode } = view;
    // While the configuration can't be read, it is not known to have ended.
    if (mode.replication === 'unknown') return;
    if (!mode.paused && !this.#unpaused.has(id)) {
      this.#unpaused.add(id);
      if (!this.#paused.has(id)) void this.#forgetEarlier(view);
    }
    if (mode.paused === this.#paused.has(id)) return;
    if (mode.paused) {
      this.#paused.add(id);
      this.#unpaused.delete(id);
      void this.#read(view, LOOKS);
    } else {
      this.#paused.delete(id);
      this.#options.onPause(id, null);
      void this.#forget(view);
    }
  }

  gone(id: ClusterId): void {
    this.#paused.delete(id);
    this.#unpaused.delete(id);
  }

  /** It ended while no Howdah looked: the next pause is not about the same. */
  async #forgetEarlier(view: ClusterView): Promise<void> {
    const { ensemble } = view.key;
    const recorded = this.#recorded.get(ensemble) ?? this.#list(ensemble);
    this.#recorded.set(ensemble, recorded);
    try {
      if ((await recorded).has(view.id) && this.#unpaused.has(view.id)) await this.#forget(view);
    } catch (error) {
      this.#recorded.delete(ensemble);
      this.#unpaused.delete(view.id);
      if (!(error instanceof ZooKeeperError)) this.#options.onError(error);
    }
  }

  async #list(ensemble: string): Promise<ReadonlySet<string>> {
    const listed = await this.#options.access(ensemble).children(this.#folder, false);
    return new Set(listed?.names);
  }

  async #read(view: ClusterView, looks: number): Promise<void> {
    const { access, onPause, clock } = this.#options;
    try {
      const found = await access(view.key.ensemble).data(`${this.#folder}/${view.id}`, false);
      const read = found === null ? null : shape.safeParse(parsed(found.data));
      if (!this.#paused.has(view.id)) return;
      if (read?.success) onPause(view.id, read.data);
      else if (looks > 1) clock.after(LOOK_AGAIN_MS, () => void this.#read(view, looks - 1));
    } catch (error) {
      this.#failed(view, error);
    }
  }

  async #forget(view: ClusterView): Promise<void> {
    const access = this.#options.access(view.key.ensemble);
    const path = `${this.#folder}/${view.id}`;
    try {
      const found = await access.data(path, false);
      if (found) await access.delete(path, found.stat.version);
    } catch (error) {
      // Another Howdah has done so.
      if (isZooKeeperError(error, 'no-node') || isZooKeeperError(error, 'bad-version')) return;
      this.#failed(view, error);
    }
  }

  /** It is asked again with the next view. */
  #failed({ id, mode }: ClusterView, error: unknown): void {
    if (mode.paused) this.#paused.delete(id);
    if (!(error instanceof ZooKeeperError)) this.#options.onError(error);
  }
}

function parsed(data: Buffer): unknown {
  try {
    return JSON.parse(data.toString('utf8'));
  } catch {
    return null;
  }
}
