import pg from 'pg';
import { SandboxError } from './errors';
import { freeze } from './freeze';
import { killAndWait, type ManagedProcess } from './managed-process';
import { postmasterOf, startupProcessOf } from './postgres-processes';
import { childrenOf, type ProcessId, signal } from './proc';
import { writeReplayDelay } from './replay-delay';
import { callRest, type RestRequest } from './rest';
import type { Credential, MemberState } from './state';
import { waitFor } from './wait-for';

/** What Patroni's `GET /patroni` says, as far as the sandbox cares. */
export interface PatroniReport {
  readonly state: string;
  readonly role: string;
  readonly timeline?: number;
  readonly replication?: readonly {
    readonly application_name: string;
    readonly state: string;
    readonly sync_state: string;
  }[];
}

export type Row = Record<string, unknown>;

/**
 * One member of a cluster: its Patroni and its PostgreSQL. Every verb signals exactly the process
 * it names; PostgreSQL is started by Patroni alone.
 */
export class PatroniMember {
  readonly name: string;
  readonly host = '127.0.0.1';
  readonly pgPort: number;
  readonly restPort: number;
  readonly dataFolder: string;
  readonly patroni: ManagedProcess;
  readonly #superuser: Credential;
  readonly #patroniFile: string;

  constructor(
    state: MemberState,
    parts: {
      readonly patroni: ManagedProcess;
      readonly dataFolder: string;
      readonly patroniFile: string;
      readonly superuser: Credential;
    },
  ) {
    this.name = state.name;
    this.pgPort = state.pgPort;
    this.restPort = state.restPort;
    this.dataFolder = parts.dataFolder;
    this.patroni = parts.patroni;
    this.#patroniFile = parts.patroniFile;
    this.#superuser = parts.superuser;
  }

  /** null when PostgreSQL is not running. */
  postmaster(): ProcessId | null {
    return postmasterOf(this.dataFolder);
  }

  /** SIGKILL to Patroni; PostgreSQL goes on. */
  killPatroni(): Promise<void> {
    return this.patroni.kill();
  }

  freezePatroni(): Promise<void> {
    return this.patroni.freeze();
  }

  thawPatroni(): Promise<void> {
    return this.patroni.thaw();
  }

  /** Returns once it is executed; it serves only when it has reached ZooKeeper. */
  startPatroni(): Promise<void> {
    return this.patroni.start();
  }

  /** SIGKILL to the postmaster; its children end by themselves. Patroni starts it again. */
  async killPostmaster(): Promise<void> {
    const postmaster = this.#needPostmaster();
    const children = childrenOf(postmaster.pid);
    await killAndWait([postmaster, ...children], `PostgreSQL of ${this.name}`);
  }

  /** SIGSTOP to the postmaster: nobody can connect, those connected go on. */
  async freezePostmaster(): Promise<void> {
    await freeze(this.#needPostmaster());
  }

  async thawPostmaster(): Promise<void> {
    signal(this.#needPostmaster(), 'SIGCONT');
  }

  /** Restart of PostgreSQL through Patroni's REST API. @throws SandboxError when refused */
  async restartPostgres(): Promise<void> {
    const answer = await this.rest('/restart', { method: 'POST', body: {}, timeoutMs: 60_000 });
    if (answer.status !== 200) {
      throw new SandboxError(`${this.name} refuses to restart: ${String(answer.body)}`);
    }
  }

  /** SIGKILL to Patroni and PostgreSQL with all its children, as if the host had lost power. */
  async kill(): Promise<void> {
    const postmaster = this.postmaster();
    const processes = postmaster ? [postmaster, ...childrenOf(postmaster.pid)] : [];
    const patroni = this.patroni.id();
    if (patroni) processes.unshift(patroni, ...childrenOf(patroni.pid));
    await killAndWait(processes, this.name);
    await this.patroni.kill();
  }

  /** Starts Patroni, which starts PostgreSQL; `waitHealthy` of the cluster tells when. */
  start(): Promise<void> {
    return this.startPatroni();
  }

  /** Patroni 3 resumes replay within a loop by itself, unless the cluster is paused. */
  async pauseReplay(): Promise<void> {
    await this.sql('SELECT pg_wal_replay_pause()');
  }

  async resumeReplay(): Promise<void> {
    await this.sql('SELECT pg_wal_replay_resume()');
  }

  /** SIGSTOP to the process that replays WAL: receiving goes on, replay stands still. */
  async freezeReplay(): Promise<void> {
    await freeze(this.#needStartup());
  }

  async thawReplay(): Promise<void> {
    signal(this.#needStartup(), 'SIGCONT');
  }

  /**
   * Replays every commit `ms` milliseconds late, 0 for no longer; returns when that is in force.
   * On a leader it takes effect once it is a standby.
   *
   * @throws SandboxError when Patroni doesn't take it over.
   */
  async slowReplay(ms: number): Promise<void> {
    const wanted = Math.max(0, Math.round(ms));
    writeReplayDelay(this.#patroniFile, wanted);
    await this.rest('/reload', { method: 'POST', body: {} });
    await waitFor(
      async () => {
        const [row] = await this.sql(
          `SELECT pg_is_in_recovery() AS standby,
                  (SELECT setting FROM pg_settings WHERE name = 'recovery_min_apply_delay') AS delay`,
        );
        return !row?.standby || Number(row.delay) === wanted;
      },
      { timeoutMs: 60_000, everyMs: 100, what: `${this.name} to delay its replay by ${wanted} ms` },
    );
  }

  /**
   * Runs one statement as superuser, on a connection of its own.
   * @throws Error from PostgreSQL, or when it doesn't answer in 10 s.
   */
  async sql(text: string, params: readonly unknown[] = [], database = 'postgres'): Promise<Row[]> {
    const client = new pg.Client({
      host: this.host,
      port: this.pgPort,
      ...this.#superuser,
      database,
      connectionTimeoutMillis: 3000,
      query_timeout: 10_000,
      application_name: 'howdah-sandbox',
    });
    // A server killed at the wrong moment also reports to the client, which would end the process.
    client.on('error', () => undefined);
    try {
      await client.connect();
      return (await client.query<Row>(text, [...params])).rows;
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  /** One request to its REST API. @throws Error when there is no answer */
  rest(path: string, options: RestRequest = {}) {
    return callRest(this.restPort, path, options);
  }

  /** null when its Patroni doesn't answer. */
  async report(): Promise<PatroniReport | null> {
    try {
      const { body } = await this.rest('/patroni');
      return typeof body === 'object' ? (body as PatroniReport) : null;
    } catch {
      return null;
    }
  }

  /** Of what a standby receives, as PostgreSQL says; null when it receives nothing. */
  async receivedTimeline(): Promise<number | null> {
    const [row] = await this.sql('SELECT received_tli FROM pg_stat_wal_receiver');
    return row ? Number(row.received_tli) : null;
  }

  #needPostmaster(): ProcessId {
    const found = this.postmaster();
    if (!found) throw new SandboxError(`PostgreSQL of ${this.name} is not running`);
    return found;
  }

  #needStartup(): ProcessId {
    const found = startupProcessOf(this.#needPostmaster());
    if (!found) throw new SandboxError(`${this.name} is not replaying: it is not a standby`);
    return found;
  }
}
