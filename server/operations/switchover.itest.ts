import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { seesAll } from '@/lib/access/sight';
import { Failure } from '@/lib/errors';
import type { OperationRequest, OperationView } from '@/lib/operations/types';
import { type PatroniCluster, type Sandbox, startSandbox, waitFor } from '@/sandbox';
import type { Runtime } from '../runtime';
import { at, OnSandbox, switchover } from './on-sandbox';

/** Switchovers on a real cluster, with every part of the control plane as it is in the product. */

let sandbox: Sandbox;
let on: OnSandbox;
let cluster: PatroniCluster;

beforeAll(async () => {
  sandbox = await startSandbox({
    name: 'test-switchover',
    profile: 'fast',
    ephemeral: true,
    clusters: [{ scope: 'ops' }],
  });
  on = new OnSandbox(sandbox, 'ops');
  cluster = on.cluster;
});
afterAll(async () => {
  on?.remove();
  await sandbox?.down();
});
afterEach(() => on.end());

const request = (runtime: Runtime): Promise<OperationRequest> => on.request(runtime, switchover());
const newest = (runtime: Runtime): OperationView | undefined => on.newest(runtime);
const ended = (runtime: Runtime): Promise<OperationView> => on.ended(runtime);

const candidateOf = ({ wish }: OperationRequest): string =>
  (wish.kind === 'switchover' && wish.candidate) || '';

const gapWasSeen = (view: OperationView) =>
  view.steps.find(({ code }) => code === 'leader-released')?.says !==
  'The leadership changed hands between two looks';

test('a switchover ends done, its steps in order, its cost measured, asked for once', async () => {
  const { rewrite, posts } = await on.throughProxies();
  const runtime = on.howdah({ rewrite });
  const wanted = await request(runtime);
  const started = await runtime.operations.start(wanted, null);
  expect(started.state).toBe('recorded');
  // A second one has to wait.
  await expect(runtime.operations.start(wanted, null)).rejects.toMatchObject({ code: 'busy' });
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
  expect((await cluster.leader())?.name).toBe(candidateOf(wanted));
  await cluster.waitHealthy();
  await waitFor(() => at(newest(runtime) ?? view, 'old-leader-back') !== null, {
    timeoutMs: 30_000,
    what: 'the old leader to be back',
  });
  expect(posts()).toBe(1);
});

test('what was decided on another leadership is refused, and nothing is sent', async () => {
  const { rewrite, posts } = await on.throughProxies();
  const runtime = on.howdah({ rewrite });
  const wanted = await request(runtime);
  const stale = { ...wanted, seen: { ...wanted.seen, leaderCzxid: '1' } };
  await expect(runtime.operations.start(stale, null)).rejects.toThrow(Failure);
  await expect(runtime.operations.start(stale, null)).rejects.toMatchObject({ code: 'moved' });
  const leader = wanted.seen.leader;
  expect((await cluster.leader())?.name).toBe(leader);
  expect(posts()).toBe(0);
});

test('with a REST API that can’t be reached it goes by ZooKeeper and ends done', async () => {
  const rewrite = Object.fromEntries(
    cluster.members.map((member) => [`127.0.0.1:${member.restPort}`, '127.0.0.1:1']),
  );
  const runtime = on.howdah({ rewrite });
  const wanted = await request(runtime);
  await runtime.operations.start(wanted, null);
  const view = await ended(runtime);
  expect(view.outcome?.code).toBe('done');
  expect(view.steps.find((step) => step.code === 'requested')?.says).toContain('ZooKeeper');
  expect((await cluster.leader())?.name).toBe(candidateOf(wanted));
});

test('a Howdah that stops once it has asked is followed by one that sees it through, unasked', async () => {
  const { rewrite, posts } = await on.throughProxies();
  const first = on.howdah({ rewrite });
  const wanted = await request(first);
  await first.operations.start(wanted, null);
  await waitFor(() => posts() === 1, { timeoutMs: 10_000, everyMs: 2, what: 'the request' });
  await first.close();
  const second = on.howdah({ rewrite });
  const view = await ended(second);
  expect(view.id).toBe(newest(first)?.id);
  expect(view.outcome?.code).toBe('done');
  expect((await cluster.leader())?.name).toBe(candidateOf(wanted));
  expect(posts()).toBe(1);
});

test('goes on though the history lives in the very cluster, and is kept there once it is back', async () => {
  await cluster.waitHealthy(60_000);
  const home = await cluster.leader();
  if (!home) throw new Error('there is no leader');
  await home.sql(`create role howdah_store login password 'kept'`);
  await home.sql('create database howdah_store owner howdah_store');
  const runtime = on.howdah({
    store: {
      folder: join(on.folder, 'state'),
      url: `postgres://howdah_store:kept@${home.host}:${home.pgPort}/howdah_store`,
    },
  });
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
  await runtime.operations.start(away, null);
  expect((await ended(runtime)).outcome?.code).toBe('done');
  await isKept(false);
  expect(history.view.waiting.records).toBeGreaterThan(0);

  // And back, which is recorded and carried out all the same.
  await cluster.waitHealthy(60_000);
  const back = await on.request(runtime, switchover(home.name));
  await runtime.operations.start(back, null);
  await waitFor(() => newest(runtime)?.to === home.name && newest(runtime)?.state === 'ended', {
    timeoutMs: 60_000,
    what: 'the way back',
  });
  await isKept(true);
  const told = await waitFor(
    async () => {
      const { events } = await history.events(
        { cluster: on.id, codes: ['operation'], limit: 50 },
        seesAll,
      );
      return events.length >= 4 ? events.toReversed().map(({ says }) => says) : null;
    },
    { timeoutMs: 30_000, what: 'both to be in the history' },
  );
  expect(told).toEqual([
    expect.stringContaining(`Switchover from ${home.name} to ${candidateOf(away)} asked for`),
    expect.stringContaining(candidateOf(away)),
    expect.stringContaining(`Switchover from ${candidateOf(away)} to ${home.name} asked for`),
    expect.stringContaining(home.name),
  ]);
}, 240_000);
