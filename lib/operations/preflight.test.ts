import { describe, expect, test } from 'vitest';
import { aCluster, aLeader, aStandby, withMember } from '../topology/sample-cluster';
import type { ClusterView, MemberView } from '../topology/view';
import { preflight } from './preflight';

const judge = (
  view: ClusterView,
  more: { zookeeperConnected?: boolean; running?: string | null } = {},
) => preflight({ view, zookeeperConnected: true, running: null, ...more });
const worst = (view: ClusterView, more = {}) =>
  judge(view, more)
    .rules.filter(({ verdict }) => verdict !== 'ok')
    .map(({ code, verdict }) => `${verdict} ${code}`);
const b = (part: Partial<MemberView>, view = aCluster()) =>
  judge(withMember(view, 'pg-b', part)).candidates.find(({ name }) => name === 'pg-b');
const lag = aStandby('x').lag;
if (!lag) throw new Error('a standby has lag');
const mode = {
  replication: 'async' as const,
  paused: false,
  standbyCluster: false,
  failsafe: false,
};

test('a cluster that is well may be switched over to any standby', () => {
  const found = judge(aCluster());
  expect(worst(aCluster())).toEqual([]);
  expect(found.candidates.map(({ name, verdict }) => [name, verdict])).toEqual([
    ['pg-b', 'ok'],
    ['pg-c', 'ok'],
  ]);
  expect(found.seen).toEqual({ leader: 'pg-a', leaderCzxid: '10', configVersion: 2 });
  expect(found.preview.join(' ')).toContain('pg-a');
});

describe('of the cluster', () => {
  test.each([
    ['refuse zookeeper', aCluster(), { zookeeperConnected: false }],
    ['refuse leader', aCluster({ leader: null }), {}],
    ['refuse turn', aCluster(), { running: 'A switchover' }],
    [
      'refuse request',
      aCluster({ request: { leader: null, candidate: 'pg-b', scheduledAt: null } }),
      {},
    ],
    [
      'refuse leader-member',
      withMember(aCluster(), 'pg-a', { presence: { is: 'missing', since: 1 } }),
      {},
    ],
    ['warn leader-member', withMember(aCluster(), 'pg-a', { apiUrl: null }), {}],
    ['warn leader-member', withMember(aCluster(), 'pg-a', { state: 'stopping' }), {}],
    ['warn paused', aCluster({ mode: { ...mode, paused: true } }), {}],
    ['warn standby-cluster', aCluster({ mode: { ...mode, standbyCluster: true } }), {}],
    ['warn config', aCluster({ config: { is: 'absent' } }), {}],
  ] as const)('%s', (...[says, view, more]) => expect(worst(view, more)).toEqual([says]));

  test('a scheduled switchover is named with its time', () => {
    const request = { leader: 'pg-a', candidate: 'pg-b', scheduledAt: '2026-12-01T00:00' };
    expect(
      judge(aCluster({ request })).rules.find(({ code }) => code === 'request')?.says,
    ).toContain('2026-12-01T00:00');
  });
});

describe('of a candidate', () => {
  test.each([
    ['refuse', { presence: { is: 'missing', since: 1 } }, 'missing'],
    ['refuse', { state: 'starting' }, 'pg-b is starting'],
    ['refuse', { tags: { ...aStandby('x').tags, nofailover: true } }, 'nofailover'],
    [
      'refuse',
      { upstream: { name: null, state: 'broken', says: 'not receiving from pg-a' } },
      'not receiving',
    ],
    ['unknown', { upstream: { name: null, state: 'unknown', says: 'x' } }, 'not known'],
    ['refuse', { lag: { ...lag, flushBytes: 1_048_577 } }, 'over the limit of 1 MB'],
    ['ok', { lag: { ...lag, flushBytes: 1_048_576 } }, ''],
    ['unknown', { lag: { ...lag, flushBytes: null } }, 'not known'],
    ['refuse', { timeline: 2 }, 'timeline 2, the leader on 3'],
    ['unknown', { timeline: null }, 'not known'],
    ['warn', { lag: { ...lag, quality: 'replay-paused' } }, 'paused'],
    ['warn', { lag: { ...lag, replayMs: 12_000 } }, '12 s'],
  ] satisfies [string, Partial<MemberView>, string][])('%s for %j', (...[verdict, part, says]) => {
    expect(b(part)).toMatchObject({ verdict });
    expect(b(part)?.says).toContain(says);
  });

  test('in synchronous mode only a synchronous standby may lead', () => {
    const sync = aCluster({
      mode: { ...mode, replication: 'sync' },
      sync: { leader: 'pg-a', standbys: ['PG-B'], quorum: null },
    });
    expect(judge(sync).candidates.map(({ verdict }) => verdict)).toEqual(['ok', 'refuse']);
  });
});

describe('the suggestion', () => {
  const cluster = (...members: MemberView[]) =>
    judge(aCluster({ members: [aLeader('pg-a'), ...members] })).suggested;
  const tags = aStandby('x').tags;
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
  test('is nobody when nobody may lead', () => {
    expect(cluster(aStandby('b', { state: 'stopped' }))).toBeNull();
    expect(cluster()).toBeNull();
  });
});
