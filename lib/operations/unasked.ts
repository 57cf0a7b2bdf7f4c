import type { Cause } from '../topology/event';
import type { ClusterView, MemberView, RequestView } from '../topology/view';
import { leadershipSteps, OLD_LEADER_BACK } from './plan';
import { seenNow } from './preflight';
import { type Run, seen } from './run';
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

/** A change of leadership that Howdah was not asked for, as a run: from what was before it. */
export function unaskedRun(
  before: ClusterView,
  now: ClusterView,
  as: {
    readonly id: string;
    readonly at: number;
    readonly cause: Cause;
    /** Who scheduled it with Howdah. */
    readonly by?: string | null;
  },
): Run {
  const request = now.request ?? before.request;
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
    ...{ wish, targets: [], seen: seenNow(before, null), timelineBefore: before.timeline },
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
