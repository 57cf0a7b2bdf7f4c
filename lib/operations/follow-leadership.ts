import type { ClusterView, MemberView } from '../topology/view';
import { formatDuration } from '../units';
import { end, isUndecided, mark, type Run, seen, tooLate, waiting } from './run';

/** Follows a change of leadership, whoever has asked for it. May be called as often as one likes. */
export function followLeadership(run: Run, cluster: ClusterView, now: number): Run {
  const undecided = isUndecided(run);
  if (run.view.outcome === null && run.view.state !== 'observing') return run;
  let next = run;
  if (cluster.request && seen(next, 'request-seen') === null && undecided) {
    next = mark(next, 'request-seen', now);
  }
  next = leadership(next, cluster, now);
  const changed = seen(next, 'leader-acquired') !== null;
  if (!cluster.request && (changed || seen(next, 'request-seen') !== null)) {
    next = mark(next, 'request-cleared', now);
  }
  next = outage(next, cluster);
  if (undecided) next = doubted(replaced(next, cluster, now), cluster);
  if (undecided) next = judge(next, cluster, now);
  return changed ? oldLeader(next, cluster, now) : next;
}

/** While it is paused no member takes it by itself, and whoever reads on would wait for nothing. */
const takerOf = ({ view: { cause } }: Run, { name, mode }: ClusterView): string =>
  cause === 'automatic' && mode.paused
    ? `somebody to act: ${name} is paused, so no member takes the leadership by itself`
    : 'a member to take the leadership';

function leadership(run: Run, cluster: ClusterView, now: number): Run {
  const { leader } = cluster;
  if (!leader) {
    const since = cluster.leaderlessSince ?? now;
    return waiting(mark(run, 'leader-released', since), takerOf(run, cluster), now);
  }
  if (leader.czxid === run.seen.leaderCzxid) return run;
  let next = run;
  if (seen(next, 'leader-acquired') === null) {
    const released = seen(next, 'leader-released');
    if (released === null) {
      next = mark(next, 'leader-released', now, 'The leadership changed hands between two looks');
    }
    next = mark(next, 'leader-acquired', now, `${leader.name} has taken the leadership`);
    // A gap that was not seen is not known, and not nothing.
    const leaderlessMs = released === null ? null : Math.max(0, now - released);
    next = { ...next, view: { ...next.view, leaderlessMs } };
    next = waiting(next, `${leader.name} to be promoted`, now);
  }
  const member = cluster.members.find((one) => one.name === leader.name);
  if (member?.role === 'primary' || (member?.probe.is === 'ok' && member.probe.writable)) {
    next = mark(next, 'promoted', now, `${leader.name} is primary`);
  } else if (cluster.mode.standbyCluster && member?.role === 'standby_leader') {
    next = mark(next, 'promoted', now, `${leader.name} is the standby leader`);
  }
  const { timelineBefore: before } = run;
  if (before !== null && cluster.timeline !== null && cluster.timeline > before) {
    next = mark(next, 'timeline-advanced', now, `Timeline ${before} became ${cluster.timeline}`);
  }
  return next;
}

/** The last look at the old primary may be this old when the run starts. */
const OWN_OUTAGE_MS = 30_000;

function outage(run: Run, { lastOutage }: ClusterView): Run {
  const { startedAt, outageMs } = run.view;
  if (!lastOutage || outageMs !== null || lastOutage.endedAt < startedAt) return run;
  // One that began long before is another one's.
  if (lastOutage.startedAt < startedAt - OWN_OUTAGE_MS) return run;
  const measured = lastOutage.endedAt - lastOutage.startedAt;
  return { ...run, view: { ...run.view, outageMs: measured, outageBy: 'probes' } };
}

