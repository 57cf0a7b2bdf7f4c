import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OperationView, Preflight } from '@/lib/operations/types';
import { freePort, type Sandbox, signedIn, startSandbox, waitFor } from '@/sandbox';
import { cookieOf } from './account-process';
import { makeFolder, openStore, servers } from './adapters/store/store-for-tests';
import { systemClock } from './clock';
import { spawnHowdah } from './howdah-process';

const CLUSTER = 'main~.2Fservice~ops';
const ADMIN = { email: 'root@example.org', password: 'the first of passwords' };
const OWN = 'a password of their own';
let sandbox: Sandbox;
let child: ChildProcess;
let store: ReturnType<typeof openStore>;
let folder: string;
let url = '';
const storeFolder = makeFolder();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'howdah-glass-'));
  chmodSync(folder, 0o711);
  sandbox = await startSandbox({
    ...{ name: 'test-glass', profile: 'fast', ephemeral: true, zookeeperServers: 1 },
    clusters: [{ scope: 'ops', members: 2 }],
  });
  store = openStore(storeFolder, servers[1]?.programs, systemClock);
  await waitFor(() => store.database.health.state === 'ready', {
    ...{ timeoutMs: 30_000, what: 'a PostgreSQL' },
  });
  // Its turn is for the Howdah that is tested.
  store.database.close();
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  const { user = '', password = '' } = sandbox.clusters[0]?.monitoring ?? {};
  const host = encodeURIComponent(store.config.host ?? '');
  child = spawnHowdah(sandbox, port, {
    ...{ HOWDAH_STORE_FOLDER: folder, HOWDAH_LOG: 'error', HOWDAH_SESSION_TIMEOUT_MS: '4000' },
    ...{ HOWDAH_MONITOR_USER: user, HOWDAH_MONITOR_PASSWORD: password },
    ...{ HOWDAH_ADMIN_EMAIL: ADMIN.email, HOWDAH_ADMIN_PASSWORD: ADMIN.password },
    DATABASE_URL: `postgres://howdah@localhost:5432/postgres?host=${host}`,
  });
}, 120_000);
afterAll(async () => {
  if (child?.exitCode === null && child.signalCode === null) {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  store?.close();
  await sandbox?.down();
  rmSync(folder, { recursive: true, force: true });
  rmSync(join(storeFolder, '..'), { recursive: true, force: true });
}, 60_000);

const post = (path: string, body: unknown, headers: Record<string, string>) =>
  fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url, ...headers },
    body: JSON.stringify(body),
  });

async function query<T>(path: string, headers: Record<string, string>, input?: object): Promise<T> {
  const wanted = input ? `?input=${encodeURIComponent(JSON.stringify(input))}` : '';
  const answer = await fetch(`${url}/api/trpc/${path}${wanted}`, { headers });
  const { result } = (await answer.json()) as { result?: { data: T } };
  if (!result) throw new Error(`${path} is answered ${answer.status}`);
  return result.data;
}

/** The first administrator, once accounts and the cluster are there. */
async function signIn(): Promise<{ cookie: string }> {
  const first = await waitFor(
    async () => {
      const answer = await post('/api/auth/sign-in', ADMIN, {}).catch(() => null);
      return answer?.ok ? answer : null;
    },
    { timeoutMs: 60_000, everyMs: 500, what: 'the first sign-in' },
  );
  const cookie = cookieOf(first);
  const change = { current: ADMIN.password, next: OWN };
  expect((await post('/api/trpc/account.changePassword', change, { cookie })).ok).toBe(true);
  return { cookie };
}

/** What a switchover is asked for with, once there is nothing against one. */
const request = (headers: Record<string, string>) =>
  waitFor(
    async () => {
      const wish = { kind: 'switchover', candidate: null, at: null } as const;
      const judged = await query<Preflight>('operations.preflight', headers, {
        ...{ cluster: CLUSTER, wish },
      }).catch(() => null);
      const ready = judged?.members.find(({ verdict }) => verdict === 'ok');
      if (!judged || !ready || judged.rules.some(({ verdict }) => verdict === 'refuse')) {
        return null;
      }
      const { seen } = judged;
      const decided = { cluster: CLUSTER, wish: { ...wish, candidate: ready.name }, seen };
      return { ...decided, confirm: 'ops', reason: 'the store is gone' };
    },
    { timeoutMs: 60_000, what: 'a standby that may take over' },
  );

test('with the store gone who was known goes on reading, and only the emergency token acts', async () => {
  const admin = await signIn();
  const emergency = { ...signedIn(sandbox.root).headers };
  const wanted = await request(admin);
  const stream = await fetch(`${url}/api/stream?topics=fleet`, { headers: admin });
  let streamed = 0;
  let over = false;
  const reading = (async () => {
    for await (const chunk of stream.body ?? []) streamed += (chunk as Uint8Array).length;
  })().finally(() => {
    over = true;
  });
  reading.catch(() => {});

  await store.server.end();
  await waitFor(
    async () =>
      (await query<{ readOnlySince: number | null }>('account.me', admin)).readOnlySince !== null,
    { timeoutMs: 30_000, what: 'it to be said that accounts can’t be asked' },
  );
  const before = streamed;
  await waitFor(() => streamed > before + 100, { timeoutMs: 15_000, what: 'the stream to go on' });
  const refused = await post('/api/trpc/operations.start', wanted, admin);
  expect(refused.status).toBe(503);
  expect(await refused.text()).toContain('the emergency token may act');
  expect((await post('/api/auth/sign-in', { ...ADMIN, password: OWN }, {})).status).toBe(503);

  const started = await post('/api/trpc/operations.start', await request(emergency), emergency);
  expect(started.status, await started.clone().text()).toBe(200);
  await waitFor(
    async () => {
      const [run] = await query<OperationView[]>('operations.list', emergency, {
        cluster: CLUSTER,
      });
      return run?.outcome?.code === 'done';
    },
    { timeoutMs: 60_000, what: 'the switchover to be done' },
  );
  expect(over).toBe(false);

  store = openStore(storeFolder, servers[1]?.programs, systemClock);
  await store.server.start();
  store.database.close();
  const rows = await waitFor(
    async () => {
      const found = await entries().catch(() => []);
      return found.some(({ kind, cluster }) => kind === 'outcome' && cluster !== null)
        ? found
        : null;
    },
    { timeoutMs: 60_000, everyMs: 500, what: 'the audit to have it' },
  );
  expect(rows.filter(({ action }) => action === 'emergency-used')).toHaveLength(1);
  const [intent] = rows.filter(({ action }) => action === 'switchover');
  expect(intent).toMatchObject({ kind: 'intent', actor: 'emergency token' });
  expect(rows.find(({ act, kind }) => act === intent?.act && kind === 'outcome')).toMatchObject({
    result: 'done',
  });
  // Its first try was refused before it was begun: that nobody could say who they are is all there is.
  expect(rows.filter(({ action }) => action === 'switchover')).toHaveLength(1);
}, 240_000);

async function entries() {
  const client = new pg.Client(store.config);
  await client.connect();
  try {
    const { rows } = await client.query<{
      act: string;
      kind: string;
      action: string | null;
      actor: string | null;
      result: string | null;
      cluster: string | null;
    }>(
      `select act, kind, action, actor, result,
              (select i.cluster from howdah.audit i where i.act = a.act and i.kind = 'intent') as cluster
       from howdah.audit a order by seq`,
    );
    return rows;
  } finally {
    await client.end();
  }
}
