import { describe, expect, test } from 'vitest';
import { aCluster, aLeader, aStandby, withMember } from '../topology/sample-cluster';
import type { ClusterView, MemberView } from '../topology/view';
import { operationKinds } from './kinds';
import { type Burden, type PreflightInput, preflight, type Reached } from './preflight';
import type { Preflight } from './types';
import { type Wish, wishShape } from './wish';

const NOW = Date.parse('2026-11-01T12:00:00Z');
const LATER = '2026-11-01T13:00:00Z';
const answers: Reached = { is: 'ok', position: 1n, timeline: 3, watchdogFailed: false };
const silent: Reached = { is: 'unreachable', why: 'nothing listens there' };
const all = (is: Reached) => new Map(['pg-a', 'pg-b', 'pg-c'].map((name) => [name, is]));
const idle: Burden = {
  ...{ sinceCheckpointBytes: 0, oldestTransactionMs: 0, backups: 0, catchingUp: [] },
};

const switchover: Wish = { kind: 'switchover', candidate: 'pg-b', at: null };
const failover: Wish = { kind: 'failover', candidate: 'pg-b' };
const restart = (members: string[], part: { pendingOnly?: boolean; at?: string } = {}): Wish => ({
  ...{ kind: 'restart', members, pendingOnly: false, at: null },
  ...part,
});

function judge(wish: Wish, view: ClusterView, more: Partial<PreflightInput> = {}): Preflight {
  return preflight(wish, {
    ...{ view, zookeeperConnected: true, maxSessionTimeoutMs: 40_000, now: NOW },
    ...{ running: null, leaving: null },
    ...{ reached: all(answers), settings: new Map(), burden: idle, quorum: null },
    positions: { head: null, members: new Map() },
    ...more,
  });
}

/** What is not all right, as "refuse turn". */
const worst = (judged: Pick<Preflight, 'rules'>) =>
  judged.rules
    .filter(({ verdict }) => verdict !== 'ok')
    .map(({ code, verdict }) => `${verdict} ${code}`);
const says = (judged: Pick<Preflight, 'rules'>, code: string) =>
  judged.rules.find((rule) => rule.code === code)?.says;
const of = (judged: Preflight, name: string) => {
  const found = judged.members.find((one) => one.name === name);
  if (!found) throw new Error(`${name} was not judged`);
  return found;
};
const b = (part: Partial<MemberView>, view = aCluster(), wish: Wish = switchover) =>
  of(judge(wish, withMember(view, 'pg-b', part)), 'pg-b');

const standby = aStandby('x');
const { lag, tags } = standby;
if (!lag) throw new Error('a standby has lag');
const mode = {
  replication: 'async' as const,
  paused: false,
  standbyCluster: false,
  failsafe: false,
};
const paused = aCluster({ mode: { ...mode, paused: true } });
const request = { leader: 'pg-a', candidate: 'pg-b', scheduledAt: LATER, version: 7 };
const scheduled = aCluster({ request });
const gone = { presence: { is: 'missing', since: 1 } } as const;

