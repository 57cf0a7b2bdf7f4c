import { beforeEach, describe, expect, test } from 'vitest';
import type { AgentReport, Lease } from '@/lib/routing/lease';
import type { RoutingPolicy } from '@/lib/routing/policy';
import { aPolicy } from '@/lib/routing/sample-candidates';
import type { Progress } from '@/lib/topology/progress';
import { aCluster, aLeader, aStandby } from '@/lib/topology/sample-cluster';
import type { ClusterView } from '@/lib/topology/view';
import { FakeClock } from '../fake-clock';
import { Routing } from './routing';

const ID = 'main~.2Fservice~orders';
const OTHER = 'main~.2Fservice~billing';

let clock: FakeClock;
let view: ClusterView;
let lagMs: number;
let known: boolean;
let vouched: readonly string[];
let leases: number;
let asked: string[];
let told: Lease | null;
let changes: string[];
let routing: Routing;

const progress = (): Progress => ({
  bytesPerSecond: 0,
  leaderAt: clock.now(),
  members: new Map(
    view.members
      .filter(({ isLeader }) => !isLeader)
      .map(({ name }) => {
        const replayMs = name === 'pg-c' ? lagMs : 0;
        const sampledAt = clock.now();
        return [
          name,
          { replayBytes: 0, replayMs, sampledAt, freshAsOf: known ? sampledAt - replayMs : null },
        ];
      }),
  ),
});

beforeEach(() => {
  clock = new FakeClock();
  view = aCluster({ id: ID });
  [lagMs, vouched, asked, told, changes] = [0, ['main', 'south'], [], null, []];
  leases = 0;
  known = true;
  routing = new Routing({
    clock,
    ensembles: ['main', 'south'],
    agents: {
      urls: ['http://agent'],
      give: async (_, lease) => {
        told = lease;
        leases += 1;
        const questions = asked.map((cluster) => ({
          ...{ cluster, member: 'x', server: null, agoMs: 0, answer: '' },
        }));
        const report: AgentReport = {
          ...{ v: 1, holder: null, taken: true, asked: questions },
          ...{ statistics: null, statisticsFault: null, fault: null },
        };
        return report;
      },
    },
    me: { id: 'h1', name: 'Howdah on one' },
    view: (id) => (id === ID ? view : null),
    progress: (id) => (id === ID ? progress() : null),
    vouchedFor: (name) => vouched.includes(name),
    onChange: (id) => changes.push(id),
    onRouted: () => {},
  });
  routing.start();
});

function policyIs(policy: RoutingPolicy | null, version = 0): void {
  const stat = { czxid: 'a', mzxid: 'b', version, ephemeralOwner: null, ctime: 0, mtime: 0 };
  const znode = policy && { data: Buffer.from(JSON.stringify(policy)), stat };
  routing.policies('main')?.read(ID, znode);
  for (const name of ['main', 'south']) routing.policies(name)?.becameWhole();
}

describe('what the agents are told', () => {
  test('is nothing of a cluster without a policy', async () => {
    routing.policies('main')?.becameWhole();
    await clock.pass(3000);
    expect(told?.orders ?? {}).toEqual({});
    expect(routing.view(ID)).toMatchObject({ policy: { is: 'none' }, weighing: null });
  });

  test('follows the lag, at once when it is too high', async () => {
    policyIs(aPolicy());
    await clock.pass(600);
    expect(told?.orders[ID]).toEqual({
      'pg-a': { is: 'share', percent: 0 },
      'pg-b': { is: 'share', percent: 100 },
      'pg-c': { is: 'share', percent: 100 },
    });
    lagMs = 11_000;
    await clock.pass(600);
    expect(told?.orders[ID]?.['pg-c']).toEqual({ is: 'share', percent: 0 });
  });

  test('is made anew as soon as another leads', async () => {
    policyIs(aPolicy());
    await clock.pass(600);
    view = aCluster({
      id: ID,
      members: [aStandby('pg-a'), aLeader('pg-b'), aStandby('pg-c')],
      leader: { name: 'pg-b', czxid: 'ff', session: '1', since: 1 },
    });
    routing.observe(view, true);
    await clock.pass(150);
    expect(told?.orders[ID]?.['pg-b']).toEqual({ is: 'share', percent: 0 });
  });

  test('is nothing at all where nothing can be vouched for: what was said runs out', async () => {
    policyIs(aPolicy());
    await clock.pass(600);
    vouched = [];
    const before = leases;
    await clock.pass(30_000);
    expect(leases).toBe(before);
    expect(routing.view(ID).weighing).toBeNull();
    // Whoever was out is still known to have been.
    lagMs = 6000;
    vouched = ['main', 'south'];
    await clock.pass(600);
    expect(told?.orders[ID]?.['pg-b']).toEqual({ is: 'share', percent: 100 });
  });

  test('forgets nobody who was out over a lost connection', async () => {
    policyIs(aPolicy());
    lagMs = 11_000;
    await clock.pass(600);
    vouched = [];
    await clock.pass(3000);
    [vouched, lagMs] = [['main'], 6000];
    await clock.pass(600);
    expect(told?.orders[ID]?.['pg-c']).toEqual({ is: 'share', percent: 0 });
  });

  test('leaves out an ensemble that is away, as long as a lease after: its drains stay, all else is let go', async () => {
    policyIs(aPolicy());
    await clock.pass(600);
    vouched = ['south'];
    await clock.pass(9000);
    expect(told?.orders[ID]).toBeDefined();
    await clock.pass(3000);
    expect(told?.orders).toEqual({});
  });

  test('mentions a cluster that an agent is asked about and that has no policy: its drains are over', async () => {
    asked = [OTHER, 'main~unknown'];
    await clock.pass(600);
    policyIs(aPolicy());
    await clock.pass(3000);
    expect(told?.orders[OTHER]).toEqual({});
    vouched = ['south'];
    await clock.pass(3000);
    expect(told?.orders[OTHER]).toBeUndefined();
  });

  test('has the end of a drain as a time to go, which no clock can be wrong about', async () => {
    const until = clock.now() + 60_000;
    const drains = { 'pg-c': { by: 'ann', reason: '', since: 1, until } };
    policyIs(aPolicy({ drains }));
    await clock.pass(100);
    expect(told?.orders[ID]?.['pg-c']).toEqual({ is: 'drain', forMs: 59_900 });
    await clock.pass(60_500);
    expect(told?.orders[ID]?.['pg-c']).toMatchObject({ is: 'share' });
  });
});

