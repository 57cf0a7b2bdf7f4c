import { describe, expect, test } from 'vitest';
import type { OperationRequest } from '@/lib/operations/types';
import type { Wish } from '@/lib/operations/wish';
import { formatLsn, parseLsn } from '@/lib/topology/lsn';
import { aLeader, aStandby } from '@/lib/topology/sample-cluster';
import type { ClusterView } from '@/lib/topology/view';
import { act, Howdah, ID, RECORD, refusal, rest, SCOPE, World } from './world-for-tests';

const switchover: Wish = { kind: 'switchover', candidate: 'pg-b', at: null };
const toC: Wish = { ...switchover, candidate: 'pg-c' };
const restart = (...members: string[]): Wish => ({
  ...{ kind: 'restart', members, pendingOnly: false, at: null },
});

/** The request has arrived, and nothing has come of it yet. */
function begun(wish: Wish = switchover) {
  const world = new World();
  world.obeys = false;
  const howdah = new Howdah(world);
  const wanted = world.wanted(wish);
  return { world, howdah, wanted, start: () => howdah.runs.start(wanted, act) };
}

const recordOf = (world: World) =>
  JSON.parse(world.zookeeper.get(RECORD)?.data.toString() ?? 'null');

describe('a switchover', () => {
  test('that has not left yet is not told by a leadership that moves meanwhile', async () => {
    const { world, howdah, start } = begun();
    world.rest = async () => {
      // While the connection is made somebody else's request is carried out, and seen.
      world.lead('pg-c');
      howdah.look();
      return { is: 'answered', status: 200, text: 'ok' };
    };
    await start();
    await rest();
    howdah.look();
    expect(howdah.newest?.outcome).toMatchObject({ code: 'refused' });
    expect(howdah.newest?.steps.find(({ code }) => code === 'requested')?.at).toBeNull();
    expect(world.asked).toEqual([]);
  });

  test('is recorded before Patroni is asked, is asked once, and ends when it is seen to have', async () => {
    const { world, howdah, start } = begun();
    let recordAtAsking = '';
    world.rest = async () => {
      recordAtAsking = recordOf(world).view.state;
      return { is: 'answered', status: 200, text: 'ok' };
    };
    const view = await start();
    expect(view.state).toBe('recorded');
    await rest();
    expect(recordAtAsking).toBe('requested');
    expect(world.asked).toEqual(['pg-a POST /switchover {"leader":"pg-a","candidate":"pg-b"}']);
    howdah.look();
    expect(howdah.outcome).toBeUndefined();
    world.lead('pg-b');
    howdah.look();
    await rest();
    expect(howdah.outcome).toBe('done');
    expect(recordOf(world).view.outcome.code).toBe('done');
    expect(world.zookeeper.get(`${RECORD}/owner`)).toBeNull();
    expect(howdah.said.at(-1)).toContain('pg-b leads orders');
    expect(howdah.errors).toEqual([]);
  });

  test.each([
    ['another leader', (world: World) => world.lead('pg-c'), 'pg-c leads orders now'],
    ['the same leader, elected anew', (world: World) => world.lead('pg-a'), 'anew'],
    ['no leader', (world: World) => world.lead(null), 'no longer leads'],
    [
      'another configuration',
      (world: World) => void world.zookeeper.set(`${SCOPE}/config`, '{"ttl":20}'),
      'configuration',
    ],
    ['a request', (world: World) => world.request({ member: 'pg-c' }), 'Another request'],
  ])('decided on what has become %s is refused and leaves no record', async (_, moves, says) => {
    const { world, wanted, howdah } = begun();
    moves(world);
    const failure = await refusal(howdah.runs.start(wanted));
    expect(failure.code).toBe('moved');
    expect(failure.message).toContain(says);
    expect(world.asked).toEqual([]);
    expect(recordOf(world)).toBeNull();
  });

  test.each([
    ['the leader', (world: World) => world.lead('pg-a')],
    ['the configuration', (world: World) => void world.zookeeper.set(`${SCOPE}/config`, '{}')],
    ['the request', (world: World) => world.request({ leader: 'pg-a', member: 'pg-c' })],
  ])('is not sent where %s moves between its record and the act', async (_, moves) => {
    const { world, howdah, start } = begun();
    await start();
    moves(world);
    await rest();
    expect(howdah.newest?.outcome).toMatchObject({
      code: 'refused',
      says: expect.stringContaining('Nothing was sent'),
    });
    expect(world.asked).toEqual([]);
    // And no step says that it was.
    expect(howdah.newest?.steps.find(({ code }) => code === 'requested')?.at).toBeNull();
  });

  test('nor where it moves once the connection to Patroni stands', async () => {
    const { world, howdah, start } = begun();
    world.rest = async () => {
      world.lead('pg-c');
      return { is: 'answered', status: 200, text: 'ok' };
    };
    await start();
    await rest();
    expect([howdah.outcome, world.asked]).toEqual(['refused', []]);
    expect(howdah.newest?.steps.find(({ code }) => code === 'requested')?.at).toBeNull();
  });

  test('is not sent by a process that stands still after each check', async () => {
    const { world, howdah, start } = begun();
    world.checkTakesMs = 1500;
    await start();
    await rest();
    expect(howdah.outcome).toBe('refused');
    expect(howdah.newest?.outcome?.says).toContain('too slowly');
    expect(world.asked).toEqual([]);
  });

  test.each([
    ['bad-input', { confirm: 'order' }, {}, 'Type the cluster'],
    ['refused', { wish: { ...switchover, candidate: 'pg-x' } }, {}, 'pg-x is not a standby'],
    ['refused', { wish: { ...switchover, candidate: 'pg-a' } }, {}, 'pg-a is not a standby'],
    [
      'refused',
      {},
      { members: [aLeader('pg-a'), aStandby('pg-b', { state: 'stopped' })] },
      'pg-b is stopped',
    ],
    [
      'refused',
      { wish: { ...switchover, candidate: null } },
      { members: [aLeader('pg-a'), aStandby('pg-b', { state: 'stopped' })] },
      'No member of orders can take over',
    ],
    ['refused', { wish: { ...switchover, at: '1970-01-01T00:00:01Z' } }, {}, 'is past'],
  ] satisfies [string, Partial<OperationRequest>, Partial<ClusterView>, string][])(
    'is %s for %j on %j',
    async (...[code, part, cluster, says]) => {
      const { world, howdah, wanted } = begun();
      world.part = cluster;
      const failure = await refusal(howdah.runs.start({ ...wanted, ...part }));
      expect(failure.code).toBe(code);
      expect(failure.message).toContain(says);
      expect(recordOf(world)).toBeNull();
    },
  );

  test('is refused while a request stands that was seen to', async () => {
    const { world, howdah } = begun();
    world.request({ leader: 'pg-a', member: 'pg-c' });
    const failure = await refusal(howdah.runs.start(world.wanted(switchover)));
    expect([failure.code, failure.message]).toEqual([
      'refused',
      'Patroni already holds a request to switch or fail over.',
    ]);
  });

  test('is unavailable, and nothing is done, while ZooKeeper is', async () => {
    const { world, howdah, wanted } = begun();
    howdah.connected = false;
    expect((await refusal(howdah.runs.start(wanted))).code).toBe('unavailable');
    world.zookeeper.remove(SCOPE);
    expect((await refusal(howdah.runs.start(wanted))).code).toBe('not-found');
    expect(world.asked).toEqual([]);
  });
});

