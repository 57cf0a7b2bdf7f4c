import { describe, expect, test } from 'vitest';
import type { AuditOutcome } from '@/lib/audit/entry';
import { Failure, ZooKeeperError } from '@/lib/errors';
import type { OperationView, SwitchoverRequest } from '@/lib/operations/types';
import { aCluster, aLeader, aStandby } from '@/lib/topology/sample-cluster';
import type { ClusterView } from '@/lib/topology/view';
import { type FakeSession, FakeZooKeeper } from '../adapters/zookeeper/fake-zookeeper';
import { FakeClock, settled } from '../fake-clock';
import type { PatroniPort, RestAnswer, ZnodeAccess } from '../ports';
import { Switchovers } from './switchovers';

const ID = aCluster().id;
const RECORD = `/howdah/operations/${ID}`;

const wanted: SwitchoverRequest = {
  cluster: ID,
  candidate: 'pg-b',
  seen: { leader: 'pg-a', leaderCzxid: '10', configVersion: 2 },
  confirm: 'orders',
  reason: 'test',
};

const newLeader = aCluster({
  leader: { name: 'pg-b', czxid: '20', session: 's', since: 1 },
  members: [aStandby('pg-a', { timeline: 4 }), aLeader('pg-b'), aStandby('pg-c')],
  timeline: 4,
});

class Died extends Error {}

/** What outlives a Howdah: ZooKeeper, Patroni, time, and the count of what Patroni was asked. */
class World {
  readonly zookeeper = new FakeZooKeeper();
  readonly clock = new FakeClock();
  cluster: ClusterView | null = aCluster();
  leader: { name: string; czxid: string } | null = { name: 'pg-a', czxid: '10' };
  rest: () => Promise<RestAnswer> = async () => ({ is: 'answered', status: 200, text: 'ok' });
  byZnode: 'written' | 'occupied' = 'written';
  readonly asked: string[] = [];
  /** What the audit was told, by whichever process: it keeps of each sort the first. */
  readonly audited: AuditOutcome[] = [];
  leaderTakesMs = 0;
}

/** One process of Howdah. It may be told to die at its n-th step into the outside world. */
class Howdah {
  readonly switchovers: Switchovers;
  readonly said: string[] = [];
  readonly errors: unknown[] = [];
  readonly world: World;
  readonly session: FakeSession;
  connected = true;
  steps = 0;
  #diesAt: number;
  #diesAfter: boolean;

  constructor(world: World, dies: { at: number; after: boolean } = { at: Infinity, after: false }) {
    this.world = world;
    this.#diesAt = dies.at;
    this.#diesAfter = dies.after;
    this.session = world.zookeeper.session(() => {});
    const access = this.#access();
    this.switchovers = new Switchovers({
      clock: world.clock,
      patroni: this.#patroni(),
      root: '/howdah',
      view: () => world.cluster,
      access: () => access,
      connected: () => this.connected,
      settings: () => ({
        basic: null,
        ca: null,
        cert: null,
        key: null,
        insecure: false,
        addresses: { check: async () => ({ is: 'refused', says: 'nobody connects here' }) },
      }),
      audit: {
        end: async (outcome) => {
          if (!this.dead) world.audited.push(outcome);
        },
      },
      onRun: (_, says) => {
        if (says) this.said.push(says);
      },
      onError: (error) => this.errors.push(error),
    });
  }

  get dead(): boolean {
    return this.steps >= this.#diesAt;
  }

  get newest(): OperationView | undefined {
    return this.switchovers.list(ID)[0];
  }

  /** The process ends: nothing of it reaches the world again, its session is over. */
  end(): void {
    this.#diesAt = 0;
    this.switchovers.close();
    this.session.close();
  }

  async #step<T>(act: () => Promise<T>): Promise<T> {
    if (this.dead) throw new Died();
    this.steps += 1;
    // At the fatal step it dies before the act, or after it and before it learns of that.
    if (this.dead && !this.#diesAfter) throw new Died();
    const result = await act();
    if (this.dead) throw new Died();
    return result;
  }