describe('whatever is wanted', () => {
  const wishes: Readonly<Record<Wish['kind'], Wish>> = {
    ...{ switchover, failover, restart: restart(['pg-b']) },
    'cancel-switchover': { kind: 'cancel-switchover' },
    'cancel-restart': { kind: 'cancel-restart', member: 'pg-b' },
    reload: { kind: 'reload', members: ['pg-b'] },
    reinitialise: { kind: 'reinitialise', member: 'pg-b' },
    pause: { kind: 'pause', until: null },
    resume: { kind: 'resume' },
    configuration: { kind: 'configuration', text: '{}', seq: null },
    removal: { kind: 'removal' },
  };

  test.each(operationKinds)(
    '%s: not without ZooKeeper, nor beside another, and with its words',
    (kind) => {
      const wish = wishes[kind];
      expect(worst(judge(wish, aCluster(), { zookeeperConnected: false }))).toContain(
        'refuse zookeeper',
      );
      const busy = judge(wish, aCluster(), { running: 'A switchover' });
      expect(worst(busy)).toContain('refuse turn');
      expect(says(busy, 'turn')).toBe('A switchover is under way on this cluster');
      expect(worst(judge(wish, aCluster({ config: { is: 'absent' } })))).toContain('warn config');
      const { verb, consequence, preview, cluster, clusterName } = judge(wish, aCluster());
      expect([cluster, clusterName]).toEqual([aCluster().id, 'orders']);
      for (const said of [verb, consequence, ...preview]) expect(said).not.toBe('');
      expect(preview.length).toBeGreaterThan(0);
    },
  );

  test('it says what it was judged on', () => {
    expect(judge(switchover, scheduled).seen).toEqual({
      ...{ leader: 'pg-a', leaderCzxid: '10', configVersion: 2, requestVersion: 7 },
      lossBytes: null,
    });
    const unread = { is: 'unreadable', why: 'torn', version: 5 } as const;
    const seen = judge(switchover, aCluster({ leader: null, config: unread })).seen;
    expect(seen).toMatchObject({ leader: null, leaderCzxid: null, configVersion: 5 });
  });

  test('what loses something has a phrase of its own; what interrupts has the name', () => {
    const phrases = operationKinds.map((kind) => {
      const { danger, phrase } = judge(wishes[kind], aCluster());
      return [kind, danger, phrase];
    });
    expect(Object.fromEntries(phrases.map(([kind, ...is]) => [kind, is.join(': ')]))).toEqual({
      switchover: 'interrupts: orders',
      failover: 'loses: orders loses at least 0 bytes',
      restart: 'none: ',
      'cancel-switchover': 'none: ',
      'cancel-restart': 'none: ',
      reload: 'none: ',
      reinitialise: 'loses: pg-b loses its data',
      pause: 'none: ',
      resume: 'none: ',
      configuration: 'interrupts: orders',
      removal: 'loses: orders is forgotten',
    });
  });
});

describe('a switchover', () => {
  test('of a cluster that is well may go to any standby', () => {
    const found = judge(switchover, aCluster());
    expect(worst(found)).toEqual([]);
    expect(found.members.map(({ name, verdict }) => [name, verdict])).toEqual([
      ['pg-b', 'ok'],
      ['pg-c', 'ok'],
    ]);
    expect(found.verb).toBe('Switch orders over to pg-b');
    expect(found.preview.join(' ')).toContain('pg-a');
    expect(found.expectedOutageMs).toEqual([1500, 5000]);
  });

  const slow: Burden = {
    ...{ sinceCheckpointBytes: 2 * 1024 ** 3, oldestTransactionMs: 90_000 },
    ...{ backups: 1, catchingUp: ['pg-c'] },
  };
  const fullSlot = {
    ...{ name: 'cdc', active: true, walStatus: 'reserved', retainedBytes: 300 * 1024 ** 2 },
  };
  test.each([
    ['refuse leader', aCluster({ leader: null }), {}],
    [
      'refuse request',
      aCluster({ request: { leader: null, candidate: 'pg-b', scheduledAt: null, version: 1 } }),
      {},
    ],
    ['refuse request', scheduled, {}],
    ['refuse leader-member', withMember(aCluster(), 'pg-a', gone), {}],
    ['warn leader-member', withMember(aCluster(), 'pg-a', { apiUrl: null }), {}],
    ['warn leader-member', withMember(aCluster(), 'pg-a', { state: 'stopping' }), {}],
    ['warn paused', paused, {}],
    ['warn standby-cluster', aCluster({ mode: { ...mode, standbyCluster: true } }), {}],
    ['warn granted-timeout', aCluster(), { maxSessionTimeoutMs: 29_999 }],
    ['unknown burden', aCluster(), { burden: null }],
    ['warn transactions', aCluster(), { burden: { ...idle, oldestTransactionMs: 60_001 } }],
    ['warn backup', aCluster(), { burden: { ...idle, backups: 2 } }],
    ['warn checkpoint', aCluster(), { burden: { ...idle, sinceCheckpointBytes: 1024 ** 3 + 1 } }],
    ['unknown checkpoint', aCluster(), { burden: { ...idle, sinceCheckpointBytes: null } }],
    ['warn catching-up', aCluster(), { burden: { ...idle, catchingUp: ['pg-c'] } }],
    ['warn slot', withMember(aCluster(), 'pg-a', { slots: [fullSlot] }), {}],
  ] satisfies [string, ClusterView, Partial<PreflightInput>][])('%s', (...[is, view, more]) =>
    expect(worst(judge(switchover, view, more))).toEqual([is]),
  );

  test('what is within its limits is all right, to the byte', () => {
    const granted = { maxSessionTimeoutMs: 30_000 };
    expect(says(judge(switchover, aCluster(), granted), 'granted-timeout')).toContain('30 s');
    const most = { ...idle, oldestTransactionMs: 60_000, sinceCheckpointBytes: 1024 ** 3 };
    expect(worst(judge(switchover, aCluster(), { ...granted, burden: most }))).toEqual([]);
    const judged = judge(switchover, aCluster(), { burden: slow });
    expect(worst(judged)).toHaveLength(4);
    expect(says(judged, 'backup')).toBe('1 backup of pg-a would break off');
  });

  test('that is scheduled names its time, and is not to be in the past nor while paused', () => {
    const at = (moment: string, view = aCluster()) => judge({ ...switchover, at: moment }, view);
    expect(worst(at(LATER))).toEqual([]);
    expect(at(LATER).verb).toBe('Schedule to switch orders over to pg-b');
    expect(at(LATER).preview.join()).toContain('2026-11-01 13:00:00 UTC');
    expect(worst(at('2026-11-01T12:00:00Z'))).toEqual(['refuse schedule']);
    expect(says(at('2026-11-01T13:59:59+02:00'), 'schedule')).toContain('is past');
    expect(worst(at(LATER, paused))).toEqual(['refuse paused']);
    expect(says(judge(switchover, scheduled), 'request')).toContain('2026-11-01 13:00:00 UTC');
  });

  test('without a named member is left to Patroni, but not while paused', () => {
    const open: Wish = { ...switchover, candidate: null };
    // Who is suggested is who is chosen, until somebody else is.
    expect(judge(open, aCluster()).verb).toContain('the best candidate');
    const alone = aCluster({ members: [aLeader('pg-a')] });
    expect(judge(open, alone).verb).toBe('Switch orders over to the best candidate');
    expect(worst(judge(open, paused))).toEqual(['refuse paused']);
  });
});

