import { describe, expect, test } from 'vitest';
import { aCluster, aStandby, withMember } from '../topology/sample-cluster';
import type { ClusterView } from '../topology/view';
import { observed, overdue } from './follow';
import { measured, settlesAt } from './follow-leadership';
import { answered, type Run, requested, requesting } from './run';
import { aRequest, aRun, ledBy } from './sample-run';
import type { Wish } from './wish';

const wish: Wish = { kind: 'switchover', candidate: 'pg-b', at: null };
const before = aCluster();
const pending = aCluster({ request: aRequest() });
const leaderless: ClusterView = { ...pending, leader: null, leaderlessSince: 3000 };

const start = () => aRun(wish);
const asking = () => requesting(start(), 1100);
const watching = () => requested(asking(), 'asked', 1200);
const done = () => observed(watching(), ledBy('pg-b'), 6000);

const streaming = { upstream: { name: 'pg-b', state: 'streaming', says: 'x' } } as const;
const broken = { name: 'pg-b', state: 'broken', says: 'x' } as const;
const unasked = {
  upstream: { name: 'pg-b', state: 'unknown', says: 'x' },
  probe: { is: 'failing', since: 1, failure: { at: 0, code: 'unreachable', says: 'x' } },
} as const;
const nostream = { ...aStandby('pg-a').tags, nostream: true };
const backAt = ({ view }: Run) =>
  view.steps.find(({ code }) => code === 'old-leader-back')?.at ?? null;

describe('a switchover', () => {
  test('goes from its record to done step by step, and says what it cost', () => {
    let run = watching();
    run = observed(run, pending, 2000);
    run = observed(run, leaderless, 3010);
    expect(run.view.waiting?.says).toBe('a member to take the leadership');
    run = observed(run, ledBy('pg-b', { timeline: 3 }), 4500);
    expect(run.view).toMatchObject({ state: 'observing', leaderlessMs: 1500 });
    run = observed(run, ledBy('pg-b'), 5500);
    expect(run.view.outcome).toEqual({
      code: 'done',
      says: 'pg-b leads orders; 1.5 s without a leader.',
      at: 5500,
    });
    run = answered(run, { status: 200, text: 'Successfully switched over to "pg-b"' }, 5600);
    run = observed(
      run,
      withMember(ledBy('pg-b'), 'pg-a', { role: 'replica', state: 'running' }),
      9000,
    );
    expect(Object.fromEntries(run.view.steps.map((step) => [step.code, step.at]))).toEqual({
      recorded: 1000,
      rechecked: 1100,
      requested: 1200,
      'request-seen': 2000,
      'leader-released': 3000,
      'leader-acquired': 4500,
      promoted: 4500,
      'timeline-advanced': 5500,
      'request-cleared': 4500,
      accepted: 5600,
      'old-leader-back': 9000,
    });
    expect(run.view.outcome?.at).toBe(5500);
  });

  describe.each([
    ['streams', streaming, true],
    ['streams what is left of the timeline before', { ...streaming, timeline: 3 }, false],
    ['runs, fed by nobody: it is to be rewound', { upstream: broken }, false],
    ['may not stream, and is on the new timeline', { upstream: broken, tags: nostream }, true],
    ['can’t be asked, and is on the timeline before', { ...unasked, timeline: 3 }, false],
    ['can’t be asked, and knows no timeline', { ...unasked, timeline: null }, false],
    ['can’t be asked, and is on the new timeline', unasked, true],
    ['can’t be asked, and is on one newer than is told', { ...unasked, timeline: 5 }, true],
    ['is starting', { ...streaming, state: 'starting' }, false],
  ] as const)('whose old leader %s', (_, part, back) => {
    test(back ? 'has it back' : 'has it not back yet', () => {
      const member = { role: 'replica', state: 'running', timeline: 4, ...part } as const;
      const led = ledBy('pg-b', { timeline: 4 });
      expect(backAt(observed(done(), withMember(led, 'pg-a', member), 9000))).toBe(
        back ? 9000 : null,
      );
    });
  });

  test.each([
    ['before the timeline has advanced', false, null],
    ['in a standby cluster, whose timeline does not advance', true, 9000],
  ] as const)('has its old leader back or not %s', (_, standbyCluster, at) => {
    const mode = { ...before.mode, standbyCluster };
    const led = withMember(ledBy('pg-b', { timeline: 3, mode }), 'pg-b', {
      role: standbyCluster ? 'standby_leader' : 'primary',
    });
    const member = { role: 'replica', state: 'running', timeline: 3, ...streaming } as const;
    expect(backAt(observed(watching(), withMember(led, 'pg-a', member), 9000))).toBe(at);
  });

  test('is done by another when another member has taken over', () => {
    const run = observed(watching(), ledBy('pg-c'), 5000);
    expect(run.view.outcome).toMatchObject({ code: 'done-other' });
    expect(run.view.outcome?.says).toContain('pg-c leads orders, not pg-b as asked');
  });

  test('is done though the request was seen to go before the new leader came', () => {
    let run = observed(watching(), pending, 2000);
    run = observed(run, before, 3000);
    run = observed(run, ledBy('pg-b'), 3004);
    expect(run.view.outcome).toMatchObject({ code: 'done' });
    expect(settlesAt(run)).toBeNull();
  });

  test('has failed when the request is gone and the same leadership stands', () => {
    let run = observed(watching(), pending, 2000);
    run = answered(run, { status: 503, text: 'Switchover failed' }, 2500);
    expect(run.view.outcome).toBeNull();
    run = observed(run, before, 3000);
    expect(run.view.outcome).toBeNull();
    expect(settlesAt(run)).toBe(5000);
    run = observed(run, before, 5000);
    expect(run.view.outcome?.code).toBe('failed');
    expect(run.view.outcome?.says).toContain('pg-a still leads');
    expect(run.view.outcome?.says).toContain('Switchover failed');
  });

  test('has not failed merely because its request is not to be seen yet', () => {
    expect(observed(watching(), before, 2000).view.outcome).toBeNull();
  });

  test('is not done by a new leader that is not promoted, nor on the old timeline', () => {
    const unpromoted = withMember(ledBy('pg-b'), 'pg-b', {
      role: 'replica',
      probe: { is: 'ok', writable: false, privileged: true },
    });
    expect(observed(watching(), unpromoted, 5000).view.outcome).toBeNull();
    expect(observed(watching(), ledBy('pg-b', { timeline: 3 }), 5000).view.outcome).toBeNull();
  });

  test('takes the same name with another epoch for a leadership taken again', () => {
    const again = aCluster({
      leader: { name: 'pg-a', czxid: '20', session: 's', since: 5 },
      timeline: 4,
    });
    expect(observed(watching(), again, 5000).view.outcome?.code).toBe('failed');
  });

  test('counts no time without a leader that it has not seen', () => {
    expect(done().view.leaderlessMs).toBeNull();
    expect(done().view.steps.find((step) => step.code === 'leader-released')?.says).toContain(
      'between two looks',
    );
  });

  test('says how long nobody accepted writes, once that is measured in its own time', () => {
    const outage = (startedAt: number, endedAt: number) => ({
      from: 'pg-a',
      to: 'pg-b',
      startedAt,
      endedAt,
    });
    const old = observed(watching(), ledBy('pg-b', { lastOutage: outage(100, 900) }), 5000);
    expect(old.view.outageMs).toBeNull();
    const mine = observed(watching(), ledBy('pg-b', { lastOutage: outage(2000, 4300) }), 5000);
    expect(mine.view.outageMs).toBe(2300);
    expect(mine.view.outcome?.says).toContain('nobody accepted writes for at most 2.3 s');
  });

  test('asked over REST in vain and then by ZooKeeper says the latter', () => {
    const run = requested(
      requested(asking(), 'asked over REST', 1200),
      'written to ZooKeeper',
      1300,
    );
    const step = run.view.steps.find(({ code }) => code === 'requested');
    expect(step).toEqual({ code: 'requested', says: 'written to ZooKeeper', at: 1200 });
  });
});

