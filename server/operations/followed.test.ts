import { beforeEach, describe, expect, test } from 'vitest';
import { observed } from '@/lib/operations/follow';
import { begin, endAs, type Run } from '@/lib/operations/run';
import { aRequest, ledBy, seenOfSample } from '@/lib/operations/sample-run';
import type { OperationView } from '@/lib/operations/types';
import type { Wish } from '@/lib/operations/wish';
import { aCluster, withMember } from '@/lib/topology/sample-cluster';
import type { ClusterView } from '@/lib/topology/view';
import { FakeClock, settled } from '../fake-clock';
import { Followed } from './followed';
import type { ThroughAbout } from './through-proxy';

const ID = aCluster().id;
const nobody = aCluster({ leader: null });

/** A Howdah that follows one cluster, and what it has shown. */
class Rig {
  readonly clock = new FakeClock();
  readonly shown: OperationView[] = [];
  view: ClusterView = aCluster();
  own: { run: Run; open: boolean } | null = null;
  another = false;
  mine: number | null = null;
  proxy: ThroughAbout | null = null;
  readonly followed = new Followed({
    clock: this.clock,
    view: () => this.view,
    own: () => this.own,
    scheduledBy: (_, due) => (due === this.mine ? { by: 'ann' } : null),
    another: async () => this.another,
    throughProxy: (_, about) => {
      this.proxy = about;
    },
    onRun: (view) => this.shown.push(view),
    onError: (error) => {
      throw error;
    },
  });

  async see(...views: readonly ClusterView[]): Promise<void> {
    for (const view of views) {
      this.view = view;
      this.followed.observe(view);
      await settled();
    }
  }

  get last(): OperationView | undefined {
    return this.shown.at(-1);
  }
}

let at: Rig;
beforeEach(() => {
  at = new Rig();
});

const scheduledAt = new Date(1_000_000).toISOString();
const switchover = (part: { startedAt?: number; wish?: Wish } = {}) => {
  const { startedAt = 1, wish = { kind: 'switchover', candidate: 'pg-b', at: null } } = part;
  return begin({ seen: seenOfSample, reason: '', wish }, aCluster(), {
    ...{ id: 'own', now: startedAt, patienceMs: 60_000, act: { id: 'act', by: 'ann' } },
  });
};
const observing = (run: Run): Run => ({ ...run, view: { ...run.view, state: 'observing' } });