describe('of a candidate', () => {
  test.each([
    ['refuse', gone, 'missing'],
    ['refuse', { state: 'starting' }, 'pg-b is starting'],
    ['refuse', { tags: { ...tags, nofailover: true } }, 'nofailover'],
    [
      'refuse',
      { upstream: { name: null, state: 'broken', says: 'not receiving from pg-a' } },
      'not receiving',
    ],
    ['unknown', { upstream: { name: null, state: 'unknown', says: 'x' } }, 'not known'],
    ['refuse', { lag: { ...lag, flushBytes: 1_048_577 } }, 'over the limit of 1 MB'],
    ['ok', { lag: { ...lag, flushBytes: 1_048_576 } }, ''],
    ['unknown', { lag: { ...lag, flushBytes: null } }, 'not known'],
    ['unknown', { lag: { ...lag, quality: 'stale' } }, 'not known for sure'],
    ['refuse', { timeline: 2 }, 'timeline 2, the leader on 3'],
    ['unknown', { timeline: null }, 'not known'],
    ['refuse', { lag: { ...lag, quality: 'replay-paused' } }, 'Replay is paused on pg-b'],
    ['warn', { lag: { ...lag, replayMs: 10_001 } }, '10 s'],
    ['ok', { lag: { ...lag, replayMs: 10_000 } }, ''],
  ] satisfies [string, Partial<MemberView>, string][])('%s for %j', (...[verdict, part, said]) => {
    expect(b(part)).toMatchObject({ verdict });
    expect(b(part).says).toContain(said);
  });

  test('whether it answers over REST: its own word counts, silence does not forbid', () => {
    const reached = (is: Reached | null) =>
      of(judge(switchover, aCluster(), { reached: is ? all(is) : new Map() }), 'pg-b').rules.find(
        ({ code }) => code === 'reachable',
      );
    expect(reached(answers)?.verdict).toBe('ok');
    expect(reached({ ...answers, watchdogFailed: true })?.verdict).toBe('refuse');
    expect(reached(silent)).toMatchObject({ verdict: 'unknown' });
    expect(reached(silent)?.says).toContain('nothing listens there');
    expect(reached(null)?.verdict).toBe('unknown');
  });

  test('with less room than the leader it is warned of, by name and figure', () => {
    const room = (max: string) => new Map([['max_connections', max]]);
    const judged = (own: string) =>
      of(
        judge(switchover, aCluster(), {
          settings: new Map([
            ['pg-a', room('200')],
            ['pg-b', room(own)],
          ]),
        }),
        'pg-b',
      );
    expect(judged('100')).toMatchObject({ verdict: 'warn' });
    expect(judged('100').says).toBe('pg-b has max_connections = 100, the leader 200');
    expect(judged('200').verdict).toBe('ok');
  });

  test('in synchronous mode only a synchronous standby may lead', () => {
    const sync = (part: Partial<typeof mode>) =>
      aCluster({
        mode: { ...mode, replication: 'sync', ...part },
        sync: { leader: 'pg-a', standbys: ['PG-B'], quorum: null },
      });
    const verdicts = (view: ClusterView, wish: Wish) =>
      judge(wish, view).members.map(({ verdict }) => verdict);
    expect(verdicts(sync({}), switchover)).toEqual(['ok', 'refuse']);
    expect(verdicts(sync({ standbyCluster: true }), switchover)).toEqual(['ok', 'ok']);
    // By force it may, and that is said.
    expect(verdicts(sync({}), failover)).toEqual(['ok', 'warn']);
  });
});

