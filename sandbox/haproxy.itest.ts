import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { answer, everything, type Order, parseQuestion } from '@/lib/routing/agent-check';
import { lastResortName } from '@/lib/routing/haproxy-names';
import {
  freePort,
  type PatroniCluster,
  processesOf,
  readOnce,
  routingAgent,
  type Sandbox,
  type SandboxHaproxy,
  startFreshReads,
  startHaproxy,
  startHeartbeat,
  startHeldReads,
  startSandbox,
  waitFor,
} from './index';

/** HAProxy by the product's configuration before a real cluster, with an agent that does as told. */

let sandbox: Sandbox;
let cluster: PatroniCluster;
let haproxy: SandboxHaproxy;
let agent: Server;
let agentPort: number;
/** By member; whom nothing is said of carries everything. */
const orders = new Map<string, Order>();

const soon = (what: string) => ({ timeoutMs: 10_000, everyMs: 30, what });
const LEADER = 'alpha-1';
const STANDBYS = ['alpha-2', 'alpha-3'];

beforeAll(async () => {
  agentPort = await freePort();
  agent = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (line) => {
      const asked = parseQuestion(line.toString());
      socket.end(`${answer(orders.get(asked?.member ?? '') ?? everything)}\n`);
    });
  }).listen(agentPort, '127.0.0.1');
  await once(agent, 'listening');
  sandbox = await startSandbox({
    name: 'test-haproxy',
    profile: 'fast',
    ephemeral: true,
    zookeeperServers: 1,
    clusters: [{ scope: 'alpha' }],
  });
  cluster = sandbox.cluster('alpha');
  haproxy = await startHaproxy(sandbox, { agentPort, checkMs: 200 });
});

afterAll(async () => {
  await sandbox?.down();
  agent?.close();
  if (sandbox) expect(processesOf(sandbox.root)).toEqual([]);
});

/** Gives all members their orders; returns once HAProxy goes by them. */
async function ordered(wanted: Readonly<Record<string, Order>>): Promise<void> {
  orders.clear();
  for (const member of cluster.members) {
    orders.set(member.name, wanted[member.name] ?? everything);
  }
  const { read } = haproxy.names('alpha');
  await waitFor(async () => {
    const rows = (await haproxy.rows()).filter(({ proxy }) => proxy === read);
    return cluster.members.every(({ name }) => {
      const row = rows.find(({ server }) => server === name);
      const order = orders.get(name) ?? everything;
      const status = row?.status ?? '';
      if (order.is === 'cut') return status.startsWith('DOWN');
      if (order.is === 'drain') return status.startsWith('DRAIN');
      if (order.percent === 0) return row?.weight === 0 && !status.startsWith('DOWN');
      return row?.weight === order.percent && /^UP/.test(status);
    });
  }, soon('HAProxy to take the orders over'));
}

const share = (percent: number): Order => ({ is: 'share', percent });
const all = (order: Order) => ({ [LEADER]: order, 'alpha-2': order, 'alpha-3': order });
const standbysOnly = { [LEADER]: share(0) };
const cut: Order = { is: 'cut', why: 'by the test' };