/** By writes that were really tried, which says more than who was seen to be writable. */
export function measured(run: Run, outageMs: number): Run {
  if (run.view.outageBy === 'writes' && run.view.outageMs === outageMs) return run;
  const after: Run = { ...run, view: { ...run.view, outageMs, outageBy: 'writes' } };
  const { outcome } = run.view;
  const before = cost(run);
  if (outcome === null || before === '') return after;
  // It was said by what was known then: one page must not tell two figures of one thing.
  const says = outcome.says.replace(before, cost(after));
  return { ...after, view: { ...after.view, outcome: { ...outcome, says } } };
}

/**
 * A request that is gone while the old leader stands may be seen so for a moment in the best of
 * switchovers: leader and request are two znodes, read one by one. Only what lasts decides.
 */
export const DROPPED_MS = 2000;

/**
 * Until when what was taken back may be carried out all the same; null: it can't be. Within its last
 * loop before the moment Patroni sleeps up to it, and heeds what it has read before.
 */
export function comesUntil(run: Run): number | null {
  const cleared = seen(run, 'requested');
  if (run.due === undefined || cleared === null) return null;
  const { at, loopMs } = run.due;
  return cleared < at - loopMs - 1000 ? null : at + loopMs;
}

/** Patroni's write may be on its way for as long as its session lasts, and a little more. */
const LATE_MS = 10_000;

function doubted(run: Run, { config }: ClusterView): Run {
  if (run.erredAt === undefined || run.doubtUntil !== undefined) return run;
  const ttl = config.is === 'ok' ? config.value.ttl : 30;
  return { ...run, doubtUntil: run.erredAt + ttl * 1000 + LATE_MS };
}

/** Whether it is over though nothing was seen: Patroni failed to take the request. */
function cameToNothing(run: Run, cluster: ClusterView, now: number): boolean {
  if (run.doubtUntil === undefined || now < run.doubtUntil) return false;
  const same = (cluster.leader?.czxid ?? null) === run.seen.leaderCzxid;
  return same && cluster.request === null && seen(run, 'request-seen') === null;
}

const REPLACED = 'Patroni to let go of another request, which stands where this one did';

/** Patroni writes whatever it is asked over what stands there: a schedule that came after ours. */
function replaced(run: Run, { request, leader }: ClusterView, now: number): Run {
  const stands = (leader?.czxid ?? null) === run.seen.leaderCzxid;
  const isOther = request?.scheduledAt != null && run.view.cause === 'howdah';
  if (isOther && stands) return waiting(run, REPLACED, now);
  if (run.view.waiting?.says !== REPLACED) return run;
  return waiting(run, 'what comes of it', now);
}

/** Since when it has been so; null: it is not. */
const replacedAt = ({ view: { waiting: waits } }: Run): number | null =>
  waits?.says === REPLACED ? waits.since : null;

/** When a run is worth another look though nothing may have changed; null: no need. */
export function settlesAt(run: Run): number | null {
  if (run.view.outcome) return null;
  const other = replacedAt(run);
  if (other !== null) return other + DROPPED_MS;
  if (run.doubtUntil !== undefined && seen(run, 'request-seen') === null) return run.doubtUntil;
  const cleared = seen(run, 'request-cleared');
  if (cleared === null || seen(run, 'leader-acquired') !== null) return null;
  return Math.max(cleared + DROPPED_MS, comesUntil(run) ?? 0);
}