describe('a failover', () => {
  const dead = aCluster({
    leader: null,
    members: [
      aLeader('pg-a', { ...gone, isLeader: false, lsn: '0/5000400' }),
      aStandby('pg-b', { lag: null, lsn: '0/5000000' }),
      aStandby('pg-c', { lag: null, lsn: '0/5000300' }),
    ],
  });

  test('without a leader names what each would lose, and has the amount typed', () => {
    const judged = judge(failover, dead);
    expect(worst(judged)).toEqual([]);
    expect(
      judged.members.map(({ name, lossBytes, verdict }) => [name, lossBytes, verdict]),
    ).toEqual([
      ['pg-a', undefined, 'refuse'],
      ['pg-b', 1024, 'unknown'],
      ['pg-c', 256, 'unknown'],
    ]);
    expect(judged.phrase).toBe('orders loses at least 1 kB');
    expect(judged.seen.lossBytes).toBe(1024);
    expect(judged.consequence).toContain('at least 1 kB of WAL is lost for good');
    // Whom nothing is chosen of is suggested who loses least.
    const open = judge({ ...failover, candidate: null }, dead);
    expect([open.suggested, open.phrase]).toEqual(['pg-c', 'orders loses at least 256 bytes']);
  });

  test('of an unknown loss has just that typed', () => {
    const blind = { ...dead, members: dead.members.map((one) => ({ ...one, lsn: null })) };
    const judged = judge(failover, blind, { reached: new Map() });
    expect(judged.phrase).toBe('orders loses an unknown amount');
    expect(judged.seen.lossBytes).toBeNull();
    expect(of(judged, 'pg-b').rules).toContainEqual(
      expect.objectContaining({ code: 'loss', verdict: 'warn' }),
    );
  });

  test('away from a leader that lives is warned of, and told that switching loses nothing', () => {
    const rule = judge(failover, aCluster()).rules.find(({ code }) => code === 'leader');
    expect(rule).toMatchObject({ verdict: 'warn', advice: expect.stringContaining('Switch over') });
    const hangs = withMember(aCluster(), 'pg-a', {
      probe: { is: 'failing', since: 1, failure: { at: 0, code: 'timeout', says: 'x' } },
    });
    expect(says(judge(failover, hangs), 'leader')).toContain('not seen to accept writes');
    expect(judge(failover, hangs).preview.join(' ')).toContain('ttl of 30 s');
  });

  test('is not for one that is gone, down or tagged; lag, timeline and replay only warn', () => {
    const forced = (part: Partial<MemberView>) => b(part, aCluster(), failover).verdict;
    expect(forced(gone)).toBe('refuse');
    expect(forced({ state: 'stopped' })).toBe('refuse');
    expect(forced({ tags: { ...tags, nofailover: true } })).toBe('refuse');
    expect(forced({ lag: { ...lag, flushBytes: 1e9 } })).toBe('warn');
    expect(forced({ timeline: 2 })).toBe('warn');
    expect(forced({ lag: { ...lag, quality: 'replay-paused' } })).toBe('warn');
  });

  test('would replace no request that stands', () => {
    expect(worst(judge(failover, scheduled))).toContain('refuse request');
  });
});

