import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { CannotEmbed } from './errors';
import { startOf } from './folder-lock';
import { findPrograms, type Owner, type Programs } from './programs';

/** A Unix socket's path fits into so many bytes. */
const SOCKET_PATH_BYTES = 107;
const PORT = 5432;
const SUPERUSER = 'howdah';
/** Nothing of ours: it would take PGDATA and the like for settings. */
const ENVIRONMENT = { LC_ALL: 'C', PATH: '/usr/bin:/bin' } as Record<
  string,
  string
> as NodeJS.ProcessEnv;
/** How long an orphan of an earlier process has to shut down. */
const ORPHAN_MS = 10_000;

export interface EmbeddedOptions {
  readonly folder: string;
  /** It has ended without having been asked to. */
  readonly onExit: () => void;
  /** Those of the npm package, unless told otherwise. */
  readonly programs?: Programs;
}

/**
 * PostgreSQL as a child process, on a Unix socket that nobody but its user can reach, in a folder
 * that its caller holds. Ended with SIGKILL, it leaves an orphan, which the next start ends first.
 */
export class EmbeddedPostgres {
  readonly #options: EmbeddedOptions;
  readonly #owner: Owner | null;
  #child: ChildProcess | null = null;
  #sockets: string | null = null;

  constructor(options: EmbeddedOptions) {
    this.#options = options;
    this.#owner = process.getuid?.() === 0 ? userNamed('postgres') : null;
  }

  /**
   * Starts it, if it doesn't run, making its database first where there is none. Returns how to
   * connect, once it has been executed: it may take a moment until it accepts.
   * @throws CannotEmbed
   */
  async start(): Promise<pg.PoolConfig> {
    this.#mkdir(this.#folder);
    const { postgres, initdb } =
      this.#options.programs ?? (await findPrograms(this.#folder, this.#owner));
    this.#sockets ??= this.#socketFolder();
    if (this.#child === null) {
      if (!existsSync(this.#data)) this.#initialise(initdb);
      await this.#endOrphan();
      this.#child = this.#run(postgres);
    }
    return { host: this.#sockets, port: PORT, user: SUPERUSER, database: 'postgres' };
  }

  /** Asks it to shut down; it needs no more of us. What is committed is kept in any case. */
  stop(): void {
    const child = this.#child;
    this.#child = null;
    child?.kill('SIGINT');
    if (this.#sockets !== null && !this.#sockets.startsWith(this.#folder)) {
      rmSync(this.#sockets, { recursive: true, force: true });
    }
  }

  get #folder(): string {
    return this.#options.folder;
  }

  get #data(): string {
    return join(this.#folder, 'postgres');
  }

  #mkdir(path: string): void {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    if (this.#owner) chownSync(path, this.#owner.uid, this.#owner.gid);
  }

  #socketFolder(): string {
    const inside = join(this.#folder, 'run');
    const fits = Buffer.byteLength(join(inside, `.s.PGSQL.${PORT}.lock`)) <= SOCKET_PATH_BYTES;
    const path = fits ? inside : mkdtempSync(join(tmpdir(), 'howdah-'));
    this.#mkdir(path);
    return path;
  }

  /** Under another name first: a database is there whole or not at all. */
  #initialise(initdb: string): void {
    const unfinished = `${this.#data}.new`;
    rmSync(unfinished, { recursive: true, force: true });
    const { status, stderr, error } = spawnSync(
      initdb,
      [
        ...['-D', unfinished, '-U', SUPERUSER, '-E', 'UTF8', '--no-locale', '--no-instructions'],
        // Who may reach the socket is decided by the folder it is in.
        ...['--auth-local=trust', '--auth-host=reject'],
      ],
      { ...this.#owner, env: ENVIRONMENT, encoding: 'utf8' },
    );
    if (status !== 0) {
      const why = error?.message ?? stderr.trim().split('\n').at(-1);
      throw new CannotEmbed(`The embedded PostgreSQL could not make its database: ${why}`);
    }
    renameSync(unfinished, this.#data);
  }

  #run(postgres: string): ChildProcess {
    const settings = {
      listen_addresses: '',
      unix_socket_directories: this.#sockets ?? '',
      unix_socket_permissions: '0700',
      shared_buffers: '32MB',
      max_connections: '20',
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
      {
        ...this.#owner,
        // Ctrl+C is for us: we then ask it to end.
        detached: true,
        stdio: 'ignore',
        env: ENVIRONMENT,
      },
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
    const pid = postmasterIn(this.#data);
    if (pid === null) return;
    const start = startOf(pid);
    process.kill(pid, 'SIGINT');
    for (const until = Date.now() + ORPHAN_MS; startOf(pid) === start; await delay(20)) {
      if (Date.now() > until) process.kill(pid, 'SIGQUIT');
    }
  }
}

/** The living postmaster of a data folder. */
function postmasterIn(data: string): number | null {
  try {
    const [pid = '', folder] = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n');
    return folder === data && startOf(Number(pid)) !== null ? Number(pid) : null;
  } catch {
    return null;
  }
}

function userNamed(name: string): Owner {
  for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
    const [user, , uid, gid] = line.split(':');
    if (user === name) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new CannotEmbed(
    `PostgreSQL refuses to run as root, and there is no user "${name}" to run it as: run Howdah as another user`,
  );
}
