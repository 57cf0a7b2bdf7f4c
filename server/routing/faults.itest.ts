import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { defaultPolicy } from '@/lib/routing/policy';
import {
  type PatroniCluster,
  type PatroniMember,
  type ReadClients,
  type RoutingAgent,
  routingAgent,
  type Sandbox,
  type SandboxHaproxy,
  startFreshReads,
  startHaproxy,
  startSandbox,
  waitFor,
} from '@/sandbox';
import type { ChildHowdah } from '../operations/child-for-tests';
import { OnSandbox } from '../operations/on-sandbox';

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

/** Between Howdah and ZooKeeper: what is cut lets nothing through, and nobody connect. */
class Wire {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isCut = false;

  constructor(port: number) {
    this.#server = createServer((client) => {
      if (this.#isCut) return client.destroy();
      const upstream = connect(port, '127.0.0.1');
      for (const [one, other] of [
        [client, upstream],
        [upstream, client],
      ] as const) {
        this.#sockets.add(one);
        one.on('error', () => other.destroy());
        one.on('close', () => {
          this.#sockets.delete(one);
          other.destroy();
        });
        one.pipe(other);
      }
    });
  }

  async open(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    return `127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  }

  cut(): void {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  mend(): void {
    this.#isCut = false;
  }

  close(): void {
    this.cut();
    this.#server.close();
  }
}

beforeAll(async () => {
  sandbox = await startSandbox({
    ...{ name: 'test-routing-faults', profile: 'fast', ephemeral: true, zookeeperServers: 1 },
    clusters: [{ scope: 'reads' }],
  });
  cluster = sandbox.cluster('reads');
  on = new OnSandbox(sandbox, 'reads');
  agent = await routingAgent(sandbox, { haproxySocket: join(sandbox.root, 'run', 'haproxy.sock') });
  haproxy = await startHaproxy(sandbox, { agentPort: agent.checkPort });
  await agent.start();
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
      routing: {
        agents: [{ url: `http://127.0.0.1:${agent.controlPort}`, tokenFile: agent.tokenFile }],
      },
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