describe('the suggestion', () => {
  const cluster = (...members: MemberView[]) =>
    judge(switchover, aCluster({ members: [aLeader('pg-a'), ...members] }), {
      reached: new Map(members.map(({ name }) => [name, answers])),
    }).suggested;
  test('is the best verdict, then the highest priority, then the least lag', () => {
    expect(cluster(aStandby('b', { timeline: null }), aStandby('c'))).toBe('c');
    expect(
      cluster(
        aStandby('b', { tags: { ...tags, failoverPriority: 1 } }),
        aStandby('c', { tags: { ...tags, failoverPriority: 5 } }),
      ),
    ).toBe('c');
    expect(
      cluster(
        aStandby('b', { lag: { ...lag, replayBytes: 900 } }),
        aStandby('c', { lag: { ...lag, replayBytes: 9 } }),
      ),
    ).toBe('c');
  });
  test('is whoever answers, and not a leader that has just died with more WAL', () => {
    const unsure = { ...lag, quality: 'stale' as const };
    const view = aCluster({
      leader: null,
      members: [
        aStandby('pg-a', { lsn: '0/6000000', lag: null }),
        aStandby('pg-b', { lsn: '0/5000000', lag: unsure }),
      ],
    });
    const reached = new Map<string, Reached>([
      ['pg-a', silent],
      ['pg-b', answers],
    ]);
    expect(judge({ kind: 'failover', candidate: null }, view, { reached }).suggested).toBe('pg-b');
  });
  test('knows the loss before a first failover has left a history', () => {
    const view = aCluster({
      ...{ leader: null, timeline: null },
      members: [
        aStandby('pg-a', { lsn: '0/5000100', timeline: 1 }),
        aStandby('pg-b', { lsn: '0/5000000', timeline: 1 }),
      ],
    });
    const reached = new Map<string, Reached>([
      ['pg-a', silent],
      ['pg-b', { ...answers, position: null, timeline: null }],
    ]);
    const judged = judge({ kind: 'failover', candidate: 'pg-b' }, view, { reached });
    expect(judged.phrase).toBe('orders loses at least 256 bytes');
  });
  test('is nobody when nobody may lead', () => {
    expect(cluster(aStandby('b', { state: 'stopped' }))).toBeNull();
    expect(cluster()).toBeNull();
  });
});

describe('taking a switchover back', () => {
  const wish: Wish = { kind: 'cancel-switchover' };
  test('needs one that is scheduled', () => {
    expect(worst(judge(wish, scheduled))).toEqual([]);
    expect(worst(judge(wish, aCluster()))).toEqual(['refuse request']);
    const immediate = { ...request, scheduledAt: null };
    expect(says(judge(wish, aCluster({ request: immediate })), 'request')).toContain(
      'not scheduled',
    );
  });
  test('says when it may be too late', () => {
    const at = Date.parse(LATER);
    expect(worst(judge(wish, scheduled, { now: at - 9_999 }))).toEqual(['warn late']);
    expect(worst(judge(wish, scheduled, { now: at - 10_000 }))).toEqual([]);
  });
});

