import { describe, expect, test } from 'vitest';
import { answers, attention, hangs, ProbeFarm, refuses, subjectAt, TIMEOUT_MS } from './probe-farm';

function oneCluster(members = 2) {
  const farm = new ProbeFarm();
  const [id = ''] = farm.add(1, members);
  return { farm, id, clock: farm.clock, schedule: farm.schedule };
}

describe('a member is asked', () => {
  test('soon, then slowly, then often once somebody looks, and oftener while something is done', async () => {
    const { farm, clock, schedule } = oneCluster();
    await clock.pass(500);
    expect(farm.count('c0/m0')).toBe(1);
    await clock.pass(30_000);
    expect(farm.count('c0/m0')).toBeGreaterThanOrEqual(6);
    expect(farm.count('c0/m0')).toBeLessThanOrEqual(8);
    const slow = farm.count('c0/m0');
    schedule.attend(attention(['c0']));
    await clock.pass(60);
    expect(farm.count('c0/m0')).toBe(slow + 1);
    await clock.pass(10_000);
    expect(farm.count('c0/m0') - slow).toBeGreaterThanOrEqual(10);
    expect(farm.count('c0/m0') - slow).toBeLessThanOrEqual(12);
    const often = farm.count('c0/m0');
    schedule.attend(attention(['c0'], ['c0']));
    await clock.pass(5000);
    expect(farm.count('c0/m0') - often).toBeGreaterThanOrEqual(19);
  });

  test('in even steps while nothing changes', async () => {
    const { farm, clock, schedule } = oneCluster();
    schedule.attend(attention(['c0']));
    await clock.pass(3000);
    const since = clock.now();
    await clock.pass(20_000);
    for (const gap of farm.gaps('c0/m1', since).slice(0, -1)) expect(gap).toBeCloseTo(1000, -1);
  });

  test('though another one hangs', async () => {
    const { farm, clock, schedule } = oneCluster();
    farm.manners.set('c0/m1', hangs);
    schedule.attend(attention(['c0']));
    await clock.pass(10_000);
    expect(farm.count('c0/m1')).toBeLessThanOrEqual(4);
    expect(farm.count('c0/m0')).toBeGreaterThanOrEqual(9);
  });

  test('more and more rarely while it fails, and at once when its condition changes', async () => {
    const { farm, clock, schedule } = oneCluster(1);
    farm.manners.set('c0/m0', refuses);
    schedule.attend(attention(['c0']));
    await clock.pass(120_000);
    expect(farm.count('c0/m0')).toBeLessThan(12);
    const before = farm.count('c0/m0');
    farm.clusters.get('c0')?.set('m0', subjectAt('h0', 'primary running'));
    schedule.update('c0');
    await clock.pass(100);
    expect(farm.count('c0/m0')).toBe(before + 1);
  });

  test('at once after it hung in a condition that has changed meanwhile', async () => {
    const { farm, clock, schedule } = oneCluster(1);
    farm.manners.set('c0/m0', hangs);
    await clock.pass(60_000);
    while (farm.connections === 0) await clock.pass(100);
    farm.clusters.get('c0')?.set('m0', subjectAt('h0', 'primary running'));
    schedule.update('c0');
    farm.manners.set('c0/m0', answers);
    const asked = farm.count('c0/m0');
    await clock.pass(TIMEOUT_MS + 200);
    expect(farm.count('c0/m0')).toBe(asked + 1);
  });

  test('where it is now: a new address ends what there was to the old one', async () => {
    const { farm, clock, schedule } = oneCluster(1);
    await clock.pass(1000);
    farm.clusters.get('c0')?.set('m0', subjectAt('elsewhere'));
    schedule.update('c0');
    expect(farm.forgotten).toEqual(['c0/m0']);
    await clock.pass(6000);
    expect(farm.connections).toBe(1);
    expect(farm.count('c0/m0')).toBeGreaterThanOrEqual(2);
  });
});

