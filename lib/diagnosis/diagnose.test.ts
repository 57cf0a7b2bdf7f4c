import { describe, expect, test } from 'vitest';
import { aCluster, aLeader, aStandby, withMember } from '../topology/sample-cluster';
import type { ClusterView, MemberView } from '../topology/view';
import { diagnose, headlineOf, type Onsets } from './diagnose';
import { defaultProblemLimits, type Patient, rules } from './table';

const well: Patient = {
  cluster: aCluster(),
  ensemble: { name: 'main', connected: true, maxSessionTimeoutMs: 40_000 },
  limits: defaultProblemLimits,
  clockOffsets: new Map(),
  lsnWentBack: null,
  syncWaits: 0,
  now: 1000,
};
const of = (cluster: ClusterView, more: Partial<Patient> = {}): Patient => ({
  ...well,
  cluster,
  ...more,
});
const b = (part: Partial<MemberView>) => of(withMember(well.cluster as ClusterView, 'pg-b', part));
const a = (part: Partial<MemberView>) => of(withMember(well.cluster as ClusterView, 'pg-a', part));
const writable = (name: string) =>
  of(withMember(aCluster(), name, { probe: { is: 'ok', writable: true, privileged: true } }));
const lag = aStandby('x').lag;
if (!lag) throw new Error('a standby has lag');
const slot = { name: 'cdc', active: false, walStatus: 'reserved', retainedBytes: 0 };
const failing = (code: 'unreachable' | 'no-credentials') => ({
  is: 'failing' as const,
  since: 1,
  failure: { at: 0, code, says: 'the door is shut' },
});
const config = aCluster().config;
if (config.is !== 'ok') throw new Error('it has a configuration');
const pause = { by: 'ann@example.org', reason: 'patching', since: 100, until: 900 };
const sync = {
  replication: 'sync' as const,
  paused: false,
  standbyCluster: false,
  failsafe: false,
};
const pausedMode = { ...sync, replication: 'async' as const, paused: true };

