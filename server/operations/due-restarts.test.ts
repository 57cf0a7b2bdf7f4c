import { beforeEach, describe, expect, test } from 'vitest';
import type { OperationView } from '@/lib/operations/types';
import { aCluster } from '@/lib/topology/sample-cluster';
import type { ClusterView, MemberView } from '@/lib/topology/view';
import { FakeClock } from '../fake-clock';
import { DueRestarts } from './due-restarts';

const { id } = aCluster();
let clock: FakeClock;
let due: DueRestarts;
let view: ClusterView;
let shown: OperationView[];
let by: string | null;
let at: number;
/** Nothing is looked at by itself. */
let isFrozen: boolean;
let isConnected: boolean;

/** The cluster is seen, with pg-b as it is now. */
function see(part: Partial<MemberView>): void {
  const members = view.members.map((one) => (one.name === 'pg-b' ? { ...one, ...part } : one));
  view = { ...view, members };
  due.observe(view);
}
const scheduled = (moment: number | null) => ({
  scheduledRestart: moment === null ? null : new Date(moment).toISOString(),
});
const newest = () => due.list(id)[0];

beforeEach(() => {
  clock = new FakeClock();
  at = clock.now() + 60_000;
  view = aCluster();
  shown = [];
  by = null;
  isFrozen = false;
  isConnected = true;
  due = new DueRestarts({
    ...{ clock, view: () => (isFrozen ? null : view), connected: () => isConnected },
    scheduledBy: () => (by === null ? null : { by }),
    onRun: (run) => shown.push(run),
  });
});

describe('a restart that was scheduled', () => {
  test('is a run from its moment on, and done once PostgreSQL has started anew', async () => {
    by = 'ann@example.org';
    see(scheduled(at));
    await clock.pass(59_000);
    expect(newest()).toBeUndefined();
    await clock.pass(1100);
    expect(newest()).toMatchObject({
      ...{ title: 'Scheduled restart of pg-b', by, cause: 'howdah', startedAt: at },
      ...{ state: 'observing', outcome: null },
    });
    expect(due.active).toEqual([id]);
    see({ ...scheduled(null), state: 'restarting', startedAt: null });
    await clock.pass(2000);
    see({ state: 'running', startedAt: at + 1500 });
    expect(newest()?.outcome).toMatchObject({ code: 'done' });
    expect(newest()?.outcome?.says).toBe('pg-b of orders has been restarted.');
    expect(due.active).toEqual([]);
    expect(shown.at(-1)).toBe(newest());
  });

  test('by somebody else is told as not by Howdah', async () => {
    see(scheduled(at));
    await clock.pass(61_000);
    expect(newest()).toMatchObject({ cause: 'request', by: null });
  });

  test('and that Patroni did not carry out has failed, once that can be told', async () => {
    see(scheduled(at));
    await clock.pass(60_100);
    see(scheduled(null));
    expect(newest()?.outcome).toBeNull();
    // A primary may take two loops to let go of a synchronous standby.
    await clock.pass(50_000);
    expect(newest()?.outcome).toBeNull();
    await clock.pass(6000);
    expect(newest()?.outcome).toMatchObject({ code: 'failed' });
    expect(newest()?.outcome?.says).toContain('Patroni has dropped the schedule');
  });

  test('is not done by a start before its moment that is seen after it', async () => {
    see(scheduled(at));
    await clock.pass(60_100);
    see({ ...scheduled(null), startedAt: at - 500 });
    expect(newest()?.outcome).toBeNull();
    await clock.pass(60_000);
    expect(newest()?.outcome).toMatchObject({ code: 'failed' });
  });

  test.each([
    ['paused', () => (view = { ...view, mode: { ...view.mode, paused: true } }), 'was paused'],
    ['a copy', () => see({ state: 'creating replica' }), 'was creating replica at that moment'],
    [
      'gone',
      () => see({ presence: { is: 'missing', since: clock.now() } }),
      'was not in ZooKeeper at that moment',
    ],
  ] as const)(
    'is not known to be done by Patroni where it was %s then, whatever starts PostgreSQL',
    async (_, happens, says) => {
      see(scheduled(at));
      await clock.pass(59_000);
      happens();
      await clock.pass(1100);
      expect(newest()?.outcome).toMatchObject({ code: 'unknown' });
      expect(newest()?.outcome?.says).toContain(says);
      view = { ...view, mode: { ...view.mode, paused: false } };
      see({
        ...scheduled(null),
        presence: { is: 'present' },
        state: 'running',
        startedAt: at + 9000,
      });
      expect(newest()?.outcome).toMatchObject({ code: 'unknown' });
      expect(due.active).toEqual([]);
    },
  );

  test('that ends as not known stays so, whoever starts PostgreSQL later', async () => {
    see(scheduled(at));
    await clock.pass(500_000);
    expect(newest()?.outcome).toMatchObject({ code: 'unknown' });
    see({ ...scheduled(null), startedAt: at + 500_000 });
    expect(newest()?.outcome).toMatchObject({ code: 'unknown' });
  });

  test('called off within Patroni’s last loop is told only where it came all the same', async () => {
    see(scheduled(at));
    await clock.pass(55_000);
    see(scheduled(null));
    await clock.pass(10_000);
    expect(shown).toEqual([]);
    see({ startedAt: at + 700 });
    expect(newest()?.outcome).toMatchObject({ code: 'done' });
  });

  test('by another Howdah is told as Howdah’s as soon as that is known', async () => {
    see(scheduled(at));
    await clock.pass(60_100);
    expect(newest()).toMatchObject({ cause: 'request' });
    by = 'ann@example.org';
    see({ ...scheduled(null), startedAt: at + 700 });
    expect(newest()).toMatchObject({ cause: 'howdah', by, outcome: { code: 'done' } });
  });

  test('is not begun by what a lost ensemble last showed', async () => {
    see(scheduled(at));
    isConnected = false;
    await clock.pass(65_000);
    expect(shown).toEqual([]);
    isConnected = true;
    see({ ...scheduled(null), startedAt: at + 700 });
    expect(newest()?.outcome).toMatchObject({ code: 'done' });
  });

  test('of a PostgreSQL that nobody may ask is not known to be done', async () => {
    see({ ...scheduled(at), startedAt: null });
    await clock.pass(60_100);
    see(scheduled(null));
    await clock.pass(400_000);
    expect(newest()?.outcome).toMatchObject({ code: 'unknown' });
  });

  test('and called off in time is none', async () => {
    see(scheduled(at));
    await clock.pass(30_000);
    see(scheduled(null));
    await clock.pass(60_000);
    expect(shown).toEqual([]);
  });

  test('and put off is one at its new moment', async () => {
    see(scheduled(at));
    await clock.pass(30_000);
    see(scheduled(at + 60_000));
    await clock.pass(60_000);
    expect(shown).toEqual([]);
    await clock.pass(31_000);
    expect(newest()).toMatchObject({ startedAt: at + 60_000 });
  });

  test('is done, where this process stood still over its moment', async () => {
    see(scheduled(at));
    isFrozen = true;
    await clock.pass(65_000);
    isFrozen = false;
    see({ ...scheduled(null), startedAt: at + 900 });
    expect(newest()?.outcome).toMatchObject({ code: 'done' });
  });

  test('whose moment had passed when it was first seen is not told', async () => {
    see(scheduled(clock.now() - 5000));
    await clock.pass(400_000);
    expect(shown).toEqual([]);
  });

  test('is forgotten with its cluster', async () => {
    see(scheduled(at));
    await clock.pass(61_000);
    due.gone(id);
    expect(due.list(id)).toEqual([]);
  });
});