describe('a failover', () => {
  const failover: Wish = { kind: 'failover', candidate: 'pg-b' };
  const dead = () => {
    const world = new World();
    world.lead(null);
    world.part = { members: [aStandby('pg-b'), aStandby('pg-c')] };
    return { world, howdah: new Howdah(world) };
  };

  test('asks the candidate, without a leader’s name', async () => {
    const { world, howdah } = dead();
    world.obeys = false;
    await howdah.runs.start(world.wanted(failover));
    await rest();
    expect(world.asked).toEqual(['pg-b POST /failover {"candidate":"pg-b"}']);
  });

  test('has the loss typed as it was shown, and is stopped where it has grown since', async () => {
    const { world, howdah } = dead();
    const wanted = world.wanted(failover);
    const typed = (confirm: string, lossBytes: number | null) =>
      howdah.runs.start({ ...wanted, confirm, seen: { ...wanted.seen, lossBytes } });
    expect((await refusal(typed('orders', 0))).code).toBe('bad-input');
    expect((await refusal(typed('orders loses at least 0 bytes', null))).code).toBe('bad-input');
    const behind = (bytes: number) => {
      const ahead = formatLsn((parseLsn('0/5000000') ?? 0n) + BigInt(bytes));
      world.part = { members: [aStandby('pg-b'), aStandby('pg-c', { lsn: ahead })] };
    };
    behind(1024 ** 2 + 1);
    expect((await refusal(typed('orders loses at least 0 bytes', 0))).code).toBe('moved');
    expect(world.asked).toEqual([]);
    behind(1024 ** 2);
    await typed('orders loses at least 0 bytes', 0);
  });

  test('needs somebody', async () => {
    const { world, howdah } = dead();
    const open: Wish = { ...failover, candidate: null };
    expect((await refusal(howdah.runs.start(world.wanted(open)))).code).toBe('refused');
  });
});