describe('of whom is asked', () => {
  const pending = withMember(aCluster(), 'pg-b', {
    ...{ pendingRestart: true, pendingRestartReason: ['max_connections'] },
  });
  const planned = withMember(aCluster(), 'pg-b', { scheduledRestart: LATER });

  test.each([
    ['a restart of nobody', restart([]), aCluster(), ['refuse chosen']],
    ['a restart of a stranger', restart(['pg-x']), aCluster(), ['refuse chosen']],
    [
      'a restart of one that is gone',
      restart(['pg-b']),
      withMember(aCluster(), 'pg-b', gone),
      ['refuse present'],
    ],
    [
      'a restart of one without an address',
      restart(['pg-b']),
      withMember(aCluster(), 'pg-b', { apiUrl: null }),
      ['refuse reachable'],
    ],
    ['a restart where it is pending', restart(['pg-b'], { pendingOnly: true }), pending, []],
    [
      'a restart where none is pending',
      restart(['pg-c'], { pendingOnly: true }),
      pending,
      ['refuse pending'],
    ],
    [
      'a restart of one that is not running',
      restart(['pg-b']),
      withMember(aCluster(), 'pg-b', { state: 'starting' }),
      ['warn state'],
    ],
    ['a schedule beside another', restart(['pg-b'], { at: LATER }), planned, ['refuse scheduled']],
    ['a restart now beside a schedule', restart(['pg-b']), planned, []],
    ['a schedule of two', restart(['pg-b', 'pg-c'], { at: LATER }), aCluster(), ['refuse one']],
    [
      'a schedule in the past',
      restart(['pg-b'], { at: '2026-11-01T11:00:00Z' }),
      aCluster(),
      ['refuse schedule'],
    ],
    ['a schedule while paused', restart(['pg-b'], { at: LATER }), paused, ['refuse paused']],
    ['cancelling a schedule', { kind: 'cancel-restart', member: 'pg-b' }, planned, []],
    [
      'cancelling another than was seen',
      { kind: 'cancel-restart', member: 'pg-b', at: '2026-01-01T00:00:00Z' },
      planned,
      ['refuse scheduled'],
    ],
    ['cancelling none', { kind: 'cancel-restart', member: 'pg-c' }, planned, ['refuse scheduled']],
    ['a reload of two', { kind: 'reload', members: ['pg-a', 'pg-b'] }, aCluster(), []],
    ['a reload of nobody', { kind: 'reload', members: [] }, aCluster(), ['refuse chosen']],
    ['a new copy', { kind: 'reinitialise', member: 'pg-b' }, aCluster(), []],
    [
      'a new copy of the leader',
      { kind: 'reinitialise', member: 'pg-a' },
      aCluster(),
      ['refuse role'],
    ],
    [
      'a new copy without a leader',
      { kind: 'reinitialise', member: 'pg-b' },
      aCluster({ leader: null }),
      ['refuse leader'],
    ],
    [
      'a new copy of the last standby',
      { kind: 'reinitialise', member: 'pg-b' },
      withMember(aCluster(), 'pg-c', gone),
      ['warn last-standby'],
    ],
  ] satisfies [string, Wish, ClusterView, string[]][])('%s', (...[, wish, view, rules]) =>
    expect(worst(judge(wish, view))).toEqual(rules),
  );

  test('who does not answer over REST can’t be asked', () => {
    const judged = judge(restart(['pg-b']), aCluster(), { reached: all(silent) });
    expect(worst(judged)).toEqual(['refuse reachable']);
    expect(worst(judge(restart(['pg-b']), aCluster(), { reached: new Map() }))).toEqual([
      'unknown reachable',
    ]);
  });

  test('a restart of the leader interrupts, and has the name typed', () => {
    const judged = judge(restart(['pg-a', 'pg-b']), aCluster());
    expect(judged).toMatchObject({ danger: 'interrupts', phrase: 'orders' });
    expect(judged.expectedOutageMs).not.toBeNull();
    expect(judged.preview.join(' ')).toContain('standbys first');
  });

  test('a restart of the only synchronous standby is warned of', () => {
    const sync = withMember(
      aCluster({
        mode: { ...mode, replication: 'sync' },
        sync: { leader: 'pg-a', standbys: ['pg-b'], quorum: null },
      }),
      'pg-b',
      { syncRole: 'sync' },
    );
    expect(worst(judge(restart(['pg-b']), sync))).toEqual(['warn sync']);
  });
});

