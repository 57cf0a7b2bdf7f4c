import type { Cause } from '../topology/event';
import type { ClusterView, MemberView, RequestView } from '../topology/view';
import { movesLeadership } from './follow';
import { leadershipSteps, OLD_LEADER_BACK } from './plan';
import { seenNow } from './preflight';
import { type Run, seen } from './run';
import type { OperationView } from './types';
import type { Wish } from './wish';

/** A cluster without a leader is followed so long; what comes of it later is seen all the same. */
const PATIENCE_MS = 3_600_000;

/**
 * Whether the leadership moves, or somebody asks Patroni to move it. `before` is the cluster as it
 * was last seen; what moves without having been seen to stand is not told.
 */
export function beginsToMove(before: ClusterView, now: ClusterView): boolean {
  if (before.leader === null) return false;
  if (now.leader === null) return !now.unreadable.some(({ path }) => path.endsWith('/leader'));
  if (now.leader.czxid !== before.leader.czxid) return true;
  const isNew = now.request !== null && now.request.version !== before.request?.version;
  // A schedule is nothing yet: it is followed once it comes due.
  return isNew && now.request?.scheduledAt == null;
}

/** A request may be read a moment after the new leader that it has led to. */
const READ_LATE_MS = 5000;

/**
 * Whether a change of the leadership `czxid` is told by a run that Howdah was asked for: only what
 * is to move the leadership, and has not come to its end by something else.
 * @param open whether something may still happen to that run
 */
export function tellsMove(run: Run, czxid: string | null, open: boolean): boolean {
  const { outcome } = run.view;
  if (!movesLeadership(run) || outcome === null) return movesLeadership(run);
  if (czxid !== run.seen.leaderCzxid) return false;
  return seen(run, 'leader-acquired') !== null || (outcome.code === 'unknown' && open);
}

/** Whether a request is seen that has just been done: leader and request are read one by one. */
export function isDoneAlready(run: Run, { leader, request }: ClusterView, now: number): boolean {
  const { outcome, from } = run.view;
  const justNow = outcome !== null && now - outcome.at < READ_LATE_MS;
  const isDone = justNow && movesLeadership(run) && seen(run, 'leader-acquired') !== null;
  return isDone && leader !== null && request !== null && request.leader === from;
}

/** Whether Howdah was asked to move the leadership while this was followed. */
export const isTakenOver = (followed: Run, own: Run): boolean =>
  movesLeadership(own) &&
  own.view.startedAt >= followed.view.startedAt &&
  (own.view.outcome === null || seen(own, 'leader-acquired') !== null);

/**
 * The same in every Howdah that sees it, whether or not the request was seen there: what several
 * of them record is there once.
 */
export const movedId = (czxid: string): string => `moved-${czxid}`;

/** What came to nothing moved no leadership: it gets a name that the next move doesn't have. */
export function named(run: Run): Run {
  const { leaderCzxid, requestVersion } = run.seen;
  const moved = seen(run, 'leader-released') !== null;
  if (run.view.outcome === null || moved || leaderCzxid === null) return run;
  const id = `${movedId(leaderCzxid)}-${requestVersion ?? 'unasked'}`;
  return { ...run, view: { ...run.view, id } };
}

/** Whether its name is its own for good, so that it may be recorded. */
export const isNamed = ({ outcome, steps }: OperationView): boolean =>
  outcome !== null || steps.some(({ code, at }) => code === 'leader-released' && at !== null);

/** A change of leadership that Howdah was not asked for, as a run: from what was before it. */
export function unaskedRun(
  before: ClusterView,
  now: ClusterView,
  as: {
    readonly id: string;
    readonly at: number;
    readonly cause: Cause;
    /** What was asked for, where it stands there no more. */
    readonly request?: RequestView | null;
    /** Who scheduled it with Howdah. */
    readonly by?: string | null;
  },
): Run {
  const request = as.request ?? now.request ?? before.request;
  const asked = as.cause === 'automatic' ? null : request;
  const wish: Wish =
    asked?.leader != null
      ? { kind: 'switchover', candidate: asked.candidate, at: null }
      : { kind: 'failover', candidate: asked?.candidate ?? null };
  const from = before.leader?.name ?? null;
  const steps = leadershipSteps.filter(([code]) => asked !== null || !code.startsWith('request-'));
  return {
    view: {
      ...{ id: as.id, kind: wish.kind, title: titleOf(from, asked), from },
      ...{ cluster: now.id, clusterName: now.name, to: asked?.candidate ?? null },
      ...{ reason: '', by: as.by ?? null, cause: as.cause, state: 'observing', startedAt: as.at },
      steps: [...steps, OLD_LEADER_BACK].map(([code, says]) => ({ code, says, at: null })),
      waiting: {
        says: `${from} to give the leadership up`,
        ...{ since: as.at, until: as.at + PATIENCE_MS },
      },
      ...{ leaderlessMs: null, outageMs: null, outcome: null },
    },
    ...{ wish, targets: [], timelineBefore: before.timeline },
    seen: { ...seenNow(before, null), requestVersion: request?.version ?? null },
    deadline: as.at + PATIENCE_MS,
  };
}

function titleOf(from: string | null, request: RequestView | null): string {
  if (request === null) return `Automatic failover from ${from}`;
  const to = request.candidate === null ? '' : ` to ${request.candidate}`;
  const scheduled = request.scheduledAt === null ? '' : 'Scheduled s';
  const switchover = `${scheduled === '' ? 'S' : scheduled}witchover from ${from}${to}`;
  return request.leader === null ? `Failover from ${from}${to}` : switchover;
}

/**
 * Why the old leader lost it, as far as can be seen: kept as the reason of a run nobody asked for.
 * That a member has left is debounced, so that it may be told once another leads already.
 */
export function withWhy(run: Run, cluster: ClusterView): Run {
  const { view } = run;
  const isOpen = view.cause === 'automatic' && view.reason === '';
  if (!isOpen || seen(run, 'leader-released') === null) return run;
  const old = cluster.members.find(({ name }) => name === view.from);
  const reason = whyLost(run, old);
  return reason === null ? run : { ...run, view: { ...view, reason } };
}

function whyLost(run: Run, old: MemberView | undefined): string | null {
  const name = run.view.from ?? '';
  if (old === undefined || old.presence.is === 'missing') {
    return `${name} is gone from ZooKeeper: its session has ended`;
  }
  // One that came back as a standby of the next leader is no sign of anything.
  const steppedDown = old.role === 'demoted' || old.role === 'replica';
  return steppedDown && seen(run, 'leader-acquired') === null
    ? `${name} has given the leadership up by itself`
    : null;
}