describe('a restart of several', () => {
  test('goes one after the other, standbys first, the next once the last is seen to be back', async () => {
    const { world, howdah, start } = begun(restart('pg-a', 'pg-b', 'pg-c'));
    await start();
    await howdah.goesOn();
    expect(world.asked).toEqual(['pg-b POST /restart {"role":"replica"}']);
    world.obeys = true;
    world.receive('http://pg-b.example', {
      method: 'POST',
      path: '/restart',
      guard: async () => true,
    });
    world.asked.pop();
    await howdah.goesOn();
    expect(world.asked).toEqual([
      'pg-b POST /restart {"role":"replica"}',
      'pg-c POST /restart {"role":"replica"}',
      'pg-a POST /restart {}',
    ]);
    expect(howdah.newest?.outcome?.says).toBe('pg-b, pg-c and pg-a of orders have been restarted.');
  });

  test('says what was done where something moves in between, and asks nobody more', async () => {
    const { world, howdah, start } = begun(restart('pg-b', 'pg-c'));
    world.obeys = true;
    world.rest = async () => {
      if (world.asked.length === 1) world.lead('pg-a');
      return { is: 'answered', status: 200, text: 'ok' };
    };
    await start();
    await howdah.goesOn();
    expect(world.asked).toHaveLength(1);
    expect(howdah.newest?.outcome).toMatchObject({
      code: 'failed',
      says: 'Done on pg-b. Nothing more was sent: pg-a has taken the leadership anew since you looked.',
    });
    expect(howdah.newest?.steps.find(({ code }) => code === 'asked pg-c')?.at).toBeNull();
  });

  test.each([
    [412, 'refused', 'Patroni on pg-b refused (412): role does not match. pg-c was not asked.'],
    [503, 'failed', 'Patroni on pg-b answered (503): restart failed. pg-c was not asked.'],
  ])('stops at the first that answers %i', async (status, code, says) => {
    const { world, howdah, start } = begun(restart('pg-b', 'pg-c'));
    const text = status === 412 ? 'role does not match' : 'restart failed';
    world.rest = async () => ({ is: 'answered', status, text });
    await start();
    await howdah.goesOn();
    expect(world.asked).toHaveLength(1);
    expect(howdah.newest?.outcome).toMatchObject({ code, says });
  });

  test('and one that can’t be reached was not asked, whatever its error is called', async () => {
    const { world, howdah, start } = begun(restart('pg-b', 'pg-c'));
    world.rest = async () => ({ is: 'not-sent', why: 'the connection was refused' });
    await start();
    await howdah.goesOn();
    expect(howdah.newest?.outcome).toMatchObject({
      code: 'failed',
      says: 'Nothing was sent: pg-b could not be reached (the connection was refused). pg-c was not asked.',
    });
    expect(world.asked).toEqual([]);
  });

  test('of whom nothing is seen in time it is unknown, and the others are left alone', async () => {
    const { world, howdah, start } = begun(restart('pg-b', 'pg-c'));
    world.rest = async () => ({ is: 'unanswered', why: 'timeout' });
    await start();
    await howdah.goesOn();
    await world.clock.pass(320_000);
    howdah.look();
    await howdah.goesOn();
    expect(world.asked).toHaveLength(1);
    expect(howdah.newest?.outcome).toMatchObject({
      code: 'unknown',
      says: 'pg-b was not seen to have done it in time. pg-c was not asked.',
    });
  });
});

