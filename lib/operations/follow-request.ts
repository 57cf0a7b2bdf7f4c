import type { ClusterView } from '../topology/view';
import { comesUntil, DROPPED_MS } from './follow-leadership';
import { moment } from './rules/words';
import { end, isUndecided, mark, type Run, seen, tooLate, waiting } from './run';
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
    says: `${cluster.name} is switched over to ${whom} at ${moment(at)}.`,
    at: now,
  });
}

/**
 * Gone is what was to be cancelled; where the leadership moved meanwhile, it came too late. Patroni
 * may have begun with it when it was taken back: only a leadership that lasts says that it has not,
 * and lasts beyond the moment where Patroni may have slept towards it already.
 */
export function followCancel(run: Run, cluster: ClusterView, now: number): Run {
  if (!isUndecided(run) || run.view.state === 'recorded') return run;
  if ((cluster.leader?.czxid ?? null) !== run.seen.leaderCzxid) {
    const says =
      comesUntil(run) !== null && now >= (run.due?.at ?? now) - SKEW_MS
        ? 'It was carried out all the same: Patroni had begun to wait for its moment.'
        : 'It came too late: the leadership has moved meanwhile.';
    return end(run, { code: 'failed', says, at: now });
  }
  // Only what we wrote ourselves proves that we did it, and not somebody else.
  if (cluster.request !== null || seen(run, 'requested') === null) return run;
  const cleared = mark(run, 'request-cleared', now);
  const leads = cluster.members.find(({ name }) => name === cluster.leader?.name);
  const steps = leads !== undefined && leads.state !== 'running';
  if (steps || now - (seen(cleared, 'request-cleared') ?? now) < DROPPED_MS) return cleared;
  const until = comesUntil(cleared);
  if (until !== null && now < until) {
    return waiting(cleared, 'its moment to pass: Patroni may have begun to wait for it', now);
  }
  return end(cleared, { code: 'done', says: NONE_SCHEDULED, at: now });
}

/** Patroni's clock may be so much ahead. */
const SKEW_MS = 1000;

const NONE_SCHEDULED = 'No switchover is scheduled any more.';

export function requestOverdue(run: Run, cluster: ClusterView | null, now: number): Run {
  if (cluster === null) return tooLate(run, now);
  const { request, leader } = cluster;
  const failed = (says: string) => end(run, { code: 'failed', says, at: now });
  if (run.wish.kind !== 'switchover') {
    if (request !== null) return failed('A request still stands in ZooKeeper.');
    // It is as it was wanted, whoever has done it.
    return end(run, { code: 'done', says: NONE_SCHEDULED, at: now });
  }
  if (request !== null) {
    return failed('Another request stands in ZooKeeper than the one that was asked for.');
  }
  const { at } = run.wish;
  const due = at !== null && Date.parse(at) <= now;
  if (due || (leader?.czxid ?? null) !== run.seen.leaderCzxid) {
    const why = due ? 'its time has come meanwhile' : 'the leadership has moved meanwhile';
    const says = `Whether it was scheduled is not known: no schedule stands in ZooKeeper, and ${why}.`;
    return end(run, { code: 'unknown', says, at: now });
  }
  return failed('Nothing came of it: no schedule stands in ZooKeeper.');
}