/** Each code: patients who have it, with words of the sentence, and some who look like it and don't. */
const cases: Record<string, { has: [Patient, ...string[]][]; hasNot?: Patient[] }> = {
  'no-leader': {
    has: [[of(aCluster({ leader: null })), 'orders', 'no leader']],
    hasNot: [
      of(
        aCluster({
          leader: null,
          unreadable: [{ path: '/service/orders/leader', why: 'x', preview: '', bytes: 0 }],
        }),
      ),
    ],
  },
  'primary-silent': {
    has: [
      [
        of(
          aCluster({
            members: [
              aLeader('pg-a', { probe: failing('unreachable') }),
              aStandby('pg-b', { upstream: { name: 'pg-a', state: 'broken', says: 'x' } }),
            ],
          }),
        ),
        'pg-a',
      ],
    ],
    hasNot: [a({ probe: failing('unreachable') })],
  },
  'nobody-writable': {
    has: [
      [
        a({ probe: { is: 'ok', writable: false, privileged: true } }),
        'No member of orders',
        'pg-a',
      ],
    ],
    hasNot: [b({ probe: failing('unreachable') })],
  },
  'multiple-writable': {
    has: [
      [writable('pg-b'), 'pg-a and pg-b both accept writes', 'on pg-b will be lost'],
      [
        of(
          withMember(writable('pg-b').cluster as ClusterView, 'pg-a', {
            probe: { is: 'ok', writable: false, privileged: true },
          }),
        ),
        'pg-b accepts writes although pg-a holds the leadership',
      ],
      [
        { ...writable('pg-b'), ensemble: { ...well.ensemble, connected: false } },
        'which of them leads is not known',
      ],
    ],
  },
  'zookeeper-lost': {
    has: [
      [
        of(aCluster(), { ensemble: { name: 'prod', connected: false, maxSessionTimeoutMs: null } }),
        'prod',
      ],
    ],
  },
  'sync-without-standby': {
    has: [
      [of(aCluster({ mode: sync })), 'no synchronous standby'],
      [
        of(
          aCluster({
            mode: sync,
            config: { ...config, value: { ...config.value, synchronousModeStrict: true } },
          }),
        ),
        'commits wait',
      ],
    ],
    hasNot: [
      of(aCluster({ mode: sync, sync: { leader: 'pg-a', standbys: ['pg-b'], quorum: null } })),
      of(aCluster({ sync: { leader: 'pg-a', standbys: [], quorum: null } })),
    ],
  },
  'commits-waiting': {
    has: [
      [of(aCluster(), { syncWaits: 1 }), '1 session', 'pg-a'],
      [of(aCluster(), { syncWaits: 7 }), '7 sessions'],
    ],
    hasNot: [of(aCluster(), { syncWaits: null })],
  },
  'no-standby': {
    has: [[of(aCluster({ members: [aLeader('pg-a')] })), 'orders has no standby', 'pg-a']],
    hasNot: [of(aCluster({ members: [aLeader('pg-a'), aStandby('pg-b')] }))],
  },
  'config-unreadable': {
    has: [
      [of(aCluster({ config: { is: 'unreadable', why: 'it is torn', version: 1 } })), 'it is torn'],
    ],
    hasNot: [of(aCluster({ config: { is: 'absent' } }))],
  },
  'znode-unreadable': {
    has: [
      [
        of(
          aCluster({
            unreadable: [
              { path: '/service/orders/members/pg-b', why: 'not JSON', preview: '', bytes: 3 },
            ],
          }),
        ),
        '/service/orders/members/pg-b',
        'not JSON',
      ],
    ],
    hasNot: [
      of(
        aCluster({
          unreadable: [{ path: '/service/orders/config', why: 'x', preview: '', bytes: 3 }],
        }),
      ),
    ],
  },
  'ttl-above-granted': {
    has: [
      [
        of(aCluster(), {
          ensemble: { name: 'main', connected: true, maxSessionTimeoutMs: 20_000 },
        }),
        '30 s',
        '20 s',
      ],
    ],
    hasNot: [
      of(aCluster(), { ensemble: { name: 'main', connected: true, maxSessionTimeoutMs: null } }),
    ],
  },
  'lsn-backwards': {
    has: [[of(aCluster(), { lsnWentBack: { at: 1, bytes: 2048 } }), 'pg-a', '2 kB']],
  },
  paused: {
    has: [
      [of(aCluster({ mode: pausedMode })), 'is paused (maintenance mode): a failure'],
      [of(aCluster({ mode: pausedMode, pause })), 'by ann@example.org (patching): a failure'],
      [of(aCluster({ mode: pausedMode, pause: { ...pause, by: null } })), ') (patching)'],
    ],
  },
  'pause-due': {
    has: [[of(aCluster({ mode: pausedMode, pause }), { now: 900 }), 'by ann@example.org']],
    hasNot: [
      of(aCluster({ mode: pausedMode, pause }), { now: 899 }),
      of(aCluster({ mode: pausedMode, pause: { ...pause, until: null } })),
      of(aCluster({ mode: pausedMode })),
    ],
  },
  'not-measured': {
    has: [[b({ probe: failing('no-credentials') }), 'no monitoring user']],
    hasNot: [b({ probe: failing('unreachable') })],
  },
  'member-missing': { has: [[b({ presence: { is: 'missing', since: 1 } }), 'pg-b']] },
  'leader-not-running': {
    has: [[a({ state: 'crashed' }), 'pg-a', 'crashed']],
    hasNot: [b({ state: 'crashed' })],
  },
  'member-not-running': {
    has: [
      [b({ state: 'start failed' }), 'pg-b', 'start failed'],
      [b({ state: '<b>' }), '“<b>”'],
    ],
    hasNot: [b({ state: 'streaming' }), a({ state: 'crashed' })],
  },
  'unknown-role': {
    has: [[b({ role: 'other' }), 'pg-b']],
    hasNot: [b({ role: 'other', state: 'unreadable' })],
  },
  'not-streaming': {
    has: [
      [
        b({ upstream: { name: 'pg-a', state: 'broken', says: 'not receiving from pg-a' } }),
        'pg-b is not receiving from pg-a',
      ],
      [
        b({ upstream: { name: 'pg-a', state: 'archive', says: 'replaying from the archive' } }),
        'archive',
      ],
    ],
    hasNot: [b({ upstream: { name: 'pg-a', state: 'catching-up', says: 'x' } })],
  },
  lag: {
    has: [
      [
        b({ lag: { ...lag, replayBytes: 100 * 2 ** 20, replayMs: 5000 } }),
        'pg-b',
        '100 MB',
        '5 s',
        '64 MB',
      ],
      [
        b({ lag: { ...lag, replayBytes: 10, replayMs: 45_000, atLeast: true } }),
        'at least 45 s',
        '30 s',
      ],
    ],
    hasNot: [
      b({ lag: { ...lag, replayBytes: 64 * 2 ** 20, replayMs: 30_000 } }),
      b({ lag: { ...lag, replayBytes: 2 ** 40, quality: 'unknown' } }),
    ],
  },
  'timeline-behind': {
    has: [[b({ timeline: 2 }), 'pg-b is on timeline 2, the leader on 3']],
    hasNot: [b({ timeline: null }), b({ timeline: 3 })],
  },
  'replay-paused': { has: [[b({ lag: { ...lag, quality: 'replay-paused' } }), 'pg-b']] },
  'slot-lost': {
    has: [[a({ slots: [{ ...slot, walStatus: 'lost' }] }), 'cdc', 'pg-a']],
    hasNot: [b({ slots: [{ ...slot, walStatus: 'lost' }] })],
  },
  'slot-retains': {
    has: [
      [
        a({ slots: [{ ...slot, retainedBytes: 11 * 2 ** 30 }] }),
        'cdc',
        '11 GB',
        'pg-a',
        'nobody reads it',
      ],
    ],
    hasNot: [
      a({ slots: [{ ...slot, retainedBytes: 10 * 2 ** 30 }] }),
      b({ slots: [{ ...slot, retainedBytes: 2 ** 50 }] }),
    ],
  },
  'pending-restart': {
    has: [
      [
        b({ pendingRestart: true, pendingRestartReason: ['max_connections'] }),
        'pg-b',
        'max_connections',
      ],
    ],
  },
  'views-disagree': {
    has: [[a({ probe: { is: 'ok', writable: false, privileged: true } }), 'pg-a', 'in recovery']],
  },
  'clock-skew': {
    has: [
      [of(aCluster(), { clockOffsets: new Map([['pg-b', 7000]]) }), 'pg-b', '7 s', 'ahead'],
      [of(aCluster(), { clockOffsets: new Map([['pg-b', -7000]]) }), 'behind'],
    ],
    hasNot: [of(aCluster(), { clockOffsets: new Map([['pg-b', 5000]]) })],
  },
  'probe-failing': {
    has: [[b({ probe: failing('unreachable') }), 'pg-b', 'the door is shut']],
    hasNot: [
      b({ probe: failing('no-credentials') }),
      b({ probe: failing('unreachable'), state: 'stopped' }),
    ],
  },
  unprivileged: { has: [[b({ probe: { is: 'ok', writable: false, privileged: false } }), 'pg-b']] },
};