describe('one at a time', () => {
  test('on one process: the second is told what is under way', async () => {
    const { world, howdah, wanted } = begun();
    const both = [howdah.runs.start(wanted), howdah.runs.start({ ...wanted, wish: toC })];
    const results = await Promise.allSettled(both);
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    await rest();
    expect((await refusal(howdah.runs.start(wanted))).code).toBe('busy');
    expect(world.asked).toHaveLength(1);
  });

  test('on one process, also while the first one’s turn is just being taken', async () => {
    const { world, howdah, wanted } = begun();
    const first = howdah.runs.start(wanted);
    let second: Promise<unknown> | null = null;
    let resumed: Promise<unknown> | null = null;
    world.zookeeper.latency = async () => {
      if (second !== null || world.zookeeper.get(RECORD) === null) return;
      second = refusal(howdah.runs.start({ ...wanted, wish: toC }));
      // What is stored is read afresh meanwhile, too.
      resumed = howdah.runs.resume('main', [ID]);
    };
    const { id } = await first;
    expect(await second).toMatchObject({ code: 'busy' });
    await resumed;
    await rest();
    expect([howdah.newest?.id, howdah.outcome, world.asked.length]).toEqual([id, undefined, 1]);
    expect(howdah.errors).toEqual([]);
  });

  test('of two processes: whoever creates the record has the turn', async () => {
    const { world, wanted } = begun();
    const both = [new Howdah(world), new Howdah(world)];
    const results = await Promise.allSettled(both.map((one) => one.runs.start(wanted)));
    await rest();
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(world.asked).toHaveLength(1);
  });

  test('and the next one when that has ended', async () => {
    const { world, howdah, start } = begun();
    world.obeys = true;
    await start();
    await howdah.goesOn();
    expect(howdah.outcome).toBe('done');
    await howdah.runs.start(world.wanted({ ...switchover, candidate: 'pg-a' }));
    await howdah.goesOn();
    expect(world.asked).toHaveLength(2);
    expect(howdah.outcome).toBe('done');
  });

  test('a run of a living process is left to it', async () => {
    const { world, howdah: first, start } = begun();
    await start();
    await rest();
    const second = new Howdah(world);
    expect(await second.runs.resume('main', [ID])).toEqual([ID]);
    expect(second.newest).toBeUndefined();
    first.end();
    expect(await second.runs.resume('main', [ID])).toEqual([]);
    world.lead('pg-b');
    second.look();
    await rest();
    expect(second.outcome).toBe('done');
    expect(world.asked).toHaveLength(1);
  });

  test('a run is claimed again by a process whose session has expired', async () => {
    const { world, howdah, start } = begun();
    await start();
    await rest();
    world.zookeeper.remove(`${RECORD}/owner`);
    expect(await howdah.runs.resume('main', [ID])).toEqual([]);
    expect(world.zookeeper.get(`${RECORD}/owner`)).not.toBeNull();
    expect(await new Howdah(world).runs.resume('main', [ID])).toEqual([ID]);
  });

  test('and left to whoever has taken it up meanwhile', async () => {
    const { world, howdah, start } = begun();
    await start();
    await rest();
    world.zookeeper.remove(`${RECORD}/owner`);
    const other = new Howdah(world);
    await other.runs.resume('main', [ID]);
    await rest();
    await howdah.runs.resume('main', [ID]);
    await rest();
    world.lead('pg-b');
    other.look();
    // It decides nothing by itself any more, and shows what the other one does.
    howdah.look();
    await rest();
    await world.clock.pass(4000);
    await rest();
    expect([other.outcome, howdah.outcome]).toEqual(['done', 'done']);
    // Told once, or twice the same.
    expect(new Set(world.audited.map(({ result }) => result))).toEqual(new Set(['done']));
  });

  test('and taken up by whoever shows it, a while after nobody has it any more', async () => {
    const { world, howdah: first, start } = begun();
    await start();
    await rest();
    const second = new Howdah(world);
    const { view } = world;
    expect(view && (await second.runs.another(view, '10'))).toBe(true);
    await world.clock.pass(10_000);
    expect(second.newest).toBeUndefined();
    first.end();
    await world.clock.pass(2000);
    expect(second.newest).toBeUndefined();
    await world.clock.pass(3000);
    await rest();
    expect(second.newest?.state).toBe('observing');
    expect(world.asked).toHaveLength(1);
  });

  test('and shown by another Howdah as its record is written, also one that moves no leadership', async () => {
    const { world, start } = begun({ kind: 'reload', members: ['pg-b'] });
    const other = new Howdah(world);
    const recordIsRead = async () => {
      other.runs.recordRead('main', ID, world.zookeeper.get(RECORD));
      await rest();
    };
    await recordIsRead();
    expect(other.shown).toBeNull();
    const { id } = await start();
    await recordIsRead();
    expect(other.shown).toMatchObject({ id, kind: 'reload' });
    expect(other.shown?.outcome).toBeNull();
    // It is the other one's to carry out.
    expect(other.newest).toBeUndefined();
    // Garbage is told to whoever wants to operate, and is no error of this process.
    const good = world.zookeeper.get(RECORD)?.data ?? '';
    world.zookeeper.put(RECORD, '{');
    await recordIsRead();
    expect(other.shown).toMatchObject({ id });
    world.zookeeper.put(RECORD, good);
    other.shown = null;
    other.runs.recordRead('elsewhere', ID, world.zookeeper.get(RECORD));
    await rest();
    expect(other.shown).toBeNull();
    expect(other.errors).toEqual([]);
  });

  test('a claim whose answer was lost is known again, and keeps nobody out', async () => {
    const { world, howdah, wanted } = begun();
    // Before the record: its folder. Then the record itself, and the claim.
    let calls = 0;
    howdah.session.loses = () => {
      calls += 1;
      const isClaim = world.zookeeper.get(RECORD) !== null && calls > 0;
      if (!isClaim) return 'nothing';
      howdah.session.loses = null;
      return 'answer';
    };
    expect((await refusal(howdah.runs.start(wanted))).code).toBe('unavailable');
    expect(world.zookeeper.get(`${RECORD}/owner`)).not.toBeNull();
    // The next one ends what was left behind, and the one after that has the turn.
    expect((await refusal(howdah.runs.start(wanted))).code).toBe('busy');
    await rest();
    expect(howdah.outcome).toBe('failed');
    await howdah.runs.start(wanted);
    await rest();
    expect(world.asked).toHaveLength(1);
  });
});