describe('of the cluster', () => {
  const bare = aCluster({
    leader: null,
    members: [aStandby('pg-b', { ...gone, probe: { is: 'pending' } })],
  });
  test.each([
    ['pausing', { kind: 'pause', until: NOW + 1 }, aCluster(), []],
    ['pausing what is paused', { kind: 'pause', until: null }, paused, ['refuse paused']],
    [
      'pausing until a moment that is past',
      { kind: 'pause', until: NOW },
      aCluster(),
      ['refuse due'],
    ],
    ['pausing beside a schedule', { kind: 'pause', until: null }, scheduled, ['warn request']],
    [
      'pausing without a configuration',
      { kind: 'pause', until: null },
      aCluster({ config: { is: 'absent' } }),
      ['warn config', 'refuse writable'],
    ],
    ['resuming', { kind: 'resume' }, paused, []],
    ['resuming what is not paused', { kind: 'resume' }, aCluster(), ['refuse paused']],
    ['resuming without a leader', { kind: 'resume' }, { ...paused, leader: null }, ['warn leader']],
    ['a new configuration', { kind: 'configuration', text: '{}', seq: null }, aCluster(), []],
    ['removing what is dead', { kind: 'removal' }, bare, []],
    [
      'removing what lives',
      { kind: 'removal' },
      aCluster(),
      ['refuse leader', 'refuse members', 'refuse writable'],
    ],
    [
      'removing what has no leader but lives',
      { kind: 'removal' },
      { ...aCluster({ leader: null }), members: [aStandby('pg-b')] },
      ['refuse members'],
    ],
    [
      'removing what still takes writes',
      { kind: 'removal' },
      { ...bare, members: [aLeader('pg-a', { ...gone, isLeader: false })] },
      ['refuse writable'],
    ],
  ] satisfies [string, Wish, ClusterView, string[]][])('%s', (...[, wish, view, rules]) =>
    expect(worst(judge(wish, view))).toEqual(rules),
  );
});

describe('the ensemble', () => {
  const said = (serving: number, total: number) =>
    judge(switchover, aCluster(), { quorum: { serving, total } }).rules.find(
      ({ code }) => code === 'quorum',
    );

  test('is warned of where one server less would decide nothing', () => {
    expect(said(3, 3)).toMatchObject({ verdict: 'ok', measured: '3 of 3', limit: '2 of 3' });
    expect(said(2, 3)).toMatchObject({ verdict: 'warn' });
    expect(said(2, 3)?.says).toContain('with one less');
    expect(said(1, 3)?.says).toContain('2 are needed');
    expect(said(1, 1)?.verdict).toBe('ok');
  });
});

describe('what Patroni itself sees of a candidate', () => {
  const at = (position: bigint): Reached => ({
    ...{ is: 'ok', position, timeline: 3, watchdogFailed: false },
  });
  const lagOf = (own: bigint) => {
    const reached = new Map([
      ['pg-a', at(10_000_000n)],
      ['pg-b', at(own)],
    ]);
    const { members } = judge(switchover, aCluster(), { reached });
    const rules = members.find(({ name }) => name === 'pg-b')?.rules ?? [];
    return rules.find(({ code }) => code === 'patronis-lag');
  };

  test('is said beside what is measured, since it decides by that', () => {
    expect(lagOf(10_000_000n)?.verdict).toBe('ok');
    expect(lagOf(10_000_000n - 1_048_576n)?.verdict).toBe('ok');
    expect(lagOf(10_000_000n - 1_048_577n)).toMatchObject({ verdict: 'warn', limit: '1 MB' });
  });
});