  #access(): ZnodeAccess {
    const { session } = this;
    const step = <T>(act: () => Promise<T>) =>
      this.#step(() => {
        if (this.connected) return act();
        throw new ZooKeeperError('connection', 'not connected');
      });
    return {
      data: (path, watch) => step(() => session.data(path, watch)),
      create: (path, data, options) => step(() => session.create(path, data, options)),
      set: (path, data, version) => step(() => session.set(path, data, version)),
      delete: (path, version) => step(() => session.delete(path, version)),
      sync: (path) => step(() => session.sync(path)),
    };
  }

  #patroni(): PatroniPort {
    const { world } = this;
    return {
      leader: (access) =>
        this.#step(async () => {
          await access.sync('/service/orders/leader');
          if (world.leaderTakesMs > 0) await world.clock.pass(world.leaderTakesMs);
          return world.leader;
        }),
      switchover: (apiUrl, body) =>
        this.#step(async () => {
          world.asked.push(`POST ${apiUrl} ${body.leader} ${body.candidate}`);
          const answer = await world.rest();
          // A request that never left this machine did not ask anybody.
          if (answer.is === 'not-sent') world.asked.pop();
          return answer;
        }),
      switchoverByZnode: (_access, _key, body) =>
        this.#step(async () => {
          if (world.byZnode === 'written')
            world.asked.push(`znode ${body.leader} ${body.candidate}`);
          return world.byZnode;
        }),
    };
  }
}

const act = { id: 'an-act', by: 'ann@example.org' };

/** What the chain keeps of what it was told: of each sort the first. */
const keptOf = (told: readonly AuditOutcome[]): AuditOutcome[] =>
  told.filter((one, n) => told.findIndex(({ resolves }) => resolves === one.resolves) === n);

const outcome = (howdah: Howdah) => howdah.newest?.outcome?.code;

/** Lets everything that is under way get as far as it can. */
async function rest(): Promise<void> {
  for (let i = 0; i < 20; i += 1) await settled();
}

async function refusal(promise: Promise<unknown>): Promise<Failure> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Failure)) throw new Error(`not refused, but ${String(error)}`);
  return error;
}