describe('what Patroni answers', () => {
  test('by REST: a refusal ends it', async () => {
    const { world, howdah, start } = begun();
    world.rest = async () => ({ is: 'answered', status: 412, text: 'candidate does not exist' });
    await start();
    await rest();
    expect(howdah.newest?.outcome).toMatchObject({ code: 'refused' });
    expect(howdah.newest?.outcome?.says).toContain('candidate does not exist');
  });

  const unreached = async () => ({ is: 'not-sent', why: 'nothing listens there' }) as const;

  test('not at all, because it was certainly not reached: then once by ZooKeeper', async () => {
    const { world, howdah, start } = begun();
    world.rest = unreached;
    await start();
    await rest();
    expect(world.asked).toEqual([]);
    expect(world.view?.request).toMatchObject({ leader: 'pg-a', candidate: 'pg-b' });
    expect(howdah.newest?.steps.find((step) => step.code === 'requested')?.says).toContain(
      'ZooKeeper',
    );
    world.zookeeper.set(`${SCOPE}/failover`, '{}');
    world.lead('pg-b');
    howdah.look();
    expect(howdah.outcome).toBe('done');
  });

  test('not at all, with a request of somebody else in ZooKeeper meanwhile: refused', async () => {
    const { world, howdah, start } = begun();
    world.rest = async () => {
      world.request({ leader: 'pg-a', member: 'pg-c' });
      return unreached();
    };
    await start();
    await rest();
    expect(howdah.outcome).toBe('refused');
    expect(world.view?.request).toMatchObject({ candidate: 'pg-c' });
  });

  test('not at all, and the leader has moved meanwhile: nothing by ZooKeeper', async () => {
    const { world, howdah, start } = begun();
    world.rest = async () => {
      world.lead('pg-c');
      return unreached();
    };
    await start();
    await rest();
    expect([world.asked, world.view?.request]).toEqual([[], null]);
    expect(howdah.outcome).toBe('refused');
  });

  test('not at all, and ZooKeeper neither: no step says that anybody was asked', async () => {
    const { world, howdah, start } = begun();
    world.rest = async () => {
      howdah.connected = false;
      return unreached();
    };
    await start();
    await rest();
    expect(howdah.newest?.outcome).toMatchObject({
      code: 'failed',
      says: expect.stringContaining('Nothing was sent'),
    });
    expect(howdah.newest?.steps.find(({ code }) => code === 'requested')?.at).toBeNull();
  });

  /** After the last check before the write to ZooKeeper, `then` happens while the process stands still. */
  function stalls(then: (world: World) => void, ms = 1500) {
    const all = begun();
    const { world } = all;
    world.rest = async () => {
      world.zookeeper.latency = async () => {
        const { howdah } = all;
        const asks = howdah.newest?.steps.find(({ code }) => code === 'requested')?.says;
        if (!asks?.includes('ZooKeeper') || howdah.outcome) return;
        world.zookeeper.latency = null;
        await world.clock.pass(ms);
        then(world);
      };
      return unreached();
    };
    return all;
  }

  test.each([
    ['at once', 0],
    ['while it stood still', 1500],
  ])('not at all, and a new leader after the last check, %s: nothing is sent', async (_, ms) => {
    const { world, howdah, start } = stalls((moved) => {
      moved.lead('pg-c');
      moved.lead('pg-a');
      // As Patroni leaves it behind.
      moved.request({});
    }, ms);
    await start();
    await rest();
    expect(world.view?.request).toBeNull();
    expect(howdah.newest?.outcome?.says).toMatch(/^Nothing was sent: /);
    expect(howdah.newest?.steps.find(({ code }) => code === 'requested')?.at).toBeNull();
  });

  test('not at all, and another process has taken the run up while it stood still: nothing is sent', async () => {
    const { world, howdah, start } = stalls(({ zookeeper }) => {
      zookeeper.remove(`${RECORD}/owner`);
      zookeeper.set(RECORD, zookeeper.get(RECORD)?.data ?? '');
    });
    await start();
    for (let i = 0; i < 3; i += 1) await rest();
    expect([world.asked, world.view?.request]).toEqual([[], null]);
    expect(howdah.outcome).not.toBe('done');
  });

  test('not at all, having stood still after its last check: it checks again, and then asks', async () => {
    const { world, start } = stalls(() => {});
    await start();
    for (let i = 0; i < 3; i += 1) await rest();
    expect(world.view?.request).toMatchObject({ candidate: 'pg-b' });
  });

  test('not in time, perhaps received: it is only observed', async () => {
    const { world, howdah, start } = begun();
    world.rest = async () => ({ is: 'unanswered', why: 'timeout' });
    await start();
    await rest();
    expect(world.asked).toHaveLength(1);
    expect(howdah.newest?.state).toBe('observing');
    await world.clock.pass(320_000);
    await rest();
    expect(howdah.outcome).toBe('failed');
    expect(world.asked).toHaveLength(1);
  });

  test('without an address of a REST API, goes by ZooKeeper', async () => {
    const { world, start } = begun();
    world.part = { members: [aLeader('pg-a', { apiUrl: null }), aStandby('pg-b')] };
    await start();
    await rest();
    expect(world.view?.request).toMatchObject({ candidate: 'pg-b' });
    expect(world.asked).toEqual([]);
  });
});

