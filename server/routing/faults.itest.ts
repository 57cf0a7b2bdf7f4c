import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { defaultPolicy } from '@/lib/routing/policy';
import {
  type PatroniCluster,
  type PatroniMember,
  type ReadClients,
  type RoutingAgent,
  type Sandbox,
  type SandboxHaproxy,
  startFreshReads,
  waitFor,
} from '@/sandbox';
import type { ChildHowdah } from '../operations/child-for-tests';
import type { OnSandbox } from '../operations/on-sandbox';
import { behindHaproxy, tells } from './behind-haproxy-for-tests';
import { Wire } from './wire-for-tests';

/**
 * Whatever dies or hangs between Howdah and HAProxy, no client notices: the weights leave all of the
 * reads to one standby, and somebody reads all the time.
 */

let sandbox: Sandbox;
let cluster: PatroniCluster;
let on: OnSandbox;
let agent: RoutingAgent;
let haproxy: SandboxHaproxy;
let child: ChildHowdah;
let wire: Wire;
let reads: ReadClients;
/** Whoever carries everything, and whoever carries nothing. */
let busy: PatroniMember;
let idle: PatroniMember;

beforeAll(async () => {
  ({ sandbox, cluster, on, agent, haproxy } = await behindHaproxy('test-routing-faults'));
  const [one, other] = await cluster.standbys();
  if (!one || !other) throw new Error('there are two standbys');
  [busy, idle] = [one, other];
  const writer = on.howdah();
  const { drains: _, ...policy } = { ...defaultPolicy, weights: { [idle.name]: 0 } };
  await waitFor(
    () =>
      writer.policies
        .change(on.id, { change: { kind: 'policy', policy }, seen: null, by: null })
        .catch(() => null),
    { timeoutMs: 20_000, what: 'the policy' },
  );
  wire = new Wire(Number(sandbox.connectString.split(':')[1]));
  child = on.child(
    on.configure({
      ensembles: [{ connect: await wire.open(), namespaces: ['/service'], sessionTimeoutMs: 4000 }],
      // Its store is away all the time.
      store: { url: 'postgresql://nobody@127.0.0.1:1/nowhere', folder: join(on.folder, 'store') },
      ...tells(agent),
    }),
  );
}, 120_000);
afterAll(async () => {
  wire?.close();
  await on?.end();
  on?.remove();
  await sandbox?.down();
});

const weights = async (): Promise<ReadonlyMap<string, number | null>> => {
  const { read } = haproxy.names('reads');
  const rows = await haproxy.rows();
  return new Map(
    rows
      .filter(
        ({ proxy, server, kind }) => proxy === read && kind === 'server' && !/-last$/.test(server),
      )
      .map(({ server, weight }) => [server, weight]),
  );
};

/** HAProxy gives them so much of their own weight. */
function weigh(idleOnes: number, what: string): Promise<unknown> {
  let last: ReadonlyMap<string, number | null> = new Map();
  return waitFor(
    async () => {
      last = await weights();
      return last.get(idle.name) === idleOnes && (last.get(busy.name) ?? 0) > 0;
    },
    { timeoutMs: 30_000, what: () => `${what}: ${JSON.stringify([...last])}` },
  );
}

const failures = () => reads.records.filter(({ ok }) => !ok).map(({ error }) => error);

beforeEach(async () => {
  await weigh(0, 'all reads on one');
  reads = startFreshReads(cluster, { port: haproxy.readPort('reads'), rate: 30, value: '1' });
});
afterEach(async () => {
  await reads.stop();
});

test('ZooKeeper is away from Howdah, and comes back', async () => {
  wire.cut();
  await weigh(100, 'the lease to end');
  wire.mend();
  await weigh(0, 'all reads on one again');
  expect(failures()).toEqual([]);
}, 90_000);

test('Howdah is frozen, and thawed', async () => {
  child.freeze();
  await weigh(100, 'the lease to end');
  child.thaw();
  await weigh(0, 'all reads on one again');
  expect(failures()).toEqual([]);
}, 90_000);

test('the agent is frozen, and killed, and what it had said stays in force without harm', async () => {
  await agent.freeze();
  const since = reads.records.length;
  await waitFor(() => reads.records.length > since + 90, { timeoutMs: 20_000, what: 'reads' });
  await weigh(0, 'what it had said');
  await agent.kill();
  const then = reads.records.length;
  await waitFor(() => reads.records.length > then + 60, { timeoutMs: 20_000, what: 'reads' });
  await agent.start();
  expect(failures()).toEqual([]);
}, 90_000);

test('the agent is dead, and then whoever carries everything: the others serve', async () => {
  await agent.kill();
  await busy.kill();
  const killedAt = performance.now();
  // Nobody could have known of it sooner than Patroni's check.
  await waitFor(
    () => reads.records.filter(({ openedAt }) => openedAt > killedAt + 5000).length > 30,
    {
      ...{ timeoutMs: 30_000, what: 'reads after it' },
    },
  );
  const late = reads.records.filter(({ openedAt }) => openedAt > killedAt + 5000);
  expect(late.filter(({ ok }) => !ok)).toEqual([]);
  expect(late.every(({ member }) => member !== null && member !== busy.name)).toBe(true);
  await agent.start();
  await busy.start();
  await cluster.waitHealthy();
}, 120_000);

test('Howdah is killed', async () => {
  await child.kill();
  await weigh(100, 'the lease to end');
  expect(failures()).toEqual([]);
}, 90_000);
