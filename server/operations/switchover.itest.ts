import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { seesAll } from '@/lib/access/sight';
import { Failure } from '@/lib/errors';
import type { OperationView, SwitchoverRequest } from '@/lib/operations/types';
import { clusterId } from '@/lib/topology/cluster-id';
import { type PatroniCluster, type Sandbox, startSandbox, waitFor } from '@/sandbox';
import { loadConfig } from '../config';
import { createRuntime, type Runtime } from '../runtime';

/** Switchovers on a real cluster, with every part of the control plane as it is in the product. */

let sandbox: Sandbox;
let cluster: PatroniCluster;
const ID = clusterId({ ensemble: 'main', namespace: '/service', scope: 'ops', group: null });
const running: Runtime[] = [];
const proxies: Server[] = [];
const folder = mkdtempSync(join(tmpdir(), 'howdah-switchover-'));
let files = 0;

beforeAll(async () => {
  sandbox = await startSandbox({
    name: 'test-switchover',
    profile: 'fast',
    ephemeral: true,
    clusters: [{ scope: 'ops' }],
  });
  cluster = sandbox.cluster('ops');
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await sandbox?.down();
});
afterEach(async () => {
  for (const runtime of running.splice(0)) await runtime.close();
  for (const proxy of proxies.splice(0)) proxy.close();
});

function howdah(
  rewrite: Readonly<Record<string, string>> = {},
  store: Readonly<Record<string, string>> = { kind: 'none' },
): Runtime {
  const file = join(folder, `${files++}.yaml`);
  const { user, password } = cluster.monitoring;
  const settings = {
    ensembles: [
      { connect: sandbox.connectString, namespaces: ['/service'], sessionTimeoutMs: 4000 },
    ],
    monitor: { user, password, sslmode: 'disable' },
    poll: { attendedMs: 500, idleMs: 1000, zookeeperMs: 1000 },
    rewrite,
    store,
  };
  // JSON is YAML too.
  writeFileSync(file, JSON.stringify(settings), { mode: 0o600 });
  const runtime = createRuntime({
    config: loadConfig({ HOWDAH_CONFIG: file, NODE_ENV: 'test' }),
    build: 'test',
    log: pino({ level: 'fatal' }),
    peer: () => ({ address: '127.0.0.1' }),
    secret: 'a secret that only this test has'.padEnd(43, '.'),
    onSettled: () => {},
  });
  runtime.start();
  running.push(runtime);
  return runtime;
}

/** Asks for what can be asked once the preflight has nothing against that standby, or against some. */
async function request(runtime: Runtime, to?: string): Promise<SwitchoverRequest> {
  return waitFor(
    () => {
      try {
        const judged = runtime.operations.preflight(ID);
        const ready = judged.candidates.find(
          ({ name, verdict }) => verdict === 'ok' && (to ?? name) === name,
        );
        const allowed = judged.rules.every(({ verdict }) => verdict === 'ok');
        if (!judged.seen || !ready || !allowed) return null;
        return {
          cluster: ID,
          candidate: ready.name,
          seen: judged.seen,
          confirm: 'ops',
          reason: 'a test',
        };
      } catch {
        return null;
      }
    },
    { timeoutMs: 30_000, what: 'a standby that may take over' },
  );
}

const newest = (runtime: Runtime): OperationView | undefined => runtime.operations.list(ID)[0];

async function ended(runtime: Runtime): Promise<OperationView> {
  return waitFor(
    () => {
      const view = newest(runtime);
      return view?.state === 'ended' ? view : null;
    },
    { timeoutMs: 40_000, what: () => `its end: ${JSON.stringify(newest(runtime)?.steps)}` },
  );
}

/** Stands before a member's REST API and counts what passes; `hold` keeps answers back. */
async function counting(port: number): Promise<{ port: number; posts: () => number }> {
  let posts = 0;
  const server = createServer((client) => {
    const upstream = connect({ host: '127.0.0.1', port });
    client.on('data', (chunk) => {
      if (chunk.toString('latin1').startsWith('POST /switchover')) posts += 1;
      upstream.write(chunk);
    });
    upstream.on('data', (chunk) => client.write(chunk));
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  });
  proxies.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('no address');
  return { port: address.port, posts: () => posts };
}

async function throughProxies() {
  const all = await Promise.all(cluster.members.map((member) => counting(member.restPort)));
  const rewrite = Object.fromEntries(
    cluster.members.map((member, i) => [
      `127.0.0.1:${member.restPort}`,
      `127.0.0.1:${all[i]?.port}`,
    ]),
  );
  return { rewrite, posts: () => all.reduce((sum, { posts }) => sum + posts(), 0) };
}

const at = (view: OperationView, code: string) =>
  view.steps.find((step) => step.code === code)?.at ?? null;

const gapWasSeen = (view: OperationView) =>
  view.steps.find(({ code }) => code === 'leader-released')?.says !==
  'The leadership changed hands between two looks';