describe('when its time is over', () => {
  const late = 1000 + 60_000;
  test.each([
    ['nothing is pending and the leader is the same', before, 'failed', 'Nothing came of it'],
    ['the request still stands', pending, 'unknown', 'still holds the request'],
    ['there is no leader', { ...leaderless, request: null }, 'unknown', 'too long to follow'],
    ['another leads, unpromoted', ledBy('pg-b', { timeline: 3 }), 'unknown', 'too long to follow'],
    ['the cluster is not to be seen', null, 'unknown', 'too long to follow'],
  ] as const)('%s', (...[, cluster, code, says]) => {
    const run = overdue(watching(), cluster, late);
    expect(run.view.outcome).toMatchObject({ code, at: late });
    expect(run.view.outcome?.says).toContain(says);
    expect(run.view.waiting).toBeNull();
  });

  test('but what is seen afterwards still resolves the unknown', () => {
    const unknown = overdue(watching(), null, late);
    const resolved = observed(unknown, ledBy('pg-b'), late + 5000);
    expect(resolved.view.outcome).toMatchObject({ code: 'done', at: late + 5000 });
    expect(observed(resolved, before, late + 9000).view.outcome?.code).toBe('done');
  });

  test('but not a moment earlier, and never a second time', () => {
    const run = watching();
    expect(overdue(run, before, late - 1)).toBe(run);
    const ended = done();
    expect(overdue(ended, before, late)).toBe(ended);
  });
});

test('an outage by writes that were really tried says so, and stays', () => {
  const tried = measured(done(), 1500);
  expect(tried.view).toMatchObject({ outageMs: 1500, outageBy: 'writes' });
  expect(measured(tried, 1500)).toBe(tried);
});