const LONG = 3600_000;
/** What is wrong with a patient who has been so for an hour. */
function judged(patient: Patient) {
  const { onsets } = diagnose(patient, new Map(), 0);
  return diagnose(patient, onsets, LONG);
}

test('every rule has its code to itself, and its cases here', () => {
  const codes = rules.map(({ code }) => code);
  expect(new Set(codes).size).toBe(codes.length);
  expect(Object.keys(cases).toSorted()).toEqual(codes.toSorted());
});

test('nothing is wrong with a cluster that is well', () => {
  expect(judged(well)).toMatchObject({ problems: [], nextAt: null });
});

describe.each(Object.keys(cases))('%s', (code) => {
  const { has = [], hasNot = [] } = cases[code] ?? {};

  test('is raised in words that name what and how much', () => {
    for (const [patient, ...words] of has) {
      const found = judged(patient).problems.filter((problem) => problem.code === code);
      expect(found).toHaveLength(1);
      for (const word of words) expect(found[0]?.says).toContain(word);
      expect(found[0]?.says).not.toMatch(/undefined|null|NaN|\.$/);
      expect(found[0]?.advice).not.toBe('');
    }
  });

  test('is not raised by what only looks like it', () => {
    for (const patient of [well, ...hasNot]) {
      expect(judged(patient).problems.map((problem) => problem.code)).not.toContain(code);
    }
  });

  test('is raised when it has lasted as long as its rule says, with its beginning', () => {
    const rule = rules.find((one) => one.code === code);
    const [patient] = has[0] ?? [well];
    const settle = rule?.settleMs ?? 0;
    const holds = (before: Onsets, now: number) => {
      const { problems, nextAt } = diagnose(patient, before, now);
      return { problem: problems.find((problem) => problem.code === code), nextAt };
    };
    const { onsets } = diagnose(patient, new Map(), 1000);
    if (settle > 0) {
      expect(holds(new Map(), 1000).problem).toBeUndefined();
      expect(holds(onsets, 999 + settle).problem).toBeUndefined();
      expect(holds(onsets, 1000).nextAt).toBeLessThanOrEqual(1000 + settle);
    }
    expect(holds(onsets, 1000 + settle).problem?.since).toBe(1000);
    // Once it has passed, it begins anew.
    const after = diagnose(well, onsets, 2000).onsets;
    expect(diagnose(patient, after, 9000).onsets.values().next().value).toBe(9000);
  });
});

