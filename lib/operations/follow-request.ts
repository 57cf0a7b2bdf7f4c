import type { ClusterView } from '../topology/view';
import { end, isUndecided, mark, type Run, seen, tooLate } from './run';
import type { WishOf } from './wish';

/** Follows what only changes the request that stands in ZooKeeper: a schedule, or its end. */
export function followSchedule(run: Run, cluster: ClusterView, now: number): Run {
  if (!isUndecided(run) || run.view.state === 'recorded') return run;
  const { candidate, at } = run.wish as WishOf<'switchover'>;
  const { request } = cluster;
  if (request === null || at === null) return run;
  const ours =
    request.leader === run.seen.leader &&
    request.candidate === candidate &&
    request.scheduledAt !== null &&
    Date.parse(request.scheduledAt) === Date.parse(at);
  if (!ours) return run;
  const marked = mark(run, 'scheduled', now);
  const whom = candidate ?? 'the best candidate';
  return end(marked, {
    code: 'done',
    says: `${cluster.name} is switched over to ${whom} at ${new Date(at).toISOString()}.`,
    at: now,
  });
}

/** Gone is what was to be cancelled; where the leadership moved meanwhile, it came too late. */
export function followCancel(run: Run, cluster: ClusterView, now: number): Run {
  if (!isUndecided(run) || run.view.state === 'recorded') return run;
  if (cluster.leader?.czxid !== run.seen.leaderCzxid) {
    return end(run, {
      code: 'failed',
      says: 'It came too late: the leadership has moved meanwhile.',
      at: now,
    });
  }
  // Only what we wrote ourselves proves that we did it, and not somebody else.
  if (cluster.request !== null || seen(run, 'requested') === null) return run;
  return end(mark(run, 'request-cleared', now), {
    code: 'done',
    says: 'No switchover is scheduled any more.',
    at: now,
  });
}

export function requestOverdue(run: Run, cluster: ClusterView | null, now: number): Run {
  const scheduled = run.wish.kind === 'switchover';
  if (cluster === null) return tooLate(run, now);
  const { request } = cluster;
  const says = scheduled
    ? request === null
      ? 'Nothing came of it: no schedule stands in ZooKeeper.'
      : 'Another request stands in ZooKeeper than the one that was asked for.'
    : 'A request still stands in ZooKeeper.';
  return end(run, { code: 'failed', says, at: now });
}