test('an outcome that was said by what the probes saw is said by the writes once they are known', () => {
  const lastOutage = { from: 'pg-a', to: 'pg-b', startedAt: 2000, endedAt: 4300 };
  const seen = observed(watching(), ledBy('pg-b', { lastOutage }), 5000);
  expect(measured(seen, 1500).view.outcome).toMatchObject({
    code: 'done',
    says: 'pg-b leads orders; nobody accepted writes for at most 1.5 s.',
  });
  expect(measured(done(), 1500).view.outcome).toEqual(done().view.outcome);
});

describe('a failover without a leader', () => {
  const dead = aCluster({ leader: null, leaderlessSince: 500 });
  const asked = (candidate: string | null = 'pg-b') =>
    requested(
      requesting(
        aRun(
          { kind: 'failover', candidate },
          { seen: { leader: null, leaderCzxid: null }, cluster: dead },
        ),
        1100,
      ),
      'asked',
      1200,
    );
  const standing = { ...dead, request: aRequest({ leader: null }) };

  test('has no old leader to give it up or come back', () => {
    const codes = asked().view.steps.map(({ code }) => code);
    expect(codes).not.toContain('leader-released');
    expect(codes).not.toContain('old-leader-back');
    expect(observed(asked(), ledBy('pg-b'), 5000).view.outcome?.code).toBe('done');
  });

  test('has failed when its request is gone and still nobody leads', () => {
    const run = observed(observed(asked(), standing, 2000), dead, 3000);
    expect(run.view.outcome).toBeNull();
    expect(observed(run, dead, 5000).view.outcome).toMatchObject({
      code: 'failed',
      says: expect.stringContaining('there is still no leader'),
    });
  });
});

describe('a failover from a leader that hangs', () => {
  const asked = requested(
    requesting(aRun({ kind: 'failover', candidate: 'pg-b' }), 1100),
    'asked',
    1200,
  );
  test('waits until it has gone, and is done once the other leads', () => {
    const run = observed(asked, pending, 20_000);
    expect(run.view.outcome).toBeNull();
    expect(observed(run, ledBy('pg-b'), 31_000).view.outcome?.code).toBe('done');
  });
});

describe('a schedule that somebody writes over the request', () => {
  const scheduled = aCluster({
    request: aRequest({ scheduledAt: '2026-12-01T00:00:00Z', version: 8 }),
  });
  test('has taken its place once it lasts', () => {
    const run = observed(observed(watching(), pending, 2000), scheduled, 3000);
    expect([run.view.outcome, settlesAt(run)]).toEqual([null, 5000]);
    expect(observed(run, scheduled, 4999).view.outcome).toBeNull();
    expect(observed(run, scheduled, 5000).view.outcome).toMatchObject({
      ...{ code: 'failed', says: expect.stringContaining('taken the place of this one') },
    });
  });
  test('is nothing where the leadership moves all the same, or the request stands again', () => {
    const run = observed(watching(), scheduled, 3000);
    expect(observed(run, ledBy('pg-b'), 5000).view.outcome?.code).toBe('done');
    const again = observed(run, pending, 4000);
    expect([again.view.waiting?.says, settlesAt(again)]).toEqual(['what comes of it', null]);
    expect(observed(again, pending, 9000).view.outcome).toBeNull();
  });
});

describe('an error of Patroni’s', () => {
  const erred = () =>
    observed(answered(watching(), { status: 503, text: 'failed to write' }, 2000), before, 2100);
  test('has come to nothing once what it may have written would have been seen', () => {
    // The ttl is 30 s.
    expect(settlesAt(erred())).toBe(42_000);
    expect(observed(erred(), before, 41_999).view.outcome).toBeNull();
    expect(observed(erred(), before, 42_000).view.outcome).toMatchObject({
      code: 'failed',
      says: 'Patroni answered (503): failed to write. Nothing came of it: pg-a still leads.',
    });
  });
  test.each(['Switchover failed', 'Failover failed'])(
    '%s: it has had the request, and let go of it, also where nobody saw that',
    (text) => {
      const run = observed(answered(watching(), { status: 503, text }, 2000), before, 2100);
      expect(settlesAt(run)).toBe(4100);
      expect(observed(run, before, 4099).view.outcome).toBeNull();
      expect(observed(run, before, 4100).view.outcome).toMatchObject({
        code: 'failed',
        says: `Patroni dropped the request and pg-a still leads. Patroni answered (503): ${text}.`,
      });
      // What comes of it all the same within that time decides.
      expect(observed(run, ledBy('pg-b'), 3000).view.outcome?.code).toBe('done');
    },
  );
  test('that it does not know is none of that it has let go of it', () => {
    const text = 'Switchover status unknown';
    const run = observed(answered(watching(), { status: 503, text }, 2000), before, 2100);
    expect(settlesAt(run)).toBe(42_000);
  });
  test('may have been written all the same', () => {
    const late = observed(erred(), pending, 20_000);
    expect(observed(late, pending, 43_000).view.outcome).toBeNull();
    expect(observed(late, ledBy('pg-b'), 44_000).view.outcome?.code).toBe('done');
    expect(observed(erred(), leaderless, 42_000).view.outcome).toBeNull();
  });
});
