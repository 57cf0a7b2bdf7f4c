import pg from 'pg';
import { benchClient, leave } from './bench-client';
import { messageOf } from './errors';
import { HEARTBEAT_AGE } from './heartbeat';
import { paced, pause } from './paced';
import type { PatroniCluster } from './patroni-cluster';

/** What one client saw of one request. Times are milliseconds of `performance.now()`. */
export interface Read {
  readonly openedAt: number;
  readonly endedAt: number;
  /** Who answered; null: nobody, or somebody who is no member. */
  readonly member: string | null;
  readonly ok: boolean;
  readonly error: string | null;
  /** Of the expression asked for: by default how old the heartbeat was, in milliseconds. */
  readonly value: number | null;
  /** Counts the connections of one run of clients: requests over the same one have the same. */
  readonly connection: number;
}

export interface ReadOptions {
  /** On 127.0.0.1: a port of HAProxy, or of a member. */
  readonly port: number;
  /** Of SQL, giving a number; by default the heartbeat's age, which needs a heartbeat. */
  readonly value?: string;
  /** For connecting, and again for the answer; 3000 by default. */
  readonly patienceMs?: number;
}

/** Clients at work. They take every failure for a record, and go on. */
export interface ReadClients {
  /** So far, by when they ended. */
  readonly records: readonly Read[];
  /** Returns all records once nothing is under way any more. */
  stop(): Promise<Read[]>;
}

/** One request over a connection of its own. Never throws. */
export async function readOnce(cluster: PatroniCluster, options: ReadOptions): Promise<Read> {
  const asking = new Asking(cluster, options);
  const openedAt = performance.now();
  const client = await asking.connect();
  if (!(client instanceof pg.Client)) return asking.failed(client, { openedAt, connection: 1 });
  const read = await asking.ask(client, { openedAt, connection: 1 });
  await leave(client);
  return read;
}

/** Opens a new connection for each request, so many a second, whether or not others are answered. */
export function startFreshReads(
  cluster: PatroniCluster,
  { rate, ...options }: ReadOptions & { readonly rate: number },
): ReadClients {
  const records: Read[] = [];
  const underWay = new Set<Promise<unknown>>();
  let connection = 0;
  const one = async () => {
    connection += 1;
    records.push({ ...(await readOnce(cluster, options)), connection });
  };
  return clients(records, [
    (stopping) =>
      paced(1000 / rate, stopping, () => {
        const request = one().finally(() => underWay.delete(request));
        underWay.add(request);
      }).finally(() => Promise.all(underWay)),
  ]);
}

/** Keeps connections and asks over each again and again; one that is lost is opened anew. */
export function startHeldReads(
  cluster: PatroniCluster,
  {
    count = 1,
    everyMs = 50,
    ...options
  }: ReadOptions & { readonly count?: number; readonly everyMs?: number },
): ReadClients {
  const records: Read[] = [];
  const asking = new Asking(cluster, options);
  let connections = 0;
  const session = async (stopping: AbortSignal) => {
    connections += 1;
    const connection = connections;
    const openedAt = performance.now();
    const client = await asking.connect();
    if (!(client instanceof pg.Client)) {
      records.push(asking.failed(client, { openedAt, connection }));
      await pause(everyMs, stopping);
      return;
    }
    let good = true;
    while (good && !stopping.aborted) {
      const begun = performance.now();
      const read = await asking.ask(client, { openedAt: begun, connection });
      records.push(read);
      good = read.ok;
      if (good) await pause(everyMs - (performance.now() - begun), stopping);
    }
    await leave(client);
  };
  const one = async (stopping: AbortSignal) => {
    while (!stopping.aborted) await session(stopping);
  };
  return clients(
    records,
    Array.from({ length: count }, () => one),
  );
}

/** What every client of one port has in common. */
class Asking {
  readonly #options: ReadOptions;
  readonly #cluster: PatroniCluster;
  readonly #names: ReadonlyMap<number, string>;

  constructor(cluster: PatroniCluster, options: ReadOptions) {
    this.#cluster = cluster;
    this.#options = options;
    this.#names = new Map(cluster.members.map(({ pgPort, name }) => [pgPort, name]));
  }

  /** @returns why, where it can't. */
  async connect(): Promise<pg.Client | string> {
    const { port, patienceMs = 3000 } = this.#options;
    const client = benchClient(this.#cluster, { port, patienceMs, name: 'reads' });
    try {
      await client.connect();
      return client;
    } catch (error) {
      await leave(client);
      return messageOf(error);
    }
  }

  async ask(client: pg.Client, known: Pick<Read, 'openedAt' | 'connection'>): Promise<Read> {
    const { value = HEARTBEAT_AGE } = this.#options;
    try {
      const { rows } = await client.query<{ port: number; value: unknown }>(
        `SELECT inet_server_port() AS port, (${value})::float8 AS value`,
      );
      const [row] = rows;
      return {
        ...known,
        endedAt: performance.now(),
        member: this.#names.get(row?.port ?? 0) ?? null,
        ok: true,
        error: null,
        value: typeof row?.value === 'number' ? row.value : null,
      };
    } catch (error) {
      return this.failed(messageOf(error), known);
    }
  }

  failed(error: string, known: Pick<Read, 'openedAt' | 'connection'>): Read {
    const endedAt = performance.now();
    return { ...known, endedAt, member: null, ok: false, error, value: null };
  }
}

function clients(
  records: readonly Read[],
  works: readonly ((stopping: AbortSignal) => Promise<unknown>)[],
): ReadClients {
  const stopping = new AbortController();
  const done = Promise.all(works.map((work) => work(stopping.signal)));
  return {
    records,
    stop: async () => {
      stopping.abort();
      await done;
      return [...records];
    },
  };
}