describe('a member that goes', () => {
  test('is asked no more, and its connection ends even while it is opening', async () => {
    const { farm, clock, schedule } = oneCluster(1);
    farm.manners.set('c0/m0', hangs);
    await clock.pass(1000);
    farm.clusters.get('c0')?.delete('m0');
    schedule.update('c0');
    expect(farm.forgotten).toEqual(['c0/m0']);
    await clock.pass(30_000);
    expect(farm.count('c0/m0')).toBe(1);
    expect(farm.results).toEqual([]);
    expect(clock.pending).toBe(0);
    expect(schedule.view()).toMatchObject({ members: 0, unreachable: 0, connections: 0 });
  });

  test('and comes back under its name keeps the connection that is opened for it then', async () => {
    const { farm, clock, schedule } = oneCluster(1);
    farm.manners.set('c0/m0', { takesMs: 300 });
    await clock.pass(100);
    const subjects = farm.clusters.get('c0') ?? new Map();
    farm.clusters.set('c0', new Map());
    schedule.update('c0');
    farm.clusters.set('c0', subjects);
    schedule.update('c0');
    await clock.pass(2000);
    expect(farm.connections).toBe(1);
    expect(farm.forgotten).toEqual(['c0/m0']);
  });

  test('without a word is found out', async () => {
    const { farm, clock, schedule } = oneCluster(2);
    await clock.pass(1000);
    farm.clusters.get('c0')?.delete('m1');
    await clock.pass(70_000);
    expect(schedule.view()).toMatchObject({ members: 1, connections: 1 });
  });
});

describe('three thousand members', () => {
  test('at five seconds never come in bursts, not at the start and not when somebody looks at all', async () => {
    const farm = new ProbeFarm({ mostConnections: 4000 });
    const ids = farm.add(1000, 3);
    await farm.clock.pass(15_000);
    // Even is 60 in 100 ms; at the start 10 more come out of turn.
    expect(farm.busiest(100)).toBeLessThan(90);
    for (const key of farm.keys) expect(Math.max(...farm.gaps(key))).toBeLessThan(6500);
    const steady = farm.clock.now();
    await farm.clock.pass(5000);
    expect(farm.busiest(100, steady)).toBeLessThan(75);
    farm.schedule.attend(attention(ids));
    const attended = farm.clock.now();
    await farm.clock.pass(3000);
    // Even is 300 in 100 ms; who was due anyway is asked in both turns.
    expect(farm.busiest(100, attended)).toBeLessThan(400);
    expect(farm.busiest(1000, attended)).toBeLessThan(3300);
    farm.schedule.attend(attention([]));
    const left = farm.clock.now();
    await farm.clock.pass(10_000);
    expect(farm.busiest(100, left + 1500)).toBeLessThan(90);
    expect(farm.schedule.view().behind).toBeNull();
  }, 60_000);

  test('after the process was held up catch up in their turns', async () => {
    const farm = new ProbeFarm({ mostConnections: 4000 });
    farm.add(500, 3);
    await farm.clock.pass(10_000);
    const late = farm.schedule.counters.late;
    // As a SIGSTOP does it: time has passed, and no timer has gone off.
    const now = farm.clock.now.bind(farm.clock);
    let ahead = 0;
    farm.clock.now = () => now() + ahead;
    ahead = 60_000;
    const since = farm.clock.now();
    await farm.clock.pass(5200);
    expect(farm.busiest(100, since)).toBeLessThan(60);
    expect(new Set(farm.polls.filter(({ at }) => at >= since).map(({ key }) => key)).size).toBe(
      1500,
    );
    expect(farm.schedule.counters.late - late).toBeGreaterThan(1000);
  }, 60_000);
});