describe('what is seen later', () => {
  const unanswered = async () => ({ is: 'unanswered', why: 'timeout' }) as const;

  test('an end that was unknown and is seen later is told beside it, with what it cost', async () => {
    const { world, howdah, start } = begun();
    world.rest = unanswered;
    const view = await start();
    expect(view.by).toBe('ann@example.org');
    await rest();
    world.lead(null);
    await world.clock.pass(320_000);
    await rest();
    expect(world.audited).toMatchObject([{ result: 'unknown', resolves: false }]);
    world.lead('pg-b');
    const lastOutage = { from: 'pg-a', to: 'pg-b', startedAt: 1_000_000, endedAt: 1_000_700 };
    world.part = { lastOutage };
    howdah.look();
    await rest();
    expect(world.audited.slice(1)).toMatchObject([
      { result: 'done', resolves: true, cost: { outageMs: 700, tookMs: expect.any(Number) } },
    ]);
    // And its end was in the audit before it was on record.
    expect(recordOf(world)).toMatchObject({
      ...{ act: act.id, view: { by: 'ann@example.org', outcome: { code: 'done' } } },
    });
  });

  test('an end that is on record and never came to the audit is told by whoever takes it up', async () => {
    const { world, howdah, start } = begun();
    world.rest = unanswered;
    await start();
    await rest();
    world.lead(null);
    await world.clock.pass(320_000);
    world.lead('pg-b');
    howdah.look();
    await rest();
    const [first, resolution] = world.audited.splice(0);
    expect([first?.resolves, resolution?.resolves]).toEqual([false, true]);
    howdah.end();
    // Of both, the one that is on record, as it was told: so it is there once where it had come.
    await new Howdah(world).runs.resume('main', [ID]);
    await rest();
    expect(world.audited).toEqual([resolution]);
    await world.clock.pass(8 * 86_400_000);
    await new Howdah(world).runs.resume('main', [ID]);
    expect(world.audited).toHaveLength(1);
  });

  test('what is no act of the audit is told to nobody; a record from before there was a choice is a switchover’s', async () => {
    const { world, howdah, wanted } = begun();
    await howdah.runs.start(wanted);
    await rest();
    const { act: _, wish: __, targets: ___, view, seen, ...run } = recordOf(world);
    const { by: ____, title: _____, kind: ______, cause: _______, ...older } = view;
    const { requestVersion: ________, lossBytes: _________, ...saw } = seen;
    howdah.end();
    world.zookeeper.set(RECORD, JSON.stringify({ ...run, seen: saw, view: older }));
    const second = new Howdah(world);
    await second.runs.resume('main', [ID]);
    expect(second.newest?.title).toBe('Switchover from pg-a to pg-b');
    world.lead('pg-b');
    second.look();
    await rest();
    expect(second.outcome).toBe('done');
    expect(world.audited).toEqual([]);
  });

  test('what a lost ensemble last showed decides nothing; what it shows when it is back does', async () => {
    const { world, howdah, start } = begun();
    await start();
    await rest();
    howdah.connected = false;
    world.lead('pg-b');
    howdah.look();
    await world.clock.pass(400_000);
    expect(howdah.outcome).toBeUndefined();
    howdah.connected = true;
    await howdah.runs.resume('main', [ID]);
    howdah.look();
    await rest();
    expect(howdah.outcome).toBe('done');
    expect(recordOf(world).view.outcome.code).toBe('done');
  });
});

