import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { lchown, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type pg from 'pg';
import { CannotEmbed } from './errors';
import { isPostmaster } from './postmaster';
import { ENVIRONMENT, findPrograms, type Owner, type Programs, userFor } from './programs';

const run = promisify(execFile);

/** A Unix socket's path fits into so many bytes. */
const SOCKET_PATH_BYTES = 107;
const PORT = 5432;
const SUPERUSER = 'howdah';
/** How long an orphan of an earlier process has to shut down, and then to be ended. */
const ORPHAN_MS = 10_000;
const INITDB_MS = 120_000;

const connection = (sockets: string): pg.ClientConfig => ({
  ...{ host: sockets, port: PORT, user: SUPERUSER, database: 'postgres' },
});

/** Where the database of a folder is, whether a server runs or not. */
export const dataIn = (folder: string): string => join(folder, 'postgres');

/** How to connect to the server that another process runs on a folder; null: none is ready. */
export async function runningIn(folder: string): Promise<pg.ClientConfig | null> {
  const text = await readFile(join(dataIn(folder), 'postmaster.pid'), 'utf8').catch((error) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const [, , , , sockets = '', , , status = ''] = text.split('\n');
  return status.trim() === 'ready' && sockets !== '' ? connection(sockets) : null;
}

export interface EmbeddedOptions {
  /** Held by the caller. It is the caller's user's, and so is all in it but what PostgreSQL has. */
  readonly folder: string;
  /** It has ended without having been asked to. */
  readonly onExit: () => void;
  /** Those of the npm package, unless told otherwise. */
  readonly programs?: Programs;
}

/**
 * PostgreSQL as a child process, on a Unix socket that nobody but its user can reach. Where it runs
 * as another user than we do, that user has its data and its socket's folder and nothing above.
 * Ended with SIGKILL, it leaves an orphan, which the next start ends first.
 */
export class EmbeddedPostgres {
  readonly #options: EmbeddedOptions;
  #found: { readonly programs: Programs; readonly owner: Owner | null } | null = null;
  #child: ChildProcess | null = null;
  #sockets: string | null = null;
  #stopped = false;

  constructor(options: EmbeddedOptions) {
    this.#options = options;
  }

  /**
   * Starts it, if it doesn't run, making its database first where there is none. Returns how to
   * connect, once it has been executed: it may take a moment until it accepts.
   * @throws CannotEmbed
   */
  async start(): Promise<pg.ClientConfig> {
    this.#found ??= await this.#find();
    this.#sockets ??= await this.#socketFolder();
    if (this.#child === null) {
      if (!existsSync(this.#data)) await this.#initialise();
      await this.#endOrphan();
      if (this.#stopped) throw new CannotEmbed('The embedded PostgreSQL is being stopped');
      this.#child = this.#run(this.#found.programs.postgres);
    }
    return connection(this.#sockets);
  }

  /** Asks it to shut down; it needs no more of us. What is committed is kept in any case. */
  stop(): void {
    this.#stopped = true;
    const child = this.#child;
    this.#child = null;
    child?.kill('SIGINT');
  }

  /** Has stopped when this is over. */
  async end(): Promise<void> {
    const child = this.#child;
    this.stop();
    const runs = child?.pid !== undefined && child.exitCode === null && child.signalCode === null;
    if (runs) await once(child, 'exit');
  }

  get #data(): string {
    return dataIn(this.#options.folder);
  }

  async #find(): Promise<{ programs: Programs; owner: Owner | null }> {
    const owner = userFor();
    const { folder, programs } = this.#options;
    return { owner, programs: programs ?? (await findPrograms(folder, owner)) };
  }

  /** For PostgreSQL's user, in a folder that user can't write to. */
  async #mkdirForIt(path: string): Promise<void> {
    await mkdir(path, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
    const { owner } = this.#found ?? {};
    if (owner) await lchown(path, owner.uid, owner.gid);
  }

  async #socketFolder(): Promise<string> {
    const inside = join(this.#options.folder, 'run');
    const fits = Buffer.byteLength(join(inside, `.s.PGSQL.${PORT}.lock`)) <= SOCKET_PATH_BYTES;
    const path = fits ? inside : await mkdtemp(join(tmpdir(), 'howdah-'));
    await this.#mkdirForIt(path);
    return path;
  }

  /** Under another name first: a database is there whole or not at all. */
  async #initialise(): Promise<void> {
    const unfinished = `${this.#data}.new`;
    await rm(unfinished, { recursive: true, force: true });
    await this.#mkdirForIt(unfinished);
    try {
      await run(
        this.#found?.programs.initdb ?? '',
        [
          ...['-D', unfinished, '-U', SUPERUSER, '-E', 'UTF8', '--no-locale', '--no-instructions'],
          // Who may reach the socket is decided by the folder it is in.
          ...['--auth-local=trust', '--auth-host=reject'],
        ],
        { ...this.#found?.owner, cwd: '/', env: ENVIRONMENT, timeout: INITDB_MS },
      );
    } catch (error) {
      const { stderr, message } = error as Error & { stderr?: string };
      const why = stderr?.trim().split('\n').at(-1) || message;
      throw new CannotEmbed(`The embedded PostgreSQL could not make its database: ${why}`);
    }
    await rename(unfinished, this.#data);
  }

  #run(postgres: string): ChildProcess {
    const settings = {
      listen_addresses: '',
      unix_socket_directories: this.#sockets ?? '',
      unix_socket_permissions: '0700',
      shared_buffers: '32MB',
      max_connections: '20',
      // A backup or a restore holds each partition there is.
      max_locks_per_transaction: '256',
      logging_collector: 'on',
      log_filename: 'postgresql-%a.log',
      log_truncate_on_rotation: 'on',
      log_rotation_age: '1d',
      timezone: 'UTC',
    };
    const child = spawn(
      postgres,
      [
        ...['-D', this.#data],
        ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      ],
      // Ctrl+C is for us: we then ask it to end.
      { ...this.#found?.owner, cwd: '/', detached: true, stdio: 'ignore', env: ENVIRONMENT },
    );
    const ended = () => {
      if (this.#child !== child) return;
      this.#child = null;
      this.#options.onExit();
    };
    child.once('exit', ended);
    child.once('error', ended);
    return child;
  }

  /** One that outlived its Howdah has the data, and nobody who would end it. */
  async #endOrphan(): Promise<void> {
    const [line = ''] = await readFile(join(this.#data, 'postmaster.pid'), 'utf8').then(
      (text) => text.split('\n'),
      () => [],
    );
    const pid = Number(line);
    for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
      if (!isPostmaster(pid, this.#data)) return;
      try {
        process.kill(pid, signal);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
      const until = Date.now() + ORPHAN_MS;
      while (Date.now() < until && isPostmaster(pid, this.#data)) await delay(20);
    }
  }
}