describe('a change of leadership that no Howdah was asked for', () => {
  test('is followed as a run, shown as it goes, and over once the old leader is back', async () => {
    const back = withMember(ledBy('pg-b'), 'pg-a', { role: 'replica', state: 'running' });
    await at.see(aCluster(), nobody);
    expect(at.last).toMatchObject({ cause: 'automatic', state: 'observing' });
    expect(at.followed.active).toEqual([ID]);
    await at.see(ledBy('pg-b'), back);
    expect(at.last).toMatchObject({ state: 'ended', outcome: { code: 'done' } });
    expect(at.followed.active).toEqual([]);
    expect(new Set(at.shown.map(({ id }) => id)).size).toBe(1);
  });

  test('is somebody’s, where a request was seen lately', async () => {
    await at.see(aCluster(), aCluster({ request: aRequest() }), nobody, ledBy('pg-b'));
    expect(at.last).toMatchObject({ cause: 'request', to: 'pg-b', outcome: { code: 'done' } });
  });

  test('that was dropped is told as that once it lasts', async () => {
    await at.see(aCluster(), aCluster({ request: aRequest() }), aCluster());
    expect(at.last?.outcome).toBeNull();
    await at.clock.pass(3000);
    expect(at.last?.outcome).toMatchObject({ code: 'failed' });
  });

  test('is Howdah’s own where it comes due by a schedule that was made here', async () => {
    const due = aCluster({ request: aRequest({ scheduledAt }) });
    at.mine = Date.parse(scheduledAt);
    await at.see(due, nobody);
    expect(at.last).toMatchObject({ cause: 'howdah', by: 'ann' });
    expect(at.followed.moving(ID)).toBe('switchover');
    const other = new Rig();
    other.mine = Date.parse('2027-01-01T00:00:00Z');
    await other.see(due, nobody);
    expect(other.last).toMatchObject({ cause: 'request', by: null });
  });

  test('is that of a schedule which was taken back too late for Patroni to see', async () => {
    const cancelled = async (aheadMs: number, waitMs: number) => {
      const rig = new Rig();
      const due = rig.clock.now() + aheadMs;
      const request = aRequest({ scheduledAt: new Date(due).toISOString() });
      await rig.see(aCluster({ request }), aCluster());
      await rig.clock.pass(waitMs);
      await rig.see(nobody, ledBy('pg-b'));
      return rig.last;
    };
    expect(await cancelled(8000, 8000)).toMatchObject({
      ...{ cause: 'request', title: 'Scheduled switchover from pg-a to pg-b' },
      outcome: { code: 'done' },
    });
    // Nor did it come before its moment, nor of what Patroni has seen to be gone.
    expect((await cancelled(8000, 2000))?.cause).toBe('automatic');
    expect((await cancelled(60_000, 60_000))?.cause).toBe('automatic');
  });

  test('is none while an operation of Howdah’s own is under way there', async () => {
    at.own = { run: switchover(), open: true };
    await at.see(aCluster(), nobody, ledBy('pg-b'));
    expect(at.shown).toEqual([]);
  });

  test('is none where such an operation has just come to its end by it', async () => {
    await at.see(aCluster());
    const done = observed(observing(switchover()), ledBy('pg-b'), at.clock.now());
    expect(done.view.outcome?.code).toBe('done');
    at.own = { run: done, open: true };
    await at.see(ledBy('pg-b'), ledBy('pg-b', { request: aRequest() }));
    expect(at.shown).toEqual([]);
    // The next one is not its doing, however soon it comes.
    await at.see(ledBy('pg-b', { leader: null }));
    expect(at.last).toMatchObject({ cause: 'automatic', from: 'pg-b' });
  });

  test.each([
    ['a reinitialisation', switchover({ wish: { kind: 'reinitialise', member: 'pg-b' } })],
    ['what has failed', endAs(switchover(), ['failed', 'x'], 5)],
    [
      'what is not known of another leadership',
      {
        ...endAs(switchover(), ['unknown', 'x'], 5),
        seen: { ...seenOfSample, leaderCzxid: '9' },
      },
    ],
  ])('is followed beside %s', async (...[, run]) => {
    at.own = { run, open: true };
    await at.see(aCluster(), nobody, ledBy('pg-b'));
    expect(at.last).toMatchObject({ cause: 'automatic', outcome: { code: 'done' } });
  });

  test('is followed on though Howdah is asked for something else meanwhile', async () => {
    await at.see(aCluster(), nobody);
    const startedAt = at.clock.now();
    at.own = { run: switchover({ startedAt, wish: { kind: 'reload', members: [] } }), open: true };
    await at.see(nobody, ledBy('pg-b'));
    expect(at.last?.outcome).toMatchObject({ code: 'done' });
  });

  test('is another Howdah’s, where its record says so', async () => {
    at.another = true;
    await at.see(aCluster(), nobody, ledBy('pg-b'));
    expect(at.shown).toEqual([]);
    expect(at.followed.newest(ID)).toBeNull();
  });

  test('is handed over to the operation that Howdah is asked for meanwhile', async () => {
    await at.see(aCluster(), nobody);
    at.own = { run: switchover({ startedAt: at.clock.now() }), open: true };
    await at.see(nobody);
    expect(at.last?.outcome).toMatchObject({ code: 'unknown' });
    // What that one comes to is its own affair.
    const count = at.shown.length;
    at.own = {
      run: endAs(switchover({ startedAt: at.clock.now() }), ['done', 'x'], 5),
      open: false,
    };
    await at.see(ledBy('pg-b'));
    expect(at.shown.slice(count).every(({ cause }) => cause === 'automatic')).toBe(true);
  });

  test('is told by the same name by every Howdah that sees it', async () => {
    const other = new Rig();
    await at.see(aCluster(), nobody);
    await other.see(aCluster(), nobody);
    expect(other.last?.id).toBe(at.last?.id);
    // Whether or not the request for it was seen.
    const asked = new Rig();
    await asked.see(aCluster(), aCluster({ request: aRequest() }), nobody);
    expect(asked.last?.id).toBe(at.last?.id);
  });

  test('has a name of its own where a request before it came to nothing', async () => {
    await at.see(aCluster(), aCluster({ request: aRequest() }), aCluster());
    await at.clock.pass(3000);
    expect(at.last).toMatchObject({ id: 'moved-10-7', outcome: { code: 'failed' } });
    await at.see(nobody);
    expect(at.last?.id).toBe('moved-10');
  });

  test('goes with its cluster', async () => {
    await at.see(aCluster(), nobody);
    at.followed.gone(ID);
    expect(at.followed.newest(ID)).toBeNull();
    await at.see(ledBy('pg-b'));
    expect(at.followed.active).toEqual([]);
  });
});
