import { createHash } from 'node:crypto';
import { z } from 'zod';
import { isZooKeeperError, ZooKeeperError } from '@/lib/errors';
import { type ClusterId, clusterPath, parseClusterId } from '@/lib/topology/cluster-id';
import type { ClusterView, PauseView } from '@/lib/topology/view';
import type { Clock, ListingAccess, RawZnode } from '../ports';
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
  since: z.number().min(0).max(8.64e15),
  until: z.number().min(0).max(8.64e15).nullable(),
  /** The configuration that pauses it: by these it is known to be about that pause. */
  version: z.number(),
  sha256: z.string(),
});
export type PauseNote = z.output<typeof shape>;

/** Another Howdah may note it a moment after the cluster is seen to be paused. */
const LOOK_AGAIN_MS = 2000;
const LOOKS = 3;

/**
 * Who paused a cluster, why, and until when: Patroni keeps nothing but the fact. A znode of Howdah's
 * own for each, so that every Howdah knows and it outlives them. It is written before the pause, and
 * names the configuration that pauses: of any other it says nothing, so what a pause by other means
 * is about is not known. Whoever sees that configuration change under the pause carries it on.
 */
export class Pauses {
  readonly #options: PausesOptions;
  readonly #folder: string;
  /** By the version of the configuration. */
  readonly #paused = new Map<ClusterId, number>();
  /** What has been seen not to be paused: nothing is known of a pause there. */
  readonly #unpaused = new Set<ClusterId>();
  /** Of each ensemble: the clusters with a pause on record when the first of it was seen. */
  readonly #recorded = new Map<string, Promise<ReadonlySet<string>>>();

  constructor(options: PausesOptions) {
    this.#options = options;
    this.#folder = `${options.root === '/' ? '' : options.root}/pauses`;
  }

  /** Howdah is about to pause it. Throws `ZooKeeperError`. */
  async note(view: ClusterView, note: PauseNote): Promise<void> {
    const access = this.#options.access(view.key.ensemble);
    const path = this.#path(view.id);
    const data = encoded(note);
    await ensureFolder(access, this.#folder);
    const before = await access.data(path, false);
    if (before) await access.set(path, data, before.stat.version);
    else await access.create(path, data);
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
    const [before, version] = [this.#paused.get(id), versionOf(view)];
    if (mode.paused) {
      this.#paused.set(id, version);
      this.#unpaused.delete(id);
      if (before === undefined) void this.#read(view, LOOKS);
      else if (before !== version) void this.#carryOn(view, before);
    } else if (before !== undefined) {
      this.#paused.delete(id);
      this.#options.onPause(id, null);
      void this.#forget(view);
    }
  }

  gone(id: ClusterId): void {
    this.#paused.delete(id);
    this.#unpaused.delete(id);
    void this.#forgetRemoved(id);
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
    const { onPause, clock } = this.#options;
    try {
      const { note, config } = await this.#both(view);
      if (!this.#paused.has(view.id)) return;
      if (note && config && isOf(note.value, config)) onPause(view.id, pauseOf(note.value));
      else if (looks > 1) clock.after(LOOK_AGAIN_MS, () => void this.#read(view, looks - 1));
    } catch (error) {
      this.#failed(view, error);
    }
  }

  /** Another configuration was written under the same pause. */
  async #carryOn(view: ClusterView, before: number): Promise<void> {
    const { id, key } = view;
    const version = versionOf(view);
    // More than one write may have been a resume and another pause.
    if (version !== before + 1) {
      this.#options.onPause(id, null);
      return this.#read(view, LOOKS);
    }
    try {
      const { note, config } = await this.#both(view);
      if (note?.value.version !== before || config?.stat.version !== version) return;
      const data = encoded({ ...note.value, version, sha256: hashOf(config) });
      await this.#options.access(key.ensemble).set(this.#path(id), data, note.version);
    } catch (error) {
      // Another Howdah has done so.
      if (isZooKeeperError(error, 'no-node') || isZooKeeperError(error, 'bad-version')) return;
      if (this.#paused.get(id) === version) this.#paused.set(id, before);
      if (!(error instanceof ZooKeeperError)) this.#options.onError(error);
    }
  }

  async #both(view: ClusterView) {
    const access = this.#options.access(view.key.ensemble);
    const path = this.#path(view.id);
    await access.sync(path);
    const found = await access.data(path, false);
    const config = await access.data(`${clusterPath(view.key)}/config`, false);
    const value = found && noteIn(found.data);
    return { note: value ? { value, version: found.stat.version } : null, config };
  }

  /** A note of a later configuration than what is seen here is about the next pause. */
  async #forget(view: ClusterView): Promise<void> {
    const path = this.#path(view.id);
    try {
      const access = this.#options.access(view.key.ensemble);
      const found = await access.data(path, false);
      const note = found && noteIn(found.data);
      if (note && note.version > versionOf(view)) return;
      if (found) await access.delete(path, found.stat.version);
    } catch (error) {
      // Another Howdah has done so.
      if (isZooKeeperError(error, 'no-node') || isZooKeeperError(error, 'bad-version')) return;
      this.#failed(view, error);
    }
  }

  /** Another cluster may be made by that name. */
  async #forgetRemoved(id: ClusterId): Promise<void> {
    const key = parseClusterId(id);
    if (key === null) return;
    try {
      const access = this.#options.access(key.ensemble);
      if ((await access.data(clusterPath(key), false)) !== null) return;
      const found = await access.data(this.#path(id), false);
      if (found) await access.delete(this.#path(id), found.stat.version);
    } catch (error) {
      if (!(error instanceof ZooKeeperError)) this.#options.onError(error);
    }
  }

  #path(id: ClusterId): string {
    return `${this.#folder}/${id}`;
  }

  /** It is asked again with the next view. */
  #failed({ id, mode }: ClusterView, error: unknown): void {
    if (mode.paused) this.#paused.delete(id);
    if (!(error instanceof ZooKeeperError)) this.#options.onError(error);
  }
}

const versionOf = ({ config }: ClusterView): number => (config.is === 'ok' ? config.version : -1);

const hashOf = ({ data }: RawZnode): string => createHash('sha256').update(data).digest('hex');

const isOf = ({ version, sha256 }: PauseNote, config: RawZnode): boolean =>
  version === config.stat.version && sha256 === hashOf(config);

const pauseOf = ({ by, reason, since, until }: PauseNote): PauseView => ({
  ...{ by, reason, since, until },
});

const encoded = (note: PauseNote): Buffer => Buffer.from(JSON.stringify(note));

function noteIn(data: Buffer): PauseNote | null {
  try {
    return shape.parse(JSON.parse(data.toString('utf8')));
  } catch {
    return null;
  }
}