describe('what would be lost', () => {
  const at = (position: bigint, timeline = 3): Reached => ({
    ...{ is: 'ok', position, timeline, watchdogFailed: false },
  });
  const blind = aCluster({
    leader: null,
    members: aCluster().members.map((one) => ({ ...one, isLeader: false, lsn: null })),
  });
  const lossOf = (more: Partial<PreflightInput>, view = blind) =>
    of(judge(failover, view, more), 'pg-b').lossBytes;
  const nothing = { head: null, members: new Map() };

  test('is counted to the furthest position that anything is evidence of', () => {
    const reached = new Map([
      ['pg-b', at(1000n)],
      ['pg-c', at(1300n)],
    ]);
    expect(lossOf({ reached })).toBe(300);
    expect(lossOf({ reached, positions: { ...nothing, head: 5000n } })).toBe(4000);
    const members = new Map([['pg-a', 9000n]]);
    expect(lossOf({ reached, positions: { head: 5000n, members } })).toBe(8000);
    const probed = withMember(blind, 'pg-a', { lsn: '0/4E20' });
    expect(lossOf({ reached }, probed)).toBe(19_000);
  });

  test('of one on another timeline is not known, however far it is', () => {
    const behind = withMember(blind, 'pg-b', { timeline: 2 });
    expect(lossOf({ reached: new Map([['pg-b', at(9000n, 2)]]) }, behind)).toBeNull();
    expect(lossOf({ reached: new Map([['pg-b', at(9000n)]]) })).toBe(0);
  });

  test('is known where a Patroni goes on telling the timeline before', () => {
    const reached = new Map([
      ['pg-b', at(1000n, 2)],
      ['pg-c', at(1300n)],
    ]);
    expect(lossOf({ reached })).toBe(300);
    expect(
      lossOf(
        { reached: new Map([['pg-b', at(1000n)]]) },
        withMember(blind, 'pg-b', { timeline: 2 }),
      ),
    ).toBe(0);
  });

  test('is never said to be nothing for sure while a leader may have written more', () => {
    const reached = new Map([['pg-b', at(9000n)]]);
    const rule = of(judge(failover, aCluster(), { reached }), 'pg-b').rules;
    expect(rule.find(({ code }) => code === 'loss')).toMatchObject({ verdict: 'warn' });
    const heard = new Map([...reached, ['pg-a', at(9000n)] as const]);
    const sure = of(judge(failover, aCluster(), { reached: heard }), 'pg-b').rules;
    expect(sure.find(({ code }) => code === 'loss')).toMatchObject({ verdict: 'ok' });
  });
});

describe('a standby whose data is to be thrown away', () => {
  const copy: Wish = { kind: 'reinitialise', member: 'pg-b' };
  const says = (view: ClusterView) => worst(judge(copy, view));

  test('is kept where it accepts writes, or where nobody runs whom it could be copied from', () => {
    const probe = { is: 'ok', writable: true, privileged: true } as const;
    expect(says(withMember(aCluster(), 'pg-b', { probe }))).toContain('refuse writable');
    const crashed = withMember(aCluster(), 'pg-a', { state: 'crashed' });
    expect(says(crashed)).toContain('refuse source');
    const unasked = withMember(aCluster(), 'pg-a', {
      probe: { is: 'failing', since: 1, failure: { at: 1, code: 'no-credentials', says: 'x' } },
    });
    expect(says(unasked)).not.toContain('refuse source');
    expect(says(withMember(aCluster(), 'pg-b', { timeline: 2 }))).toContain('warn fork');
    expect(says(aCluster())).toEqual([]);
  });
});

test('what is scheduled for later is warned of how it is now, and not refused for it', () => {
  const later: Wish = { kind: 'switchover', candidate: 'pg-b', at: '2030-01-01T00:00:00Z' };
  const behind = withMember(aCluster(), 'pg-b', { timeline: 2, state: 'starting' });
  expect(of(judge(later, behind), 'pg-b').verdict).toBe('warn');
  const never = withMember(aCluster(), 'pg-b', {
    tags: { ...tags, nofailover: true },
  });
  expect(of(judge(later, never), 'pg-b').verdict).toBe('refuse');
});

test('a request that stands holds up no cluster without a leader', () => {
  const request = { leader: null, candidate: 'pg-c', scheduledAt: null, version: 4 };
  const stuck = aCluster({ leader: null, request });
  expect(worst(judge(failover, stuck))).toEqual(['warn request']);
  expect(worst(judge({ kind: 'cancel-switchover' }, stuck))).toEqual([]);
  expect(worst(judge({ kind: 'cancel-switchover' }, aCluster({ request })))).toContain(
    'refuse request',
  );
});

test('what can be wished is what can be done', () => {
  expect(wishShape.options.map(({ shape }) => shape.kind.value).toSorted()).toEqual(
    [...operationKinds].toSorted(),
  );
});