describe('a switchover', () => {
  test('is recorded before Patroni is asked, is asked once, and ends when it is seen to have', async () => {
    const world = new World();
    const howdah = new Howdah(world);
    let recordAtAsking = '';
    world.rest = async () => {
      recordAtAsking = world.zookeeper.get(RECORD)?.data.toString() ?? '';
      return { is: 'answered', status: 200, text: 'ok' };
    };
    const view = await howdah.switchovers.switchover(wanted);
    expect(view.state).toBe('recorded');
    await rest();
    expect(JSON.parse(recordAtAsking).view.state).toBe('requested');
    expect(world.asked).toEqual(['POST http://pg-a.example:8008/patroni pg-a pg-b']);
    howdah.switchovers.observe(newLeader);
    await rest();
    expect(outcome(howdah)).toBe('done');
    expect(JSON.parse(world.zookeeper.get(RECORD)?.data.toString() ?? '').view.outcome.code).toBe(
      'done',
    );
    expect(world.zookeeper.get(`${RECORD}/owner`)).toBeNull();
    expect(howdah.said.at(-1)).toContain('pg-b leads orders');
    expect(howdah.errors).toEqual([]);
  });

  test.each([
    [
      'another leader',
      { leader: { name: 'pg-c', czxid: '30', session: '', since: 0 } },
      'pg-c leads orders now',
    ],
    [
      'the same leader, elected anew',
      { leader: { name: 'pg-a', czxid: '11', session: '', since: 0 } },
      'anew',
    ],
    ['no leader', { leader: null }, 'no longer leads'],
    ['another configuration', { config: { is: 'absent' as const } }, 'configuration'],
  ] satisfies [string, Partial<ClusterView>, string][])(
    'decided on what has become %s is refused and leaves no record',
    async (_, now, says) => {
      const world = new World();
      world.cluster = aCluster(now);
      const howdah = new Howdah(world);
      const failure = await refusal(howdah.switchovers.switchover(wanted));
      expect(failure.code).toBe('moved');
      expect(failure.message).toContain(says);
      expect(world.asked).toEqual([]);
      expect(world.zookeeper.get(RECORD)).toBeNull();
    },
  );

  test('whose leader moves between the decision and the act is not sent', async () => {
    const world = new World();
    const howdah = new Howdah(world);
    world.leader = { name: 'pg-a', czxid: '11' };
    await howdah.switchovers.switchover(wanted);
    await rest();
    expect(outcome(howdah)).toBe('refused');
    expect(world.asked).toEqual([]);
  });

  test('is not sent by a process that stands still after each check', async () => {
    const world = new World();
    world.leaderTakesMs = 1500;
    const howdah = new Howdah(world);
    await howdah.switchovers.switchover(wanted);
    await rest();
    expect(outcome(howdah)).toBe('refused');
    expect(howdah.newest?.outcome?.says).toContain('too slowly');
    expect(world.asked).toEqual([]);
  });

  test.each([
    ['bad-input', { confirm: 'order' }, {}, 'Type the cluster'],
    ['refused', { candidate: 'pg-x' }, {}, 'pg-x is not a standby'],
    ['refused', { candidate: 'pg-a' }, {}, 'pg-a is not a standby'],
    [
      'refused',
      {},
      { request: { leader: null, candidate: 'pg-c', scheduledAt: null } },
      'already holds',
    ],
    [
      'refused',
      {},
      { members: [aLeader('pg-a'), aStandby('pg-b', { state: 'stopped' })] },
      'pg-b is stopped',
    ],
  ] satisfies [string, Partial<SwitchoverRequest>, Partial<ClusterView>, string][])(
    'is %s for %j on %j',
    async (...[code, request, cluster, says]) => {
      const world = new World();
      world.cluster = aCluster(cluster);
      const failure = await refusal(
        new Howdah(world).switchovers.switchover({ ...wanted, ...request }),
      );
      expect(failure.code).toBe(code);
      expect(failure.message).toContain(says);
      expect(world.zookeeper.get(RECORD)).toBeNull();
    },
  );

  test('is unavailable, and nothing is done, while ZooKeeper is', async () => {
    const world = new World();
    const howdah = new Howdah(world);
    howdah.connected = false;
    expect((await refusal(howdah.switchovers.switchover(wanted))).code).toBe('unavailable');
    world.cluster = null;
    expect((await refusal(howdah.switchovers.switchover(wanted))).code).toBe('not-found');
    expect(world.asked).toEqual([]);
  });
});

