import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensembleId } from '@/lib/topology/cluster-id';
import { freePort, type Sandbox, signedIn, startSandbox, waitFor } from '@/sandbox';
import { openConnected, type ZooKeeperSession } from '@/zookeeper';

/** A password planted wherever one can be: in every setting, and in all that ZooKeeper can carry. */
const CANARY = 'hunter2canary';

const CLUSTER = 'main~.2Fservice~canary';
const conninfo = `host=h user=u password='${CANARY}'`;
const url = (scheme: string, port = 1) => `${scheme}://u:${CANARY}@127.0.0.1:${port}/x`;

const config = (changed: string) => ({
  ttl: 30,
  loop_wait: 10,
  retry_timeout: 10,
  postgresql: {
    parameters: { primary_conninfo: `${conninfo} options=${changed}` },
    authentication: { replication: { username: 'r', password: `${CANARY}${changed}` } },
    recovery_conf: { primary_conninfo: conninfo },
  },
  standby_cluster: { host: 'h', password: CANARY },
});

const znodes: readonly (readonly [string, unknown])[] = [
  ['', ''],
  ['/config', config('1')],
  ['/initialize', conninfo],
  ['/leader', 'pg-1'],
  ['/failover', { leader: 'pg-1', member: 'pg-2', scheduled_at: conninfo }],
  ['/sync', { leader: 'pg-1', sync_standby: conninfo, token: CANARY }],
  ['/history', [[1, 1, conninfo, '2026-01-01T00:00:00+00:00', conninfo]]],
  ['/status', `{"optime": "${conninfo}"}`],
  ['/failsafe', `{"pg-1": ${JSON.stringify(url('http'))}, "pg-2": 5}`],
  ['/members', ''],
  [
    '/members/pg-1',
    {
      ...{ conn_url: url('postgres'), api_url: url('http'), state: conninfo, role: conninfo },
      ...{ version: conninfo, replication_state: conninfo, xlog_location: 1, timeline: 1 },
      tags: { replicatefrom: conninfo, password: CANARY, other: { secret: CANARY } },
      pending_restart: true,
      pending_restart_reason: { [conninfo]: { old_value: conninfo } },
    },
  ],
  ['/members/pg-2', `{"conn_url": "postgres://u:${CANARY}`],
  ['/members/pg-3', `${url('postgres')}?application_name=${encodeURIComponent(url('http'))}`],
  ['/members/pg-4', `{"password": "${CANARY}`],
  ['/members/pg-5', Buffer.concat([Buffer.from(`password: ${CANARY}`), Buffer.from([0xff])])],
];

let sandbox: Sandbox;
let session: ZooKeeperSession;
let folder: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'howdah-secrets-'));
  // PostgreSQL runs as another user than root, and has to get there.
  chmodSync(folder, 0o711);
  sandbox = await startSandbox({
    ...{ name: 'test-secrets', profile: 'fast', ephemeral: true },
    ...{ zookeeperServers: 1, clusters: [] },
  });
  session = await openConnected({
    ...{ connect: sandbox.connectString, timeoutMs: 5000, patienceMs: 30_000 },
  });
  await session.create('/service', Buffer.alloc(0));
  for (const [path, content] of [
    ...znodes.map(([name, data]) => [`/service/canary${name}`, data] as const),
    ['/marked', `replication:\n  password: ${CANARY}\n`] as const,
  ]) {
    await session.create(path, bytesOf(content));
  }
});
afterAll(async () => {
  for (const child of children) {
    if (child.exitCode !== null) continue;
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  session?.close();
  await sandbox?.down();
  rmSync(folder, { recursive: true, force: true });
});

const bytesOf = (content: unknown) =>
  Buffer.isBuffer(content)
    ? content
    : Buffer.from(typeof content === 'string' ? content : JSON.stringify(content));

interface Howdah {
  readonly url: string;
  /** All that it has logged. */
  readonly logged: () => string;
}

async function start(settings: Readonly<Record<string, string>>): Promise<Howdah> {
  const port = await freePort();
  const file = join(folder, 'howdah.yaml');
  writeFileSync(file, 'ensembles: [{ keepZnodes: [/marked] }]\n');
  const child = spawn(process.execPath, ['--import', 'tsx', 'server/main.ts'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      ...{ NODE_ENV: 'production', HOWDAH_SANDBOX: sandbox.root, HOWDAH_CONFIG: file },
      ...{ HOWDAH_ENSEMBLE: sandbox.connectString, HOWDAH_NAMESPACES: '/service' },
      ...{ HOWDAH_ZK_USER: 'u', HOWDAH_ZK_PASSWORD: CANARY },
      ...{ HOWDAH_MONITOR_USER: 'u', HOWDAH_MONITOR_PASSWORD: CANARY },
      ...{ HOWDAH_PATRONI_USER: 'u', HOWDAH_PATRONI_PASSWORD: CANARY },
      ...{ HOWDAH_ADMIN_EMAIL: 'root@example.org', HOWDAH_ADMIN_PASSWORD: CANARY },
      ...{ HOWDAH_SECRET: `${CANARY}${'x'.repeat(32)}`, ...signedIn(sandbox.root).env },
      ...{ HOWDAH_PORT: String(port), HOWDAH_LOG: 'debug', ...settings },
    },
  });
  children.push(child);
  let logged = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      logged += String(chunk);
    });
  }
  const howdah = { url: `http://127.0.0.1:${port}`, logged: () => logged };
  const healthy = async () => (await fetch(`${howdah.url}/api/health`).catch(() => null))?.ok;
  await waitFor(async () => (await healthy()) === true, {
    ...{ timeoutMs: 30_000, what: 'Howdah to answer' },
  });
  return howdah;
}

