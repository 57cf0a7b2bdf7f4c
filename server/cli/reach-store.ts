import { existsSync, mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { drizzle } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import type { Asked } from '../adapters/store/ask';
import { dataIn, EmbeddedPostgres, runningIn } from '../adapters/store/embedded';
import { FolderInUse, lockFolder } from '../adapters/store/folder-lock';
import { migratedTo } from '../adapters/store/migrations';
import { tryTurn, whoseTurn } from '../adapters/store/turn';
import type { StoreConfig } from '../config';
import { CommandFailure } from './errors';

/** A connection to the store, for one command. */
export interface Reached {
  readonly client: pg.Client;
  /** "18.4" */
  readonly version: string;
  /** "embedded in /var/lib/howdah", or "at db.example". */
  readonly where: string;
  /** Whether the writer's turn is ours: no Howdah writes meanwhile. */
  readonly alone: boolean;
}

/**
 * What for. `read` disturbs nobody. `tidy` goes on beside a Howdah, and has its turn where none
 * runs. `beside` does as well, and `alone` is refused while one writes: where there is no store yet,
 * these make one.
 */
export type Purpose = 'read' | 'tidy' | 'beside' | 'alone';

const makesOne = (purpose: Purpose): boolean => purpose === 'alone' || purpose === 'beside';

/** A server that replays what it was doing when it was killed takes its time. */
const START_MS = 60_000;
const CONNECT_MS = 10_000;

/**
 * Connects to where history is kept, does something there and leaves it as it was: an embedded
 * server that runs goes on running, and one that doesn't is started for as long as this takes.
 * Ctrl-C ends what is being done, and then all the same that.
 */
export async function withStore<T>(
  config: StoreConfig,
  purpose: Purpose,
  work: (reached: Reached) => Promise<T>,
): Promise<T> {
  if (config === null)
    throw new CommandFailure('Howdah was told to keep no history (HOWDAH_STORE)');
  const interrupt = new Interrupt();
  const undo = new Undo();
  undo.later(() => interrupt.end());
  try {
    const { url, folder } = config;
    const where = url === null ? `embedded in ${folder}` : `at ${new URL(url).host}`;
    const client =
      url === null
        ? await interrupt.or(connectEmbedded(folder, purpose, undo))
        : await interrupt.or(connect({ connectionString: url }, undo));
    if (!makesOne(purpose) && (await migratedTo(client)) === null) {
      throw new CommandFailure(`There is no history ${where}`);
    }
    const { mine, version } = await turnFor(client, purpose);
    return await interrupt.or(work({ client, version, where, alone: mine }));
  } finally {
    await undo.all();
  }
}

/** The connection as the parts of the store ask it. */
export function asAsked(client: pg.Client): Asked {
  const connection = drizzle(client);
  const all = { write: connection, read: connection, upkeep: connection };
  return {
    connected: { ...all, writes: true, end: () => {} },
    health: { state: 'ready', since: 0, says: null, server: null },
    doubt: () => {},
  };
}

async function turnFor(client: pg.Client, purpose: Purpose) {
  if (purpose === 'read') {
    const { rows } = await client.query<{ version: string }>(
      `select split_part(current_setting('server_version'), ' ', 1) as version`,
    );
    return { mine: false, version: rows[0]?.version ?? '' };
  }
  const turn = await tryTurn(client);
  if (purpose === 'alone' && !turn.mine) {
    const whose = await whoseTurn(client);
    throw new CommandFailure(`The store is written to by ${whose}: stop it first`);
  }
  return turn;
}

async function connectEmbedded(folder: string, purpose: Purpose, undo: Undo): Promise<pg.Client> {
  if (!makesOne(purpose) && !existsSync(dataIn(folder))) {
    throw new CommandFailure(
      `There is no history in ${folder}, or none that you may see: HOWDAH_STORE_FOLDER says where it is`,
    );
  }
  mkdirSync(folder, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
  try {
    const lock = lockFolder(folder);
    undo.later(() => lock.release());
  } catch (error) {
    if (!(error instanceof FolderInUse) || purpose === 'alone') throw error;
    const running = await runningIn(folder);
    if (running) return connect(running, undo);
    throw new CommandFailure(`${error.message}, whose PostgreSQL is not up: try again in a moment`);
  }
  let ended = false;
  const server = new EmbeddedPostgres({
    folder,
    onExit: () => {
      ended = true;
    },
  });
  undo.later(() => server.end());
  const config = await server.start();
  const until = Date.now() + START_MS;
  for (;;) {
    try {
      return await connect(config, undo);
    } catch (error) {
      if (ended) throw new CommandFailure(await whyNot(folder));
      if (undo.over || Date.now() > until) throw error;
      await delay(50);
    }
  }
}

async function whyNot(folder: string): Promise<string> {
  const data = dataIn(folder);
  const version = await readFile(join(data, 'PG_VERSION'), 'utf8').catch(() => '');
  const of = version.trim() === '' ? '' : `, and its data is of PostgreSQL ${version.trim()}`;
  return `The embedded PostgreSQL has ended at once: why is in ${join(data, 'log')}${of}`;
}

async function connect(config: pg.ClientConfig, undo: Undo): Promise<pg.Client> {
  const client = new pg.Client({
    ...{ ...config, keepAlive: true, application_name: 'howdah store, a command' },
    connectionTimeoutMillis: CONNECT_MS,
  });
  // What is asked next tells.
  client.on('error', () => {});
  try {
    await client.connect();
  } catch (error) {
    await client.end().catch(() => {});
    throw error;
  }
  undo.later(() => client.end().catch(() => {}));
  return client;
}

/** What is to be undone, last first; what comes after that is undone at once. */
class Undo {
  readonly #steps: (() => Promise<void> | void)[] = [];
  #over = false;

  get over(): boolean {
    return this.#over;
  }

  later(step: () => Promise<void> | void): void {
    if (this.#over) void step();
    else this.#steps.push(step);
  }

  async all(): Promise<void> {
    this.#over = true;
    for (const step of this.#steps.reverse()) await step();
  }
}

/** SIGINT and SIGTERM, as a failure of what is being done. */
class Interrupt {
  readonly #stop: () => void;
  readonly #stopped: Promise<never>;

  constructor() {
    let stop = () => {};
    this.#stopped = new Promise((_, reject) => {
      stop = () => reject(new CommandFailure('Interrupted'));
    });
    this.#stopped.catch(() => {});
    this.#stop = stop;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
  }

  or<T>(work: Promise<T>): Promise<T> {
    work.catch(() => {});
    return Promise.race([work, this.#stopped]);
  }

  end(): void {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, this.#stop);
  }
}
