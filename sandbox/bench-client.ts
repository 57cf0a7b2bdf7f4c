import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { PatroniCluster } from './patroni-cluster';
import { BENCH_DATABASE } from './patroni-config';

/** A server that hangs does not take leave. */
const LEAVE_MS = 1000;

export interface BenchClientOptions {
  /** On 127.0.0.1: a port of HAProxy, or of a member. */
  readonly port: number;
  /** For connecting, and for each answer. */
  readonly patienceMs: number;
  readonly name: string;
}

/** A connection to be, as the owner of the database `bench`. */
export function benchClient(
  { bench }: PatroniCluster,
  { port, patienceMs, name }: BenchClientOptions,
): pg.Client {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    ...bench,
    database: BENCH_DATABASE,
    connectionTimeoutMillis: patienceMs,
    query_timeout: patienceMs,
    application_name: name,
  });
  // That a session is closed is told by the request that fails, too.
  client.on('error', () => undefined);
  return client;
}

/** Ends a connection, whatever state it is in. Never throws, nor waits for ever. */
export async function leave(client: pg.Client): Promise<void> {
  const late = new AbortController();
  await Promise.race([
    client.end().catch(() => undefined),
    delay(LEAVE_MS, null, { signal: late.signal }).catch(() => undefined),
  ]);
  late.abort();
}