async function ask(howdah: Howdah, path: string, input: unknown): Promise<string> {
  const query = encodeURIComponent(JSON.stringify(input ?? null));
  return (
    await fetch(`${howdah.url}/api/trpc/${path}?input=${query}`, signedIn(sandbox.root))
  ).text();
}

async function act(howdah: Howdah, path: string, input: unknown): Promise<string> {
  const answer = await fetch(`${howdah.url}/api/trpc/${path}`, {
    method: 'POST',
    headers: {
      ...{ 'content-type': 'application/json', origin: howdah.url },
      ...signedIn(sandbox.root).headers,
    },
    body: JSON.stringify(input),
  });
  return answer.text();
}

/** Reads the stream until it has told all of these. */
async function streamed(howdah: Howdah, wanted: readonly string[]): Promise<string> {
  const answer = await fetch(
    `${howdah.url}/api/stream?topics=fleet,cluster:${CLUSTER}`,
    signedIn(sandbox.root),
  );
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of answer.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (wanted.every((each) => text.includes(each))) break;
  }
  return text;
}

interface Version {
  readonly seq: number;
}

const versionsOf = async (howdah: Howdah, name: string, cluster: string = CLUSTER) => {
  const text = await ask(howdah, 'history.versions', { cluster, name });
  const { result } = JSON.parse(text) as { result?: { data: { versions: Version[] } } };
  return { text, versions: result?.data.versions ?? [] };
};

test('no password leaves by the stream, an answer, an error or the log', async () => {
  const howdah = await start({ HOWDAH_STORE_FOLDER: join(folder, 'state') });
  const told: string[] = [];
  const wanted = ['"type":"cluster"', '"preview"', '"type":"events"'];
  const streaming = streamed(howdah, wanted);
  await waitFor(async () => (await versionsOf(howdah, 'config')).versions.length > 0, {
    ...{ timeoutMs: 60_000, what: 'the first version to be kept' },
  });
  await session.set('/service/canary/config', bytesOf(config('2')), 'any');
  await session.set('/service/canary/members/pg-2', bytesOf({ state: conninfo }), 'any');
  await waitFor(async () => (await versionsOf(howdah, 'config')).versions.length > 1, {
    ...{ timeoutMs: 30_000, what: 'the second version to be kept' },
  });
  told.push(await streaming);

  const first = (await versionsOf(howdah, 'config')).versions.at(-1)?.seq ?? 0;
  const restore = await ask(howdah, 'operations.preflight', {
    ...{ cluster: CLUSTER, wish: { kind: 'configuration', text: null, seq: first } },
  });
  // That it is another password is said.
  expect(restore).toContain('"path":"postgresql.authentication.replication.password"');
  const document = await ask(howdah, 'settings.document', { cluster: CLUSTER });
  expect(document).toContain('"masked":true');
  told.push(document, await ask(howdah, 'settings.members', { cluster: CLUSTER }));
  const kept = (await versionsOf(howdah, 'config')).text;
  expect(kept).toContain('"masked":true');
  await waitFor(
    async () => (await versionsOf(howdah, '/marked', ensembleId('main'))).versions.length > 0,
    {
      ...{ timeoutMs: 30_000, what: 'the marked znode to be kept' },
    },
  );
  const stretch = { cluster: CLUSTER, from: Date.now() - 3_600_000, until: Date.now() + 1000 };
  told.push(
    restore,
    kept,
    (await versionsOf(howdah, '/marked', ensembleId('main'))).text,
    ...(await Promise.all(
      ['history', 'sync', 'failover', 'leader'].map(
        async (name) => (await versionsOf(howdah, name)).text,
      ),
    )),
    await ask(howdah, 'history.events', {}),
    await ask(howdah, 'history.replay', { ...stretch, buckets: 10 }),
    await ask(howdah, 'history.reliability', { from: stretch.from, until: stretch.until }),
    await ask(howdah, 'accounts.list', undefined),
    await ask(howdah, 'audit.page', {}),
    await ask(howdah, 'operations.list', { cluster: CLUSTER }),
    await ask(howdah, 'operations.preflight', {
      ...{ cluster: CLUSTER, wish: { kind: 'switchover', candidate: 'pg-3', at: null } },
    }),
    await act(howdah, 'operations.start', {
      ...{ cluster: CLUSTER, wish: { kind: 'configuration', text: null, seq: first } },
      seen: {
        ...{ leader: null, leaderCzxid: null, configVersion: 0 },
        ...{ requestVersion: null, lossBytes: null },
      },
      ...{ confirm: 'canary', reason: '' },
    }),
    await (await fetch(`${howdah.url}/metrics`, signedIn(sandbox.root))).text(),
    await (await fetch(`${howdah.url}/api/health`, signedIn(sandbox.root))).text(),
    await (await fetch(`${howdah.url}/cluster/${CLUSTER}`, signedIn(sandbox.root))).text(),
  );
  for (const each of told) expect(each).not.toContain(CANARY);
  expect(told.join()).toContain('u:…@');
  expect(howdah.logged()).not.toBe('');
  expect(howdah.logged()).not.toContain(CANARY);
  // The bytes are as they were: only what is shown is masked.
  expect(
    String(await session.data('/service/canary/config', false).then((z) => z?.data)),
  ).toContain(CANARY);
}, 120_000);

test('a database that can not be reached is said to be so without its password', async () => {
  const howdah = await start({
    ...{ HOWDAH_STORE_FOLDER: join(folder, 'other'), DATABASE_URL: url('postgresql') },
  });
  await waitFor(() => howdah.logged().includes('history waits on disk'), {
    ...{ timeoutMs: 30_000, what: 'it to be said' },
  });
  const told = await streamed(howdah, ['"type":"history"']);
  expect(`${told}${howdah.logged()}`).not.toContain(CANARY);
}, 60_000);
