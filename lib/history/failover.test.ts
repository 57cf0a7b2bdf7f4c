import { describe, expect, test } from 'vitest';
import type { Cause } from '../topology/event';
import { aCluster, aLeader, aStandby, withMember } from '../topology/sample-cluster';
import type { ClusterView } from '../topology/view';
import { type Failover, FailoverFollower } from './failover';

const led = (name: string, czxid: string, part: Partial<ClusterView> = {}): ClusterView =>
  aCluster({
    leader: { name, czxid, session: null, since: 1 },
    members: ['pg-a', 'pg-b'].map((one) =>
      one === name
        ? aLeader(one)
        : aStandby(one, { upstream: { name, state: 'streaming', says: '' } }),
    ),
    ...part,
  });
const nobody = aCluster({ leader: null });

/** What is told of a history of views, a second apart. */
function told(views: readonly ClusterView[], cause: Cause = 'automatic') {
  const follower = new FailoverFollower();
  return views.map((view, n) => follower.take(view, { at: n * 1000, cause }));
}
const last = (all: ReturnType<typeof told>): Partial<Failover> | null | undefined =>
  all.findLast((one) => one !== null);

describe('a change of leadership', () => {
  test('is told when the new leader is seen, and again when its cost is known, and then no more', () => {
    const unsettled = withMember(led('pg-b', '2'), 'pg-a', { state: 'stopped' });
    const after = led('pg-b', '2', {
      timeline: 4,
      lastOutage: { from: 'pg-a', to: 'pg-b', startedAt: 500, endedAt: 4200 },
      history: [{ timeline: 3, lsn: '83886080', reason: '', at: null, leader: 'pg-b' }],
    });
    const before = withMember(led('pg-a', '1'), 'pg-a', { lsn: '0/5000400' });
    const all = told([before, nobody, nobody, unsettled, unsettled, after, after]);
    expect(all.map((one) => one !== null)).toEqual([
      ...[false, false, false, true, false, true, false],
    ]);
    expect(last(all)).toEqual({
      ...{ kind: 'failover', cause: 'automatic', from: 'pg-a', to: 'pg-b', czxid: '2' },
      ...{ began: 1000, led: 3000, recovered: 5000, outageMs: 3700, predictedMs: null },
      ...{ timelineBefore: 3, timelineAfter: 4 },
      // Seen 1 kB beyond the end of its timeline.
      lostBytes: 1024,
    });
  });

  test('that somebody asked for, from a leader, is planned, and has what was expected of it', () => {
    const request = { leader: 'pg-a', candidate: 'pg-b', scheduledAt: null, version: 1 };
    const views = [led('pg-a', '1', { request }), nobody, led('pg-b', '2')];
    expect(last(told(views, 'request'))).toMatchObject({
      kind: 'switchover',
      predictedMs: [1500, 5000],
    });
    const byHand = { ...request, leader: null };
    const forced = [led('pg-a', '1', { request: byHand }), nobody, led('pg-b', '2')];
    expect(last(told(forced, 'request'))).toMatchObject({ kind: 'failover', predictedMs: null });
  });

  test('that Howdah was asked for is what it was asked for, though its request was never seen', () => {
    const kindOf = (moving: 'switchover' | 'failover') => {
      const follower = new FailoverFollower();
      follower.take(led('pg-a', '1'), { at: 0, cause: 'howdah', moving });
      return follower.take(led('pg-b', '2'), { at: 1000, cause: 'howdah', moving })?.kind;
    };
    expect([kindOf('switchover'), kindOf('failover')]).toEqual(['switchover', 'failover']);
  });

  test('is not what somebody asked for and took back long before', () => {
    const request = { leader: 'pg-a', candidate: 'pg-b', scheduledAt: null, version: 1 };
    const kindAfter = (goneMs: number) => {
      const follower = new FailoverFollower();
      const take = (view: ClusterView, at: number) => follower.take(view, { at, cause: 'request' });
      take(led('pg-a', '1', { request }), 0);
      take(led('pg-a', '1'), 1000);
      return take(led('pg-b', '2'), 1000 + goneMs)?.kind;
    };
    expect([kindAfter(5000), kindAfter(60_000)]).toEqual(['switchover', 'failover']);
  });

  test('back to the same member is a restart of its leadership', () => {
    expect(last(told([led('pg-a', '1'), nobody, led('pg-a', '2')]))).toMatchObject({
      kind: 'restart',
      from: 'pg-a',
      to: 'pg-a',
    });
  });

  test('is none where a cluster is seen for the first time, or nothing moves', () => {
    expect(told([nobody, led('pg-a', '1'), led('pg-a', '1')])).toEqual([null, null, null]);
  });

  test('that never recovers is told as it stands after an hour', () => {
    const follower = new FailoverFollower();
    const broken = withMember(led('pg-b', '2'), 'pg-a', { state: 'stopped' });
    follower.take(led('pg-a', '1'), { at: 0, cause: 'automatic' });
    follower.take(broken, { at: 1000, cause: 'automatic' });
    follower.take(broken, { at: 4_000_000, cause: 'automatic' });
    const late = follower.take(led('pg-b', '2'), { at: 4_001_000, cause: 'automatic' });
    expect(late).toBeNull();
  });
});