/** Success needs a new leadership, the right name, its promotion and a new timeline. */
function judge(run: Run, cluster: ClusterView, now: number): Run {
  const { leader } = cluster;
  const { from, to, cause } = run.view;
  const promoted = seen(run, 'promoted') !== null;
  // A standby cluster's timeline is its upstream's: it does not advance by a switchover.
  const advanced =
    seen(run, 'timeline-advanced') !== null ||
    run.timelineBefore === null ||
    cluster.mode.standbyCluster;
  if (leader && promoted && leader.name === from && cluster.request === null) {
    return cause === 'automatic'
      ? end(run, { code: 'done', says: `${from} has taken the leadership anew.`, at: now })
      : end(run, {
          code: 'failed',
          says: `${from} has taken the leadership again: nothing was switched over.`,
          at: now,
        });
  }
  if (leader && promoted && advanced) {
    const took = `${leader.name} leads ${cluster.name}`;
    return to === null || leader.name.toLowerCase() === to.toLowerCase()
      ? end(run, { code: 'done', says: `${took}${cost(run)}.`, at: now })
      : end(run, { code: 'done-other', says: `${took}, not ${to} as asked${cost(run)}.`, at: now });
  }
  const other = replacedAt(run);
  if (other !== null && now - other >= DROPPED_MS) {
    return end(run, {
      code: 'failed',
      says: `Another request has taken the place of this one: a switchover is scheduled for ${cluster.request?.scheduledAt}.`,
      at: now,
    });
  }
  if (cameToNothing(run, cluster, now)) {
    const answer = run.view.steps.find((step) => step.code === 'accepted' && step.at !== null);
    const stands = leader ? `${leader.name} still leads` : 'there is still no leader';
    const says = `${answer ? `${answer.says}. ` : ''}Nothing came of it: ${stands}.`;
    return end(run, { code: 'failed', says, at: now });
  }
  const clearedAt = cluster.request === null ? seen(run, 'request-cleared') : null;
  const lasts = clearedAt !== null && now - clearedAt >= DROPPED_MS;
  if (lasts && (leader?.czxid ?? null) === run.seen.leaderCzxid) {
    const answer = run.view.steps.find((step) => step.code === 'accepted' && step.at !== null);
    const stands = leader ? `${leader.name} still leads` : 'there is still no leader';
    return end(run, {
      code: 'failed',
      says: `Patroni dropped the request and ${stands}${answer ? `. ${answer.says}` : ''}.`,
      at: now,
    });
  }
  return run;
}

/** What it cost, as far as it has been measured. */
function cost({ view: { leaderlessMs, outageMs } }: Run): string {
  if (outageMs !== null) return `; nobody accepted writes for at most ${formatDuration(outageMs)}`;
  return leaderlessMs === null ? '' : `; ${formatDuration(leaderlessMs)} without a leader`;
}

function oldLeader(run: Run, cluster: ClusterView, now: number): Run {
  const member = cluster.members.find((one) => one.name === run.view.from);
  const advances = run.timelineBefore !== null && !cluster.mode.standbyCluster;
  // Until then everybody is on the timeline before.
  const over = seen(run, advances ? 'timeline-advanced' : 'promoted') !== null;
  if (!over || !member || !isBack(member, cluster)) return run;
  return mark(run, 'old-leader-back', now, `${member.name} is back as a standby`);
}

/**
 * A killed leader also runs, as a replica, before it is rewound: on the timeline before, and fed at
 * most up to where that has ended.
 */
function isBack(member: MemberView, cluster: ClusterView): boolean {
  const { presence, isLeader, role, state, upstream, timeline, tags } = member;
  const runs = presence.is === 'present' && !isLeader && role === 'replica' && state === 'running';
  if (!runs || upstream === null) return false;
  const known = timeline !== null && cluster.timeline !== null;
  if (known && timeline < cluster.timeline) return false;
  // Where nobody tells whether it is fed, or it is not to stream, its timeline has to do.
  return upstream.state === 'unknown' || tags.nostream ? known : upstream.state === 'streaming';
}

/** The bound has passed: what is visible now decides, and what is not visible is called unknown. */
export function leadershipOverdue(run: Run, cluster: ClusterView | null, now: number): Run {
  const { from } = run.view;
  const same = cluster !== null && (cluster.leader?.czxid ?? null) === run.seen.leaderCzxid;
  if (same && !cluster.request) {
    const stands = from === null ? 'there is no leader' : `${from} still leads`;
    return end(run, {
      code: 'failed',
      says: `Nothing came of it: ${stands} and no request is pending.`,
      at: now,
    });
  }
  if (!cluster?.request) return tooLate(run, now);
  return end(run, {
    code: 'unknown',
    says: 'It has taken too long to follow: Patroni still holds the request. What comes of it will be shown here.',
    at: now,
  });
}