test('a clock that is set back an hour silences nobody', async () => {
  const { farm, clock } = oneCluster(3);
  await clock.pass(10_000);
  const before = farm.polls.length;
  const now = clock.now.bind(clock);
  clock.now = () => now() - 3_600_000;
  await clock.pass(7000);
  expect(farm.polls.length - before).toBeGreaterThanOrEqual(3);
});

describe('with more members than connections', () => {
  test('they take turns, everyone is asked in time, and the limit holds', async () => {
    const farm = new ProbeFarm({ mostConnections: 20 });
    farm.add(40, 3);
    await farm.clock.pass(60_000);
    expect(farm.most.total).toBe(20);
    for (const key of farm.keys) {
      expect(Math.max(...farm.gaps(key))).toBeLessThan(7500);
      expect(farm.count(key)).toBeGreaterThanOrEqual(11);
    }
    expect(farm.schedule.counters.rotated).toBeGreaterThan(1000);
    expect(farm.schedule.view()).toMatchObject({ mostConnections: 20, behind: null });
  });

  test('those somebody looks at keep theirs', async () => {
    const farm = new ProbeFarm({ mostConnections: 20 });
    farm.add(40, 3);
    await farm.clock.pass(10_000);
    farm.schedule.attend(attention(['c0', 'c1'], ['c2']));
    await farm.clock.pass(2000);
    farm.forgotten.length = 0;
    await farm.clock.pass(30_000);
    expect(farm.forgotten.filter((key) => /^c[012]\//.test(key))).toEqual([]);
    for (const key of farm.keys) expect(Math.max(...farm.gaps(key))).toBeLessThan(7500);
  });

  test('nobody starves, though more are looked at than connections are allowed', async () => {
    const farm = new ProbeFarm({ mostConnections: 6 });
    const ids = farm.add(10, 3);
    farm.schedule.attend(attention(ids.slice(0, 8)));
    await farm.clock.pass(60_000);
    for (const key of farm.keys) expect(Math.max(...farm.gaps(key))).toBeLessThan(20_000);
    expect(farm.most.total).toBe(6);
  });

  test('of one host, or of one cluster, its own limit holds', async () => {
    const farm = new ProbeFarm({ mostPerHost: 3, mostPerCluster: 2 });
    farm.add(5, 7, 4);
    await farm.clock.pass(60_000);
    expect(farm.most).toMatchObject({ host: 3, cluster: 2, doubles: 0 });
    for (const key of farm.keys) expect(Math.max(...farm.gaps(key))).toBeLessThan(7500);
  });
});

test('a member that fails while it is operated on is asked on, though many others hang', async () => {
  const farm = new ProbeFarm({ mostConnections: 8 });
  farm.add(20, 3);
  for (const key of farm.keys) farm.manners.set(key, hangs);
  farm.manners.set('c0/m0', refuses);
  await farm.clock.pass(30_000);
  farm.schedule.attend(attention([], ['c0']));
  await farm.clock.pass(2000);
  const since = farm.clock.now();
  await farm.clock.pass(10_000);
  const asked = farm.polls.filter(({ key, at }) => key === 'c0/m0' && at >= since);
  expect(asked.length).toBeGreaterThan(25);
});

test('answers that came while the process was held up are waited for, though others need the connection', async () => {
  const farm = new ProbeFarm({ mostConnections: 2 });
  const ids = farm.add(2, 4);
  farm.schedule.attend(attention(ids));
  for (const key of farm.keys) farm.manners.set(key, { takesMs: 400 });
  await farm.clock.pass(10_000);
  expect(farm.schedule.view().waiting).toBeGreaterThan(0);
  const now = farm.clock.now.bind(farm.clock);
  farm.clock.now = () => now() + 20_000;
  await farm.clock.pass(10_000);
  expect(farm.schedule.counters.cutShort).toBe(0);
  expect(farm.schedule.view().unreachable).toBe(0);
});

describe('half of the members hang for the whole time-out', () => {
  const half = (farm: ProbeFarm) => {
    const hung = new Set(farm.keys.filter((_, index) => index % 2 === 0));
    for (const key of hung) farm.manners.set(key, hangs);
    return farm.keys.filter((key) => !hung.has(key));
  };

  test.each([
    ['a connection for everybody', 1000, 900],
    ['few connections', 120, 900],
  ])(
    'with %s, the others are asked in time',
    async (_, mostConnections, members) => {
      const farm = new ProbeFarm({ mostConnections });
      farm.add(members / 3, 3);
      await farm.clock.pass(15_000);
      const healthy = half(farm);
      const since = farm.clock.now();
      await farm.clock.pass(60_000);
      for (const key of healthy) expect(Math.max(...farm.gaps(key, since))).toBeLessThan(7500);
      expect(farm.most.total).toBeLessThanOrEqual(mostConnections);
      expect(farm.schedule.view().behind).toBeNull();
      expect(farm.schedule.view().unreachable).toBe(members / 2);
      for (const key of farm.keys) expect(Math.max(...farm.gaps(key))).toBeLessThan(80_000);
    },
    60_000,
  );

  test('of members that share a few hosts with the others, those are asked in time', async () => {
    const farm = new ProbeFarm({ mostPerHost: 20 });
    farm.add(40, 3, 3);
    await farm.clock.pass(15_000);
    const healthy = half(farm);
    const since = farm.clock.now();
    await farm.clock.pass(60_000);
    for (const key of healthy) expect(Math.max(...farm.gaps(key, since))).toBeLessThan(7500);
    expect(farm.most.host).toBeLessThanOrEqual(20);
  });

  test('and answer again: everyone is back within the longest back-off', async () => {
    const farm = new ProbeFarm();
    farm.add(30, 3);
    await farm.clock.pass(10_000);
    half(farm);
    await farm.clock.pass(60_000);
    expect(farm.schedule.view().unreachable).toBe(45);
    farm.manners.clear();
    await farm.clock.pass(42_000);
    expect(farm.schedule.view().unreachable).toBe(0);
  });
});

describe('how far behind it is', () => {
  test('is said while polls that should be on time are not, with the oldest', async () => {
    // 60 members each a second over two connections of 100 ms: 20 a second can be asked.
    const farm = new ProbeFarm({ mostConnections: 2 });
    const ids = farm.add(20, 3);
    for (const key of farm.keys) farm.manners.set(key, { takesMs: 100 });
    farm.schedule.attend(attention(ids));
    await farm.clock.pass(30_000);
    const { behind, waiting, pollsPerSecond } = farm.schedule.view();
    expect(behind?.count).toBeGreaterThan(20);
    expect(waiting).toBeGreaterThanOrEqual(behind?.count ?? 0);
    expect(behind?.since).toBeLessThan(farm.clock.now() - 500);
    expect(pollsPerSecond).toBeGreaterThan(15);
    expect(pollsPerSecond).toBeLessThan(22);
    expect(farm.schedule.counters.late).toBeGreaterThan(100);
    for (const key of farm.keys) expect(Math.max(...farm.gaps(key))).toBeLessThan(10_000);
  });

  test('is counted with what failed and why, and every poll is told of', async () => {
    const told: { tookMs: number; ok: boolean; code: string | null }[] = [];
    const farm = new ProbeFarm({ onPoll: (poll) => told.push(poll) });
    farm.add(1, 2);
    farm.manners.set('c0/m1', refuses);
    await farm.clock.pass(12_000);
    const { polls, failures, late } = farm.schedule.counters;
    expect(polls).toBe(told.length);
    expect(failures.timeout).toBe(told.filter(({ ok }) => !ok).length);
    expect(failures.timeout).toBeGreaterThanOrEqual(2);
    expect(failures.unreachable).toBe(0);
    expect(late).toBe(0);
    expect(told.find(({ ok }) => ok)).toEqual({ tookMs: 3, ok: true, code: null });
  });
});