test('nothing is said of a cluster before its standbys have been asked once, or that takes too long', async () => {
  known = false;
  policyIs(aPolicy());
  await clock.pass(2900);
  expect(told?.orders ?? {}).toEqual({});
  await clock.pass(700);
  expect(told?.orders[ID]?.['pg-a']).toEqual({ is: 'share', percent: 100 });
});

describe('a policy', () => {
  test('that can not be read is said, and nothing is weighed by it', async () => {
    policyIs({ ...aPolicy(), limit: 'none' } as never);
    await clock.pass(600);
    expect(routing.view(ID).policy).toMatchObject({ is: 'unreadable' });
    expect(told?.orders ?? {}).toEqual({});
  });

  test('with another limit judges everybody afresh', async () => {
    policyIs(aPolicy());
    lagMs = 11_000;
    await clock.pass(600);
    policyIs(aPolicy({ limit: { ms: 20_000, bytes: null } }), 1);
    await clock.pass(150);
    expect(told?.orders[ID]?.['pg-c']).toMatchObject({ is: 'share', percent: 20 });
  });

  test('that is taken away is shown, and no more gone by', async () => {
    policyIs(aPolicy());
    await clock.pass(600);
    changes = [];
    policyIs(null);
    await clock.pass(700);
    expect(told?.orders).toEqual({});
    expect(changes).toContain(ID);
    expect(routing.routed.size).toBe(0);
  });
});

test('whoever waits is woken by another text, by their own going, and else after so long', async () => {
  policyIs(aPolicy());
  await clock.pass(600);
  let woken = 0;
  const left = new AbortController();
  const wait = (cluster: string, ms: number) =>
    routing.changed(cluster, { ms, gone: left.signal }).then(() => (woken += 1));
  void wait(OTHER, 5000);
  await clock.pass(4999);
  expect(woken).toBe(0);
  await clock.pass(1);
  expect(woken).toBe(1);
  void wait(ID, 60_000);
  routing.observe(view, false);
  await clock.pass(10_000);
  expect(woken).toBe(1);
  lagMs = 11_000;
  await clock.pass(600);
  expect(woken).toBe(2);
  void wait(ID, 60_000);
  left.abort();
  await clock.pass(0);
  expect(woken).toBe(3);
});

test('clients without HAProxy are told what was known last, and that it is that', async () => {
  policyIs(aPolicy({ drains: { 'pg-c': { by: null, reason: '', since: 1, until: null } } }));
  await clock.pass(600);
  expect(routing.endpoints(ID)).toMatchObject({ isCurrent: true });
  vouched = [];
  await clock.pass(60_000);
  const { isCurrent, standbys } = routing.endpoints(ID);
  expect(isCurrent).toBe(false);
  expect(standbys.map(({ member, weight }) => [member, weight])).toEqual([
    ['pg-b', 100],
    ['pg-c', 0],
  ]);
});

test('who is drained and not there is drained when it comes', async () => {
  const drains = { 'pg-x': { by: null, reason: '', since: 1, until: null } };
  policyIs(aPolicy({ drains }));
  await clock.pass(600);
  expect(told?.orders[ID]?.['pg-x']).toEqual({ is: 'drain', forMs: null });
});

test('what is being read anew says nothing of who is drained', async () => {
  policyIs(aPolicy());
  asked = [OTHER];
  await clock.pass(3000);
  expect(told?.orders[OTHER]).toEqual({});
  routing.policies('main')?.beganAnew();
  await clock.pass(3000);
  expect(told?.orders[OTHER]).toBeUndefined();
  expect(told?.orders[ID]).toBeDefined();
  routing.policies('main')?.failed(ID, 'ZooKeeper does not let Howdah read it.');
  routing.policies('main')?.becameWhole();
  await clock.pass(3000);
  expect(routing.view(ID).policy.is).toBe('unreadable');
  expect(told?.orders[ID]).toBeUndefined();
});

test('what the stream is told has another revision only where it is another text', async () => {
  vouched = [];
  policyIs(aPolicy());
  await clock.pass(600);
  const first = routing.stamped(ID);
  await clock.pass(600);
  expect(routing.stamped(ID)?.rev).toBe(first?.rev);
  vouched = ['main'];
  await clock.pass(600);
  expect(routing.stamped(ID)?.rev).toBeGreaterThan(first?.rev ?? 0);
  expect(routing.stamped(OTHER)).toBeNull();
});
