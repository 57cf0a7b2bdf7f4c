import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type PostgresFarm,
  processesOf,
  type Sandbox,
  startPostgresFarm,
  startSandbox,
} from './index';

let sandbox: Sandbox;
let farm: PostgresFarm;

beforeAll(async () => {
  sandbox = await startSandbox({
    name: 'probe-farm',
    profile: 'fast',
    ephemeral: true,
    zookeeperServers: 1,
    clusters: [],
  });
  farm = await startPostgresFarm(sandbox, { clusters: 2, members: 2 });
});
afterAll(() => sandbox?.down());

async function ask(
  port: number,
  sql: string,
  patienceMs = 5000,
): Promise<Record<string, unknown> | undefined> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    database: 'postgres',
    connectionTimeoutMillis: patienceMs,
    ...farm.monitoring,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    return (await client.query<Record<string, unknown>>(sql)).rows[0];
  } finally {
    await client.end().catch(() => {});
  }
}

test('a farm has primaries, and standbys that stream from them', async () => {
  expect(farm.servers.map(({ follows }) => follows)).toEqual([null, 'farm-1-1', null, 'farm-2-1']);
  for (const { port, follows } of farm.servers) {
    const row = await ask(port, 'select pg_is_in_recovery() as standby, inet_server_addr() as at');
    expect(row).toEqual({ standby: follows !== null, at: '127.0.0.1' });
  }
  const [primary] = farm.servers;
  const row = await ask(primary?.port ?? 0, 'select application_name from pg_stat_replication');
  expect(row).toEqual({ application_name: 'farm-1-2' });
});

test('a frozen server takes connections, answers nobody, and goes on once it is thawed', async () => {
  const server = farm.servers[1];
  if (!server) throw new Error('there is no second server');
  await server.freeze();
  await expect(ask(server.port, 'select 1 as one', 500)).rejects.toThrow(/timeout/);
  server.thaw();
  expect(await ask(server.port, 'select 1 as one')).toEqual({ one: 1 });
});

test('a farm ends with its sandbox, also what is frozen of it', async () => {
  await farm.servers[0]?.freeze();
  await sandbox.down();
  expect(processesOf(sandbox.root)).toEqual([]);
});