describe('a process that stopped while it asked', () => {
  test('leaves a doubt, which is over once the leader’s session would have been', async () => {
    const { world, howdah, start } = begun();
    world.rest = () => new Promise(() => {});
    await start();
    await rest();
    howdah.end();
    const heir = new Howdah(world);
    await heir.runs.resume('main', [ID]);
    await rest();
    expect([heir.newest?.state, heir.outcome]).toEqual(['observing', undefined]);
    await world.clock.pass(39_000);
    expect(heir.outcome).toBeUndefined();
    await world.clock.pass(2000);
    expect(heir.newest?.outcome).toMatchObject({
      ...{ code: 'failed', says: 'Nothing came of it: pg-a still leads.' },
    });
    expect(world.asked).toEqual([]);
  });
});

describe('a process that stood still', () => {
  test('and whose record another has taken up before it asked asks nobody, and shows what became of it', async () => {
    const { world, howdah, start } = begun();
    world.rest = async () => {
      // Its session has expired; the other one has done with it.
      world.zookeeper.remove(`${RECORD}/owner`);
      const other = new Howdah(world);
      await other.runs.resume('main', [ID]);
      await rest();
      world.lead('pg-b');
      other.look();
      await rest();
      expect(other.outcome).toBe('done');
      return { is: 'answered', status: 200, text: 'ok' };
    };
    await start();
    for (let i = 0; i < 6; i += 1) await rest();
    expect(world.asked).toEqual([]);
    expect(howdah.outcome).toBe('done');
    expect(howdah.runs.known.running(ID)).toBeNull();
    // Told once, or twice the same.
    expect(new Set(world.audited.map(({ result }) => result))).toEqual(new Set(['done']));
  });

  test('while the other still carries it out follows that, and goes on itself once the other is gone', async () => {
    const { world, howdah, start } = begun();
    let other: Howdah | null = null;
    world.rest = async () => {
      world.zookeeper.remove(`${RECORD}/owner`);
      other = new Howdah(world);
      await other.runs.resume('main', [ID]);
      await rest();
      return { is: 'answered', status: 200, text: 'ok' };
    };
    await start();
    await rest();
    expect([world.asked, howdah.outcome]).toEqual([[], undefined]);
    expect((await refusal(howdah.runs.start(world.wanted(switchover)))).code).toBe('busy');
    howdah.look();
    (other as Howdah | null)?.end();
    await world.clock.pass(4000);
    world.lead('pg-b');
    howdah.look();
    await rest();
    expect(howdah.outcome).toBe('done');
    expect(recordOf(world).view.outcome.code).toBe('done');
  });

  test.each([
    ['ahead', 10_000_000, 60_000],
    ['behind', -900_000, 300_000],
  ])(
    'a run taken up by one whose clock is %s has its time by that clock',
    async (_, by, within) => {
      const { world, howdah, start } = begun();
      await start();
      await rest();
      howdah.end();
      const other = new World();
      const { view: was, deadline } = recordOf(world);
      const shifted = { ...recordOf(world), deadline: deadline - by };
      other.zookeeper.put(
        RECORD,
        JSON.stringify({ ...shifted, view: { ...was, startedAt: was.startedAt - by } }),
      );
      const second = new Howdah(other);
      await second.runs.resume('main', [ID]);
      await rest();
      await other.clock.pass(within - 10_000);
      expect(second.outcome).toBeUndefined();
      await other.clock.pass(20_000);
      await rest();
      expect(second.outcome).toBe('failed');
    },
  );

  test('a record that somebody has written over stops the run before it asks', async () => {
    const { world, howdah, start } = begun();
    await start();
    world.zookeeper.set(RECORD, world.zookeeper.get(RECORD)?.data ?? '');
    await rest();
    expect(world.asked).toEqual([]);
    await rest();
    expect(howdah.outcome).toBe('failed');
    expect(howdah.newest?.outcome?.says).toContain('before anything was sent');
  });
});

test('a restart is called off only while it is the one that was seen', async () => {
  const [seen, later] = ['2030-01-01T00:00:00Z', '2030-01-02T00:00:00Z'];
  const world = new World();
  const howdah = new Howdah(world);
  world.planRestart('pg-b', seen);
  world.rest = async () => {
    // Somebody schedules another before it is asked.
    world.planRestart('pg-b', later);
    return { is: 'answered', status: 200, text: 'ok' };
  };
  await howdah.runs.start(world.wanted({ kind: 'cancel-restart', member: 'pg-b', at: seen }));
  await howdah.goesOn();
  expect(howdah.newest?.outcome).toMatchObject({
    code: 'failed',
    says: expect.stringContaining('another one stands there'),
  });
  expect([world.asked, world.view?.members[1]?.scheduledRestart]).toEqual([[], later]);
});