test('a switchover ends done, its steps in order, its cost measured, asked for once', async () => {
  const { rewrite, posts } = await throughProxies();
  const runtime = howdah(rewrite);
  const wanted = await request(runtime);
  const started = await runtime.operations.switchover(wanted, null);
  expect(started.state).toBe('recorded');
  // A second one has to wait.
  await expect(runtime.operations.switchover(wanted, null)).rejects.toMatchObject({ code: 'busy' });
  const view = await ended(runtime);
  expect(view.outcome?.code).toBe('done');
  const order = [
    'recorded',
    'rechecked',
    'requested',
    'request-seen',
    'leader-released',
    'leader-acquired',
    'timeline-advanced',
  ];
  const moments = order.map((code) => at(view, code));
  expect(moments).not.toContain(null);
  expect(moments).toEqual([...moments].toSorted((a, b) => Number(a) - Number(b)));
  // Patroni hands over within milliseconds, so that the gap may pass between two looks: then it is
  // said not to have been seen, never to have been nothing.
  const gap = Number(at(view, 'leader-acquired')) - Number(at(view, 'leader-released'));
  expect(view.leaderlessMs).toBe(gapWasSeen(view) ? gap : null);
  expect(gap).toBeLessThan(10_000);
  expect((await cluster.leader())?.name).toBe(wanted.candidate);
  await waitFor(() => at(newest(runtime) ?? view, 'old-leader-back') !== null, {
    timeoutMs: 30_000,
    what: 'the old leader to be back',
  });
  expect(posts()).toBe(1);
});

test('what was decided on another leadership is refused, and nothing is sent', async () => {
  const { rewrite, posts } = await throughProxies();
  const runtime = howdah(rewrite);
  const wanted = await request(runtime);
  const stale = { ...wanted, seen: { ...wanted.seen, leaderCzxid: '1' } };
  await expect(runtime.operations.switchover(stale, null)).rejects.toThrow(Failure);
  await expect(runtime.operations.switchover(stale, null)).rejects.toMatchObject({ code: 'moved' });
  const leader = wanted.seen.leader;
  expect((await cluster.leader())?.name).toBe(leader);
  expect(posts()).toBe(0);
});

test('with a REST API that can’t be reached it goes by ZooKeeper and ends done', async () => {
  const rewrite = Object.fromEntries(
    cluster.members.map((member) => [`127.0.0.1:${member.restPort}`, '127.0.0.1:1']),
  );
  const runtime = howdah(rewrite);
  const wanted = await request(runtime);
  await runtime.operations.switchover(wanted, null);
  const view = await ended(runtime);
  expect(view.outcome?.code).toBe('done');
  expect(view.steps.find((step) => step.code === 'requested')?.says).toContain('ZooKeeper');
  expect((await cluster.leader())?.name).toBe(wanted.candidate);
});

test('a Howdah that stops once it has asked is followed by one that sees it through, unasked', async () => {
  const { rewrite, posts } = await throughProxies();
  const first = howdah(rewrite);
  const wanted = await request(first);
  await first.operations.switchover(wanted, null);
  await waitFor(() => posts() === 1, { timeoutMs: 10_000, everyMs: 2, what: 'the request' });
  await first.close();
  const second = howdah(rewrite);
  const view = await ended(second);
  expect(view.id).toBe(newest(first)?.id);
  expect(view.outcome?.code).toBe('done');
  expect((await cluster.leader())?.name).toBe(wanted.candidate);
  expect(posts()).toBe(1);
});

test('goes on though the history lives in the very cluster, and is kept there once it is back', async () => {
  await cluster.waitHealthy(60_000);
  const home = await cluster.leader();
  if (!home) throw new Error('there is no leader');
  await home.sql(`create role howdah_store login password 'kept'`);
  await home.sql('create database howdah_store owner howdah_store');
  const runtime = howdah(
    {},
    {
      folder: join(folder, 'state'),
      url: `postgres://howdah_store:kept@${home.host}:${home.pgPort}/howdah_store`,
    },
  );
  const { history } = runtime;
  const isKept = (wanted: boolean) =>
    waitFor(() => (history.view.state === 'ready') === wanted, {
      timeoutMs: 60_000,
      what: () =>
        `the history to ${wanted ? 'be kept' : 'be away'}: ${JSON.stringify(history.view)}`,
    });
  await isKept(true);

  // Away from it: what it keeps its history in becomes a standby, and takes nothing.
  const away = await request(runtime);
  expect(away.seen.leader).toBe(home.name);
  await runtime.operations.switchover(away, null);
  expect((await ended(runtime)).outcome?.code).toBe('done');
  await isKept(false);
  expect(history.view.waiting.records).toBeGreaterThan(0);

  // And back, which is recorded and carried out all the same.
  await cluster.waitHealthy(60_000);
  const back = await request(runtime, home.name);
  await runtime.operations.switchover(back, null);
  await waitFor(() => newest(runtime)?.to === home.name && newest(runtime)?.state === 'ended', {
    timeoutMs: 60_000,
    what: 'the way back',
  });
  await isKept(true);
  const told = await waitFor(
    async () => {
      const { events } = await history.events(
        { cluster: ID, codes: ['operation'], limit: 50 },
        seesAll,
      );
      return events.length >= 4 ? events.toReversed().map(({ says }) => says) : null;
    },
    { timeoutMs: 30_000, what: 'both to be in the history' },
  );
  expect(told).toEqual([
    expect.stringContaining(`Switchover from ${home.name} to ${away.candidate} asked for`),
    expect.stringContaining(away.candidate),
    expect.stringContaining(`Switchover from ${away.candidate} to ${home.name} asked for`),
    expect.stringContaining(home.name),
  ]);
}, 240_000);
