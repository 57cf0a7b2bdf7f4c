import { describe, expect, test } from 'vitest';
import { aCluster, aLeader, aStandby, withMember } from '../topology/sample-cluster';
import type { ClusterView } from '../topology/view';
import {
  answered,
  begin,
  endAs,
  observed,
  overdue,
  type Run,
  requested,
  requesting,
  settlesAt,
} from './run';
import type { RunState, StepCode, SwitchoverRequest } from './types';

const request: SwitchoverRequest = {
  cluster: 'main~.2Fservice~orders',
  candidate: 'pg-b',
  seen: { leader: 'pg-a', leaderCzxid: '10', configVersion: 2 },
  confirm: 'orders',
  reason: 'maintenance',
};
const before = aCluster();
const pending = aCluster({ request: { leader: 'pg-a', candidate: 'pg-b', scheduledAt: null } });
const leaderless: ClusterView = { ...pending, leader: null, leaderlessSince: 3000 };

/** `name` has taken over, as far as `part` says. */
function after(name: string, part: Partial<ClusterView> = {}): ClusterView {
  return aCluster({
    leader: { name, czxid: '20', session: 's', since: 5000 },
    members: ['pg-a', 'pg-b', 'pg-c'].map((one) =>
      one === name
        ? aLeader(one)
        : aStandby(one, {
            role: one === 'pg-a' ? 'demoted' : 'replica',
            state: one === 'pg-a' ? 'stopped' : 'running',
          }),
    ),
    timeline: 4,
    ...part,
  });
}

const start = () => begin(request, before, { id: 'x', now: 1000, patienceMs: 60_000 });
const asking = () => requesting(start(), 1100);
const watching = () => requested(asking(), 'asked', 1200);
const done = () => observed(watching(), after('pg-b'), 6000);

const at = (run: Run, code: StepCode) =>
  run.view.steps.find((step) => step.code === code)?.at ?? null;

