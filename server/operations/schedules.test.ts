import { beforeEach, describe, expect, test } from 'vitest';
import { begin, endAs, type Run } from '@/lib/operations/run';
import { aRequest, seenOfSample } from '@/lib/operations/sample-run';
import { madeBy, standingRestarts, standingSwitchover } from '@/lib/operations/scheduled';
import type { Wish } from '@/lib/operations/wish';
import { aCluster } from '@/lib/topology/sample-cluster';
import { FakeZooKeeper } from '../adapters/zookeeper/fake-zookeeper';
import { FakeClock } from '../fake-clock';
import { Schedules } from './schedules';
import { rest } from './world-for-tests';

const { id } = aCluster();
const NOTE = `/howdah/schedules/${id}`;
const due = (at: number) =>
  aCluster({ request: aRequest({ scheduledAt: new Date(at).toISOString() }) });
const scheduling = (at: number): Run => {
  const wish = { kind: 'switchover', candidate: 'pg-b', at: new Date(at).toISOString() } as const;
  const run = begin({ seen: seenOfSample, reason: '', wish }, aCluster(), {
    ...{ id: 'own', now: 1, patienceMs: 1, act: { id: 'act', by: 'ann' } },
  });
  return endAs(run, ['done', 'it stands'], 2);
};

let zookeeper: FakeZooKeeper;
let clock: FakeClock;
beforeEach(() => {
  zookeeper = new FakeZooKeeper();
  clock = new FakeClock();
});

/** One Howdah, with the newest run that it knows. */
function howdah(run: Run | null) {
  const session = zookeeper.session(() => {});
  const schedules = new Schedules({
    ...{ clock, folder: '/howdah/schedules', access: () => session, standing: standingSwitchover },
    made: (_, which) => run && madeBy(run, which),
    onError: (error) => {
      throw error;
    },
  });
  const see = async (view: ReturnType<typeof aCluster>) => {
    schedules.observe(view);
    await rest();
  };
  return { schedules, see };
}

describe('a schedule that was made with Howdah', () => {
  test('is known to every Howdah by whom, and by its moment alone', async () => {
    await howdah(scheduling(5000)).see(due(5000));
    const other = howdah(scheduling(9000));
    await other.see(due(5000));
    expect(other.schedules.by(id, { about: '', at: 5000 })).toMatchObject({ by: 'ann' });
    expect(other.schedules.by(id, { about: '', at: 7000 })).toBeNull();
  });

  test('is noted a moment after another Howdah has seen it', async () => {
    const other = howdah(null);
    await other.see(due(5000));
    expect(other.schedules.by(id, { about: '', at: 5000 })).toBeNull();
    await howdah(scheduling(5000)).see(due(5000));
    await clock.pass(2000);
    await rest();
    expect(other.schedules.by(id, { about: '', at: 5000 })).toMatchObject({ by: 'ann' });
  });

  test('is forgotten in ZooKeeper once it is gone, and not with a later one', async () => {
    const [one, slow] = [howdah(scheduling(5000)), howdah(null)];
    await one.see(due(5000));
    await slow.see(due(5000));
    await one.see(aCluster());
    expect(zookeeper.get(NOTE)).toBeNull();
    // What comes of it is seen after the request is gone.
    expect(one.schedules.by(id, { about: '', at: 5000 })).toMatchObject({ by: 'ann' });
    await howdah(scheduling(9000)).see(due(9000));
    await slow.see(aCluster());
    expect(zookeeper.get(NOTE)).not.toBeNull();
  });

  test('is not one that is only asked for, nor one by other means', async () => {
    const open = scheduling(5000);
    const one = howdah({ ...open, view: { ...open.view, outcome: null } });
    await one.see(due(5000));
    const other = howdah(scheduling(9000));
    await other.see(due(5000));
    expect([
      one.schedules.by(id, { about: '', at: 5000 }),
      other.schedules.by(id, { about: '', at: 5000 }),
    ]).toEqual([null, null]);
    expect(zookeeper.get(NOTE)).toBeNull();
  });
});

test('restarts of two members are noted beside each other, each by its own moment', async () => {
  const restart = (member: string, at: number): Run => {
    const moment = new Date(at).toISOString();
    const wish: Wish = { kind: 'restart', members: [member], pendingOnly: false, at: moment };
    const run = begin({ seen: seenOfSample, reason: '', wish }, aCluster(), {
      ...{ id: 'own', now: 1, patienceMs: 1, act: { id: 'act', by: `${member}'s` } },
    });
    return endAs(run, ['done', 'it stands'], 2);
  };
  let newest = restart('pg-b', 5000);
  const session = zookeeper.session(() => {});
  const schedules = new Schedules({
    ...{ clock, folder: '/howdah/scheduled-restarts', access: () => session },
    standing: standingRestarts,
    made: (_, which) => madeBy(newest, which),
    onError: (error) => {
      throw error;
    },
  });
  const standing = (moments: Readonly<Record<string, number>>) =>
    aCluster({
      members: aCluster().members.map((one) => {
        const at = moments[one.name];
        return { ...one, scheduledRestart: at ? new Date(at).toISOString() : null };
      }),
    });
  schedules.observe(standing({ 'pg-b': 5000 }));
  await rest();
  newest = restart('pg-c', 6000);
  schedules.observe(standing({ 'pg-b': 5000, 'pg-c': 6000 }));
  await rest();
  schedules.observe(standing({ 'pg-c': 6000 }));
  await rest();
  const by = (about: string, at: number) => schedules.by(id, { about, at })?.by ?? null;
  expect([by('pg-b', 5000), by('pg-c', 6000), by('pg-c', 5000)]).toEqual([
    ...["pg-b's", "pg-c's", null],
  ]);
  expect(zookeeper.get(`/howdah/scheduled-restarts/${id}~pg-b`)).toBeNull();
  expect(zookeeper.get(`/howdah/scheduled-restarts/${id}~pg-c`)).not.toBeNull();
});