/** So many requests, each over a connection of its own. @returns how many each member answered */
async function answered(port: number, count: number): Promise<Record<string, number>> {
  const options = { port, value: '1' };
  const reads = await Promise.all(
    Array.from({ length: count / 20 }, async () => {
      const some = [];
      for (let i = 0; i < 20; i += 1) some.push(await readOnce(cluster, options));
      return some;
    }),
  );
  const counts: Record<string, number> = {};
  for (const { member, error } of reads.flat()) {
    const key = member ?? String(error);
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

test('what is generated is what HAProxy takes', async () => {
  const { stderr } = await promisify(execFile)('haproxy', ['-c', '-f', haproxy.configFile]);
  expect(stderr).not.toMatch(/WARNING|ALERT/);
});

test('writes reach the leader, reads the standbys', async () => {
  await ordered(standbysOnly);
  expect(await answered(haproxy.writePort('alpha'), 20)).toEqual({ [LEADER]: 20 });
  expect(await answered(haproxy.readPort('alpha'), 40)).toEqual({ 'alpha-2': 20, 'alpha-3': 20 });
});

test('a quarter of the weight gets a fifth of the new connections', async () => {
  await ordered({ ...standbysOnly, 'alpha-2': share(25) });
  const counts = await answered(haproxy.readPort('alpha'), 100);
  expect(counts['alpha-2']).toBeGreaterThanOrEqual(17);
  expect(counts['alpha-2']).toBeLessThanOrEqual(23);
  expect(counts['alpha-3']).toBe(100 - (counts['alpha-2'] ?? 0));
});

test.each([
  ['nothing', share(0)],
  ['drain', { is: 'drain' } as const],
  ['down', cut],
])('when all are told %s, reads get whom Patroni accepts', async (_, order) => {
  await ordered(all(order));
  const counts = await answered(haproxy.readPort('alpha'), 60);
  expect(Object.keys(counts).sort()).toEqual([LEADER, ...STANDBYS]);
  const { read } = haproxy.names('alpha');
  const twin = (await haproxy.rows()).find(
    ({ proxy, server }) => proxy === read && server === lastResortName('alpha-2'),
  );
  expect(twin).toMatchObject({ kind: 'server', status: 'UP', backup: 1 });
});

test('an open session survives a weight of nothing and a drain, and is closed by down', async () => {
  await ordered(standbysOnly);
  const held = startHeldReads(cluster, {
    port: haproxy.readPort('alpha'),
    everyMs: 20,
    value: '1',
  });
  const first = await waitFor(() => held.records[0], soon('a first answer'));
  const member = String(first.member);
  const goesOn = async () => {
    const before = held.records.length;
    await waitFor(() => held.records.length > before + 3, soon('the session to go on'));
  };
  for (const order of [share(0), { is: 'drain' } as const]) {
    await ordered({ ...standbysOnly, [member]: order });
    await goesOn();
  }
  expect(held.records.every(({ ok, connection }) => ok && connection === 1)).toBe(true);
  await ordered({ ...standbysOnly, [member]: cut });
  await waitFor(() => held.records.some(({ ok }) => !ok), soon('the session to be closed'));
  const another = await waitFor(
    () => held.records.find(({ ok, connection }) => ok && connection > 1),
    soon('another session'),
  );
  expect(another.member).not.toBe(member);
  await held.stop();
});

test('who is told down stays down when Patroni accepts it again', async () => {
  const [, name = ''] = STANDBYS;
  await ordered({ ...standbysOnly, [name]: cut });
  const { read } = haproxy.names('alpha');
  const row = async () =>
    (await haproxy.rows()).find(({ proxy, server }) => proxy === read && server === name);
  const member = cluster.member(name);
  const accepted = async () => (await row())?.check.status?.endsWith('L7OK') ?? false;
  await member.killPatroni();
  await waitFor(async () => !(await accepted()), soon('Patroni to be missed'));
  await member.startPatroni();
  const seen = new Set<string>();
  let more = 50;
  const watched = async () => {
    seen.add((await row())?.status ?? 'none');
    if (await accepted()) more -= 1;
    return more === 0;
  };
  await waitFor(watched, { ...soon('Patroni to accept it'), timeoutMs: 20_000, everyMs: 10 });
  expect([...seen].filter((status) => !status.startsWith('DOWN'))).toEqual([]);
  await cluster.waitHealthy();
});

test('what the agent has said last stays when it is gone, and reads are served all the same', async () => {
  await ordered(standbysOnly);
  agent.close();
  await once(agent, 'close');
  const { read } = haproxy.names('alpha');
  await waitFor(
    async () =>
      (await haproxy.rows()).some(
        ({ proxy, agent: told }) => proxy === read && told.status === 'L4CON',
      ),
    soon('HAProxy to miss the agent'),
  );
  expect(Object.keys(await answered(haproxy.readPort('alpha'), 20)).sort()).toEqual(STANDBYS);
  agent.listen(agentPort, '127.0.0.1');
  await once(agent, 'listening');
});

test('reads are as fresh as replication, and go on through a switchover as writes do', async () => {
  await ordered(standbysOnly);
  const heartbeat = await startHeartbeat(cluster, { port: haproxy.writePort('alpha') });
  await waitFor(() => heartbeat.beats.filter(({ ok }) => ok).length > 3, soon('beats'));
  const reads = startFreshReads(cluster, { port: haproxy.readPort('alpha'), rate: 40 });
  await waitFor(() => reads.records.length > 20, soon('reads'));
  const quiet = [...reads.records];
  expect(quiet.every(({ ok, value }) => ok && value !== null && value < 5000)).toBe(true);
  await cluster.member(LEADER).rest('/switchover', {
    method: 'POST',
    body: { leader: LEADER, candidate: 'alpha-2' },
    timeoutMs: 30_000,
  });
  const before = heartbeat.beats.length;
  await waitFor(
    () => heartbeat.beats.slice(before).some(({ ok }) => ok),
    soon('writes through the new leader'),
  );
  const failed = (await reads.stop()).filter(({ ok }) => !ok);
  await heartbeat.stop();
  expect(failed).toEqual([]);
  expect((await cluster.leader())?.name).toBe('alpha-2');
});

test('without an agent the leader reads when no standby does', async () => {
  await cluster.waitHealthy();
  await haproxy.restart({ checkMs: 200 });
  expect(Object.keys(await answered(haproxy.readPort('alpha'), 20)).sort()).toEqual([
    LEADER,
    'alpha-3',
  ]);
  await Promise.all([LEADER, 'alpha-3'].map((name) => cluster.member(name).kill()));
  await waitFor(
    async () => (await readOnce(cluster, { port: haproxy.readPort('alpha'), value: '1' })).ok,
    soon('the leader to serve reads'),
  );
  expect(await answered(haproxy.readPort('alpha'), 20)).toEqual({ 'alpha-2': 20 });
});

test('a frozen HAProxy answers nobody, a killed one refuses, and both serve again', async () => {
  const port = haproxy.readPort('alpha');
  const once = (patienceMs = 5000) => readOnce(cluster, { port, value: '1', patienceMs });
  await haproxy.freeze();
  expect((await once(300)).error).toMatch(/timeout/);
  await haproxy.thaw();
  expect((await once()).ok).toBe(true);
  await haproxy.kill();
  expect((await once()).error).toMatch(/ECONNREFUSED/);
  await haproxy.start();
  expect((await once()).ok).toBe(true);
});

test('the agent that nobody has told anything says all of every server, also after a kill', async () => {
  const ours = await routingAgent(sandbox, { haproxySocket: haproxy.socket });
  await ours.start();
  await haproxy.restart({ agentPort: ours.checkPort, checkMs: 200 });
  const { read } = haproxy.names('alpha');
  const told = (wanted: string) =>
    waitFor(
      async () => {
        const rows = (await haproxy.rows()).filter(
          ({ proxy, agent: said }) => proxy === read && said.status !== null,
        );
        return (
          rows.length === cluster.members.length &&
          rows.every(({ weight, agent: said }) => weight === 100 && said.status === wanted)
        );
      },
      soon(`HAProxy to see ${wanted} of the agent`),
    );
  await told('L7OK');
  await ours.kill();
  await told('L4CON');
  await ours.start();
  await told('L7OK');
  await ours.freeze();
  await told('L7TOUT');
  await ours.thaw();
  await told('L7OK');
});