describe('a switchover', () => {
  test('goes from its record to done step by step, and says what it cost', () => {
    let run = watching();
    run = observed(run, pending, 2000);
    run = observed(run, leaderless, 3010);
    expect(run.view.waiting?.says).toBe('a member to take the leadership');
    run = observed(run, after('pg-b', { timeline: 3 }), 4500);
    expect(run.view).toMatchObject({ state: 'observing', leaderlessMs: 1500 });
    run = observed(run, after('pg-b'), 5500);
    expect(run.view.outcome).toEqual({
      code: 'done',
      says: 'pg-b leads orders; 1.5 s without a leader.',
      at: 5500,
    });
    run = answered(run, { status: 200, text: 'Successfully switched over to "pg-b"' }, 5600);
    run = observed(
      run,
      withMember(after('pg-b'), 'pg-a', { role: 'replica', state: 'running' }),
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

  test('is done by another when another member has taken over', () => {
    const run = observed(watching(), after('pg-c'), 5000);
    expect(run.view.outcome).toMatchObject({ code: 'done-other' });
    expect(run.view.outcome?.says).toContain('pg-c leads orders, not pg-b as asked');
  });

  test('is done though the request was seen to go before the new leader came', () => {
    let run = observed(watching(), pending, 2000);
    run = observed(run, before, 3000);
    run = observed(run, after('pg-b'), 3004);
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
    const unpromoted = withMember(after('pg-b'), 'pg-b', {
      role: 'replica',
      probe: { is: 'ok', writable: false, privileged: true },
    });
    expect(observed(watching(), unpromoted, 5000).view.outcome).toBeNull();
    expect(observed(watching(), after('pg-b', { timeline: 3 }), 5000).view.outcome).toBeNull();
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
    const old = observed(watching(), after('pg-b', { lastOutage: outage(100, 900) }), 5000);
    expect(old.view.outageMs).toBeNull();
    const mine = observed(watching(), after('pg-b', { lastOutage: outage(2000, 4300) }), 5000);
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
    ['another leads, unpromoted', after('pg-b', { timeline: 3 }), 'unknown', 'too long to follow'],
    ['the cluster is not to be seen', null, 'unknown', 'too long to follow'],
  ] as const)('%s', (...[, cluster, code, says]) => {
    const run = overdue(watching(), cluster, late);
    expect(run.view.outcome).toMatchObject({ code, at: late });
    expect(run.view.outcome?.says).toContain(says);
    expect(run.view.waiting).toBeNull();
  });

  test('but what is seen afterwards still resolves the unknown', () => {
    const unknown = overdue(watching(), null, late);
    const resolved = observed(unknown, after('pg-b'), late + 5000);
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

/** Every state by every event: where it leads. */
const states: Record<RunState, () => Run> = {
  recorded: start,
  requested: asking,
  observing: watching,
  ended: done,
};
const events = {
  'a look at the same': (run: Run) => observed(run, before, 7000),
  'a look at the request': (run: Run) => observed(run, pending, 7000),
  'a look at no leader': (run: Run) => observed(run, leaderless, 7000),
  'a look at the new leader': (run: Run) => observed(run, after('pg-b'), 7000),
  'a refusal': (run: Run) => answered(run, { status: 412, text: 'no' }, 7000),
  'an acceptance': (run: Run) => answered(run, { status: 200, text: 'yes' }, 7000),
  'an error': (run: Run) => answered(run, { status: 503, text: 'hm' }, 7000),
  'the end of time': (run: Run) => overdue(run, pending, 99_000),
};
const table: Record<RunState, Record<keyof typeof events, string>> = {
  recorded: {
    'a look at the same': 'recorded',
    'a look at the request': 'recorded',
    'a look at no leader': 'recorded',
    'a look at the new leader': 'recorded',
    'a refusal': 'ended refused',
    'an acceptance': 'recorded',
    'an error': 'recorded',
    'the end of time': 'ended unknown',
  },
  requested: {
    'a look at the same': 'requested',
    'a look at the request': 'requested',
    'a look at no leader': 'requested',
    'a look at the new leader': 'requested',
    'a refusal': 'ended refused',
    'an acceptance': 'requested',
    'an error': 'requested',
    'the end of time': 'ended unknown',
  },
  observing: {
    'a look at the same': 'observing',
    'a look at the request': 'observing',
    'a look at no leader': 'observing',
    'a look at the new leader': 'ended done',
    'a refusal': 'ended refused',
    'an acceptance': 'observing',
    'an error': 'observing',
    'the end of time': 'ended unknown',
  },
  ended: {
    'a look at the same': 'ended done',
    'a look at the request': 'ended done',
    'a look at no leader': 'ended done',
    'a look at the new leader': 'ended done',
    'a refusal': 'ended done',
    'an acceptance': 'ended done',
    'an error': 'ended done',
    'the end of time': 'ended done',
  },
};

describe.each(Object.keys(states) as RunState[])('in the state %s', (state) => {
  test.each(Object.keys(events) as (keyof typeof events)[])('%s', (event) => {
    const { view } = events[event](states[state]());
    expect([view.state, view.outcome?.code].filter(Boolean).join(' ')).toBe(table[state][event]);
    expect(view.waiting === null).toBe(view.state === 'ended');
  });
});

test('an event told twice changes nothing the second time', () => {
  for (const state of Object.values(states)) {
    for (const [name, event] of Object.entries(events)) {
      // Of two answers the second is noted beside the outcome of the first.
      if (name === 'a refusal') continue;
      const once = event(state());
      expect(event(once)).toEqual(once);
    }
  }
});

test('a run survives being stored as it is', () => {
  for (const state of Object.values(states)) {
    expect(JSON.parse(JSON.stringify(state()))).toEqual(state());
  }
});

test('an ended run is not opened again by asking', () => {
  const ended = endAs(asking(), ['refused', 'no'], 1150);
  expect(requested(ended, 'asked', 1200).view.state).toBe('ended');
  expect(requesting(ended, 1200).view.state).toBe('ended');
  expect(at(ended, 'requested')).toBeNull();
});
