import type pg from 'pg';
import { benchClient, leave } from './bench-client';
import { messageOf, SandboxError } from './errors';
import { paced } from './paced';
import type { PatroniCluster } from './patroni-cluster';
import { BENCH_DATABASE } from './patroni-config';
import { waitFor } from './wait-for';

/** How old what a member knows of the heartbeat is, milliseconds: every member has the same clock. */
export const HEARTBEAT_AGE =
  'SELECT extract(epoch FROM clock_timestamp() - at) * 1000 FROM heartbeat WHERE id = 1';

/** One attempt to write the moment down. Times are milliseconds of `performance.now()`. */
export interface Beat {
  readonly begunAt: number;
  readonly endedAt: number;
  /** Whether it was confirmed. */
  readonly ok: boolean;
  readonly error: string | null;
}

export interface HeartbeatOptions {
  /** Through which it writes; by default to whichever member leads, which it finds by trying. */
  readonly port?: number;
  /** 50 by default. */
  readonly everyMs?: number;
  /** For connecting, and for each confirmation; 1000 by default. An outage is known no finer. */
  readonly patienceMs?: number;
}

export interface Heartbeat {
  readonly beats: readonly Beat[];
  /** Returns all once nothing is under way any more. */
  stop(): Promise<Beat[]>;
}

const PATIENCE_MS = 1000;

/**
 * Writes the present moment to `heartbeat` again and again, and follows the leader; returns once the
 * first is written and every standby has it.
 * @throws SandboxError when the cluster has no leader, or a standby does not get it.
 */
export async function startHeartbeat(
  cluster: PatroniCluster,
  { port, everyMs = 50, patienceMs = PATIENCE_MS }: HeartbeatOptions = {},
): Promise<Heartbeat> {
  await prepare(cluster);
  const ports = port === undefined ? cluster.members.map(({ pgPort }) => pgPort) : [port];
  const writer = new Writer(
    ports.map((each) => () => clientOf(cluster, { port: each, patienceMs })),
  );
  const beats: Beat[] = [];
  const stopping = new AbortController();
  const beating = async () => {
    await paced(everyMs, stopping.signal, async () => {
      beats.push(await writer.beat());
    });
    await writer.end();
  };
  const done = beating();
  return {
    beats,
    stop: async () => {
      stopping.abort();
      await done;
      return [...beats];
    },
  };
}

/** The table, as the owner of its database: whoever reads is the same. */
async function prepare(cluster: PatroniCluster): Promise<void> {
  const leader = await cluster.leader();
  if (!leader) throw new SandboxError(`${cluster.scope} has no leader to beat on`);
  const client = clientOf(cluster, { port: leader.pgPort, patienceMs: PATIENCE_MS });
  try {
    await client.connect();
    await client.query(
      'CREATE TABLE IF NOT EXISTS heartbeat (id int PRIMARY KEY, at timestamptz NOT NULL)',
    );
    await client.query(
      'INSERT INTO heartbeat VALUES (1, clock_timestamp()) ON CONFLICT (id) DO UPDATE SET at = excluded.at',
    );
  } finally {
    await leave(client);
  }
  await waitFor(
    async () => {
      const found = await Promise.all(
        cluster.members.map((each) => each.sql(THERE, [], BENCH_DATABASE).catch(() => [])),
      );
      return found.every(([row]) => row?.there === true);
    },
    { timeoutMs: 20_000, what: `every member of ${cluster.scope} to have the heartbeat` },
  );
}

const THERE = "SELECT to_regclass('heartbeat') IS NOT NULL AS there";

const clientOf = (
  cluster: PatroniCluster,
  how: { readonly port: number; readonly patienceMs: number },
) => benchClient(cluster, { ...how, name: 'heartbeat' });

/** Keeps one connection; whoever doesn't confirm is left for the next. */
class Writer {
  readonly #makers: readonly (() => pg.Client)[];
  #at = 0;
  #client: pg.Client | null = null;

  constructor(makers: readonly (() => pg.Client)[]) {
    this.#makers = makers;
  }

  /** Never throws. */
  async beat(): Promise<Beat> {
    const begunAt = performance.now();
    try {
      const client = await this.#connected();
      await client.query('UPDATE heartbeat SET at = clock_timestamp() WHERE id = 1');
      return { begunAt, endedAt: performance.now(), ok: true, error: null };
    } catch (error) {
      await this.end();
      this.#at += 1;
      return { begunAt, endedAt: performance.now(), ok: false, error: messageOf(error) };
    }
  }

  async #connected(): Promise<pg.Client> {
    if (this.#client) return this.#client;
    const client = this.#makers[this.#at % this.#makers.length]?.();
    if (!client) throw new SandboxError('There is nowhere to beat');
    this.#client = client;
    await client.connect();
    return client;
  }

  async end(): Promise<void> {
    const client = this.#client;
    this.#client = null;
    if (client) await leave(client);
  }
}