test('the worst is said first, and gives the headline', () => {
  const cluster = withMember(aCluster({ leader: null }), 'pg-b', { pendingRestart: true });
  const { problems } = judged(of(cluster));
  expect(problems[0]?.severity).toBe('critical');
  const ranks = problems.map(({ severity }) =>
    ['critical', 'attention', 'unknown'].indexOf(severity),
  );
  expect(ranks).toEqual(ranks.toSorted((x, y) => x - y));
  expect(headlineOf(cluster, problems)).toMatch(/no leader.*, and \d+ more\.$/);
  expect(headlineOf(aCluster(), [])).toBe('orders is well: pg-a leads 2 standbys.');
});

describe('a standby that is starting', () => {
  const refusing = { is: 'failing', since: 1, failure: { at: 0, code: 'starting-up', says: 'x' } };
  const waiting = {
    ...{ state: 'starting', probe: refusing, lag: { ...lag, quality: 'idle' } },
  } as Partial<MemberView>;
  const told = (part: Partial<MemberView>, written = '0/5002000') => {
    const cluster = withMember(withMember(aCluster(), 'pg-b', part), 'pg-a', { lsn: written });
    return judged(of(cluster)).problems[0];
  };

  test('is told to wait for one more record where the leader has written to the head of a page', () => {
    expect(told(waiting)).toMatchObject({
      code: 'member-not-running',
      says: expect.stringContaining('all that pg-a wrote, and takes one record more'),
      advice: expect.stringContaining('pg_current_xact_id()'),
    });
  });

  test.each<[string, Partial<MemberView>, string?]>([
    ['the leader is within a page', waiting, '0/5002018'],
    ['it is behind', { ...waiting, lag }],
    ['it is not streaming', { ...waiting, upstream: { name: 'pg-a', state: 'broken', says: 'x' } }],
    [
      'its PostgreSQL answers',
      { ...waiting, probe: { is: 'ok', writable: false, privileged: true } },
    ],
    ['it can’t be reached', { ...waiting, probe: failing('unreachable') }],
  ])('is only starting where %s', (_, part, written) => {
    expect(told(part, written)).toMatchObject({
      code: 'member-not-running',
      says: 'pg-b is starting',
    });
  });

  test('is only starting in a standby cluster, whose leader takes no writes', () => {
    const cluster = aCluster({ mode: { ...sync, replication: 'async', standbyCluster: true } });
    const both = withMember(withMember(cluster, 'pg-b', waiting), 'pg-a', { lsn: '0/5002000' });
    const says = judged(of(both)).problems.map((problem) => problem.says);
    expect(says).toContain('pg-b is starting');
  });
});
