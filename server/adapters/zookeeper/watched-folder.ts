import { ZooKeeperError } from '@/lib/errors';
import type { Clock, RawZnode } from '@/server/ports';
import type { ZooKeeperSession } from '@/zookeeper';

export interface WatchedFolderOptions {
  readonly clock: Clock;
  readonly path: string;
  /** Throws `connection` while there is none. */
  readonly session: () => Pick<ZooKeeperSession, 'children' | 'data'>;
  /** A child was read; null: it is gone. */
  readonly onRead: (name: string, znode: RawZnode | null) => void;
  /** A child is there, and can't be read: why. It is tried again. */
  readonly onFailed: (name: string, why: string) => void;
  /** A connection is new, and all is read anew. */
  readonly onBegin: () => void;
  /** All of it has been read since the last connection. */
  readonly onWhole: () => void;
  readonly onError: (error: unknown) => void;
}

/** What could not be read is tried again so often. */
const AGAIN_MS = 5000;
/** Changes of one znode are read no faster. */
const GATHER_MS = 50;

/**
 * The children of one folder of Howdah's own, each read again whenever it changes. Watches are one
 * shot and are lost with their connection: `connected` reads everything anew.
 */
export class WatchedFolder {
  readonly #options: WatchedFolderOptions;
  readonly #names = new Set<string>();
  /** Paths that have changed and are to be read. */
  readonly #dirty = new Set<string>();
  #connection = 0;
  #closed = false;

  constructor(options: WatchedFolderOptions) {
    this.#options = options;
  }

  close(): void {
    this.#closed = true;
  }

  /** The session's connection is new. */
  connected(): void {
    this.#connection += 1;
    this.#options.onBegin();
    void this.#attempt(async (connection) => {
      await this.#list(true);
      if (connection === this.#connection) this.#options.onWhole();
    });
  }

  /** A watch has fired; what is not of this folder is none of its business. */
  changed(path: string): void {
    const { path: folder, clock } = this.#options;
    if (path !== folder && !path.startsWith(`${folder}/`)) return;
    if (this.#dirty.has(path)) return;
    this.#dirty.add(path);
    clock.after(GATHER_MS, () => {
      this.#dirty.delete(path);
      const name = path.slice(folder.length + 1);
      void this.#attempt(() => (name === '' ? this.#list(false) : this.#read(name)));
    });
  }

  async #attempt(task: (connection: number) => Promise<void>): Promise<void> {
    const connection = this.#connection;
    if (this.#closed) return;
    try {
      await task(connection);
    } catch (error) {
      if (!(error instanceof ZooKeeperError)) this.#options.onError(error);
      // A new connection reads all of it by itself.
      this.#options.clock.after(AGAIN_MS, () => {
        if (connection === this.#connection) void this.#attempt(task);
      });
    }
  }

  /** @param all also those that were there before */
  async #list(all: boolean): Promise<void> {
    const { path, session, onRead } = this.#options;
    const listed = await session().children(path, true);
    if (listed === null && (await session().data(path, true)) !== null) return this.#list(all);
    const names = new Set(listed?.names);
    for (const name of this.#names) {
      if (names.has(name)) continue;
      this.#names.delete(name);
      onRead(name, null);
    }
    const wanted = [...names].filter((name) => all || !this.#names.has(name));
    for (const name of names) this.#names.add(name);
    await Promise.all(wanted.map((name) => this.#read(name)));
  }

  async #read(name: string): Promise<void> {
    const { path, session, onRead, onFailed } = this.#options;
    try {
      const found = await session().data(`${path}/${name}`, true);
      if (!this.#closed) onRead(name, found);
    } catch (error) {
      // With the connection all is lost; a child that can't be read is a matter of its own.
      if (!(error instanceof ZooKeeperError) || isOfConnection(error)) throw error;
      onFailed(name, `ZooKeeper does not let Howdah read it: ${error.message}.`);
      const connection = this.#connection;
      this.#options.clock.after(AGAIN_MS, () => {
        if (connection === this.#connection) void this.#attempt(() => this.#read(name));
      });
    }
  }
}

const isOfConnection = ({ code }: ZooKeeperError): boolean =>
  code === 'connection' || code === 'closed';