describe('one at a time', () => {
  test('on one process: the second is told what is under way', async () => {
    const world = new World();
    const howdah = new Howdah(world);
    const [first, second] = await Promise.allSettled([
      howdah.switchovers.switchover(wanted),
      howdah.switchovers.switchover({ ...wanted, candidate: 'pg-c' }),
    ]);
    expect([first.status, second.status].toSorted()).toEqual(['fulfilled', 'rejected']);
    await rest();
    expect((await refusal(howdah.switchovers.switchover(wanted))).code).toBe('busy');
    expect(world.asked).toHaveLength(1);
  });

  test('of two processes: whoever creates the record has the turn', async () => {
    const world = new World();
    const both = [new Howdah(world), new Howdah(world)];
    const results = await Promise.allSettled(both.map((one) => one.switchovers.switchover(wanted)));
    await rest();
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(world.asked).toHaveLength(1);
  });

  test('and the next one when that has ended', async () => {
    const world = new World();
    const howdah = new Howdah(world);
    await howdah.switchovers.switchover(wanted);
    await rest();
    howdah.switchovers.observe(newLeader);
    await rest();
    world.cluster = newLeader;
    world.leader = { name: 'pg-b', czxid: '20' };
    const back = { leader: 'pg-b', leaderCzxid: '20', configVersion: 2 };
    await howdah.switchovers.switchover({ ...wanted, candidate: 'pg-a', seen: back });
    await rest();
    expect(world.asked).toHaveLength(2);
  });

  test('a run of a living process is left to it', async () => {
    const world = new World();
    const first = new Howdah(world);
    await first.switchovers.switchover(wanted);
    await rest();
    const second = new Howdah(world);
    expect(await second.switchovers.resume('main', [ID])).toEqual([ID]);
    expect(second.newest).toBeUndefined();
    first.end();
    expect(await second.switchovers.resume('main', [ID])).toEqual([]);
    second.switchovers.observe(newLeader);
    await rest();
    expect(outcome(second)).toBe('done');
    expect(world.asked).toHaveLength(1);
  });
});

describe('what Patroni answers', () => {
  test('by REST: a refusal ends it', async () => {
    const world = new World();
    world.rest = async () => ({ is: 'answered', status: 412, text: 'candidate does not exist' });
    const howdah = new Howdah(world);
    await howdah.switchovers.switchover(wanted);
    await rest();
    expect(howdah.newest?.outcome).toMatchObject({ code: 'refused' });
    expect(howdah.newest?.outcome?.says).toContain('candidate does not exist');
  });

  test('not at all, because it was certainly not reached: then once by ZooKeeper', async () => {
    const world = new World();
    world.rest = async () => ({ is: 'not-sent', why: 'nothing listens there' });
    const howdah = new Howdah(world);
    await howdah.switchovers.switchover(wanted);
    await rest();
    expect(world.asked).toEqual(['znode pg-a pg-b']);
    expect(howdah.newest?.steps.find((step) => step.code === 'requested')?.says).toContain(
      'ZooKeeper',
    );
    howdah.switchovers.observe(newLeader);
    expect(outcome(howdah)).toBe('done');
  });

  test('not at all, with a request of somebody else in ZooKeeper: refused', async () => {
    const world = new World();
    world.rest = async () => ({ is: 'not-sent', why: 'nothing listens there' });
    world.byZnode = 'occupied';
    const howdah = new Howdah(world);
    await howdah.switchovers.switchover(wanted);
    await rest();
    expect(outcome(howdah)).toBe('refused');
    expect(world.asked).toEqual([]);
  });

  test('not at all, and the leader has moved meanwhile: nothing by ZooKeeper', async () => {
    const world = new World();
    world.rest = async () => {
      world.leader = { name: 'pg-c', czxid: '40' };
      return { is: 'not-sent', why: 'nothing listens there' };
    };
    const howdah = new Howdah(world);
    await howdah.switchovers.switchover(wanted);
    await rest();
    expect(world.asked).toEqual([]);
    expect(outcome(howdah)).toBe('refused');
  });

  test('not in time, perhaps received: it is only observed', async () => {
    const world = new World();
    world.rest = async () => ({ is: 'unanswered', why: 'timeout' });
    const howdah = new Howdah(world);
    await howdah.switchovers.switchover(wanted);
    await rest();
    expect(world.asked).toHaveLength(1);
    expect(howdah.newest?.state).toBe('observing');
    await world.clock.pass(320_000);
    await rest();
    expect(outcome(howdah)).toBe('failed');
    expect(world.asked).toHaveLength(1);
  });

  test('without an address of a REST API, goes by ZooKeeper', async () => {
    const world = new World();
    world.cluster = aCluster({ members: [aLeader('pg-a', { apiUrl: null }), aStandby('pg-b')] });
    await new Howdah(world).switchovers.switchover(wanted);
    await rest();
    expect(world.asked).toEqual(['znode pg-a pg-b']);
  });
});

describe('whatever dies in between', () => {
  const answers: Record<string, RestAnswer> = {
    'is answered': { is: 'answered', status: 200, text: 'ok' },
    'is not reached': { is: 'not-sent', why: 'nothing listens there' },
    'is not answered': { is: 'unanswered', why: 'timeout' },
  };
  const cases = Object.keys(answers).flatMap((answer) =>
    [false, true].flatMap((after) =>
      Array.from({ length: 24 }, (_, i) => ({ answer, at: i + 1, after })),
    ),
  );

  test('the cases reach beyond the last step', async () => {
    const world = new World();
    world.rest = async () => answers['is not reached'] as RestAnswer;
    const howdah = new Howdah(world);
    await howdah.switchovers.switchover(wanted);
    await rest();
    expect(howdah.steps).toBeGreaterThan(12);
    expect(howdah.steps).toBeLessThan(24);
  });

  test.each(cases)(
    'Patroni $answer, Howdah dies at step $at (after it: $after): asked once at most',
    async ({ answer, at, after }) => {
      const world = new World();
      world.rest = async () => answers[answer] as RestAnswer;
      const first = new Howdah(world, { at, after });
      await first.switchovers.switchover(wanted).catch(() => {});
      await rest();
      const asked = [...world.asked];
      expect(asked.length).toBeLessThanOrEqual(1);
      first.end();

      // The next process goes on from the record, and one after that finds nothing left to do.
      const second = new Howdah(world);
      expect(await second.switchovers.resume('main', [ID])).toEqual([]);
      await rest();
      if (asked.length > 0) {
        world.cluster = newLeader;
        second.switchovers.observe(newLeader);
      }
      await world.clock.pass(320_000);
      await rest();
      expect(world.asked).toEqual(asked);
      const { newest } = second;
      if (newest) {
        expect(newest.state).toBe('ended');
        expect(newest.outcome?.code).toBe(asked.length > 0 ? 'done' : 'failed');
      } else expect(asked).toEqual([]);
      second.end();

      const third = new Howdah(world);
      await third.switchovers.resume('main', [ID]);
      await rest();
      expect(third.newest?.outcome).toEqual(newest?.outcome);
      expect(world.asked).toEqual(asked);
      // And the turn is free again.
      world.cluster = aCluster();
      expect((await third.switchovers.switchover(wanted)).state).toBe('recorded');
    },
  );

  test.each(cases)(
    'Patroni $answer, Howdah dies at step $at (after it: $after): the audit is told an end, and the right one',
    async ({ answer, at, after }) => {
      const world = new World();
      world.rest = async () => answers[answer] as RestAnswer;
      const first = new Howdah(world, { at, after });
      const began = await first.switchovers.switchover(wanted, act).then(
        () => true,
        () => false,
      );
      await rest();
      first.end();
      const second = new Howdah(world);
      await second.switchovers.resume('main', [ID]);
      await rest();
      if (world.asked.length > 0) {
        world.cluster = newLeader;
        second.switchovers.observe(newLeader);
      }
      await world.clock.pass(320_000);
      await rest();
      const kept = keptOf(world.audited);
      // Where it was refused at once, whoever began it ends it: unless there is a record of it.
      if (began || second.newest) expect(kept.length).toBeGreaterThan(0);
      for (const { id, result } of kept) {
        expect([id, result]).toEqual([act.id, world.asked.length > 0 ? 'done' : 'failed']);
      }
      second.end();
      const third = new Howdah(world);
      await third.switchovers.resume('main', [ID]);
      await rest();
      expect(keptOf(world.audited)).toEqual(kept);
    },
  );

  test('an end that was unknown and is seen later is told beside it, with what it cost', async () => {
    const world = new World();
    world.rest = async () => ({ is: 'unanswered', why: 'timeout' });
    const howdah = new Howdah(world);
    const view = await howdah.switchovers.switchover(wanted, act);
    expect(view.by).toBe('ann@example.org');
    await rest();
    world.cluster = aCluster({ leader: null });
    await world.clock.pass(320_000);
    await rest();
    expect(world.audited).toMatchObject([{ result: 'unknown', resolves: false }]);
    world.cluster = newLeader;
    howdah.switchovers.observe({
      ...newLeader,
      lastOutage: { from: 'pg-a', to: 'pg-b', startedAt: 1_000_000, endedAt: 1_000_700 },
    });
    await rest();
    expect(world.audited.slice(1)).toMatchObject([
      { result: 'done', resolves: true, cost: { outageMs: 700, tookMs: expect.any(Number) } },
    ]);
    // And its end was in the audit before it was on record.
    expect(JSON.parse(world.zookeeper.get(RECORD)?.data.toString() ?? '')).toMatchObject({
      ...{ act: act.id, view: { by: 'ann@example.org', outcome: { code: 'done' } } },
    });
  });

  test('an end that is on record and never came to the audit is told by whoever takes it up', async () => {
    const world = new World();
    world.rest = async () => ({ is: 'unanswered', why: 'timeout' });
    const howdah = new Howdah(world);
    await howdah.switchovers.switchover(wanted, act);
    await rest();
    world.cluster = aCluster({ leader: null });
    await world.clock.pass(320_000);
    world.cluster = newLeader;
    howdah.switchovers.observe(newLeader);
    await rest();
    const [first, resolution] = world.audited.splice(0);
    expect([first?.resolves, resolution?.resolves]).toEqual([false, true]);
    howdah.end();
    // Of both, the one that is on record, as it was told: so it is there once where it had come.
    await new Howdah(world).switchovers.resume('main', [ID]);
    await rest();
    expect(world.audited).toEqual([resolution]);
    await world.clock.pass(8 * 86_400_000);
    await new Howdah(world).switchovers.resume('main', [ID]);
    expect(world.audited).toHaveLength(1);
  });

  test('what is no act of the audit, such as a record from before there was one, is told to nobody', async () => {
    const world = new World();
    const howdah = new Howdah(world);
    await howdah.switchovers.switchover(wanted);
    await rest();
    const record = JSON.parse(world.zookeeper.get(RECORD)?.data.toString() ?? '');
    const {
      act: _,
      view: { by: __, ...view },
      ...run
    } = record;
    howdah.end();
    world.zookeeper.set(RECORD, JSON.stringify({ ...run, view }));
    const second = new Howdah(world);
    await second.switchovers.resume('main', [ID]);
    second.switchovers.observe(newLeader);
    await rest();
    expect(outcome(second)).toBe('done');
    expect(world.audited).toEqual([]);
  });

  test('a record that another process has moved stops the run before it asks', async () => {
    const world = new World();
    const howdah = new Howdah(world);
    const asking = howdah.switchovers.switchover(wanted);
    await asking;
    world.zookeeper.set(RECORD, world.zookeeper.get(RECORD)?.data ?? '');
    await rest();
    expect(world.asked).toEqual([]);
    expect(outcome(howdah)).toBe('failed');
  });

  test('what a lost ensemble last showed decides nothing; what it shows when it is back does', async () => {
    const world = new World();
    const howdah = new Howdah(world);
    await howdah.switchovers.switchover(wanted);
    await rest();
    howdah.connected = false;
    howdah.switchovers.observe(newLeader);
    await world.clock.pass(400_000);
    expect(outcome(howdah)).toBeUndefined();
    howdah.connected = true;
    await howdah.switchovers.resume('main', [ID]);
    howdah.switchovers.observe(newLeader);
    await rest();
    expect(outcome(howdah)).toBe('done');
    expect(JSON.parse(world.zookeeper.get(RECORD)?.data.toString() ?? '').view.outcome.code).toBe(
      'done',
    );
  });
});
