import type { ClusterView, MemberView } from '../topology/view';
import { observed, overdue } from './follow';
import { failTarget } from './follow-members';
import { askedStep, doneStep, loopMsOf, type Target, targetPatienceOf } from './plan';
import { seenNow } from './preflight';
import { end, mark, type Run } from './run';

/** Patroni's clock may be so much ahead, and what it does a moment before its time. */
const SKEW_MS = 1000;
/** Beyond its loops, what Patroni has begun would have been seen. */
const DROPPED_MS = 10_000;
/**
 * It begins up to 1.5 loops late, waits two for the primary to let go of a synchronous standby, and
 * says in ZooKeeper that it restarts a loop after that.
 */
const DROPPED_LOOPS = 4.5;

/** A restart that stands in a member's znode, or stood there. */
export interface StandingRestart {
  readonly member: string;
  readonly at: number;
  /** When the schedule was seen to be gone; null: it stands. */
  readonly goneAt: number | null;
}

/** What stands now, from what stood before. Null: nothing. */
export function standingRestart(
  before: StandingRestart | null,
  member: MemberView,
  now: number,
): StandingRestart | null {
  const at = Date.parse(member.scheduledRestart ?? '');
  if (!Number.isNaN(at)) return { member: member.name, at, goneAt: null };
  // What has left ZooKeeper has taken its schedule with it, and may come back with it.
  if (before === null || member.presence.is !== 'present') return before;
  return { ...before, goneAt: before.goneAt ?? now };
}

/**
 * Whether its moment has come. What was called off before that is forgotten, unless PostgreSQL was
 * started all the same: within its last loop Patroni sleeps up to the moment and doesn't look again.
 */
export function dueness(
  { at, goneAt }: StandingRestart,
  member: MemberView,
  { cluster, now }: { readonly cluster: ClusterView; readonly now: number },
): 'waits' | 'due' | 'forgotten' {
  const restarted = member.startedAt !== null && member.startedAt > at;
  const calledOff = goneAt !== null && goneAt < at - SKEW_MS;
  if (!calledOff) return now >= at ? 'due' : 'waits';
  if (goneAt < at - loopMsOf(cluster) - SKEW_MS) return 'forgotten';
  if (restarted) return 'due';
  return now >= droppedAt(at, cluster) ? 'forgotten' : 'waits';
}

/** The restart whose moment has come, as a run: nothing of it is sent, it is only followed. */
export function dueRestart(
  { member, at }: StandingRestart,
  cluster: ClusterView,
  now: number,
): Run {
  const until = Math.max(
    at + targetPatienceOf('restart', cluster),
    droppedAt(at, cluster) + 60_000,
  );
  const target: Target = {
    ...{ member, until, state: 'asked', askedAt: at, answer: null, wasAway: false },
    // By the clock of its own host, as Patroni's is: what has started since was started by then.
    before: at,
    leads: cluster.leader?.name === member,
  };
  const steps = [
    { code: askedStep(member), says: `The moment has come for PostgreSQL on ${member}`, at: null },
    { code: doneStep(member), says: `${member} has restarted`, at: null },
  ];
  const run: Run = {
    view: {
      // The same in every Howdah that sees it: what several of them record is there once.
      ...{ id: `restarted-${member}-${at}`, kind: 'restart' },
      ...{ title: `Scheduled restart of ${member}`, from: null, to: null },
      ...{ cluster: cluster.id, clusterName: cluster.name, reason: '', by: null, cause: 'request' },
      ...{ state: 'observing', startedAt: at, steps },
      waiting: { says: `${member} to have done it`, since: at, until },
      ...{ leaderlessMs: null, outageMs: null, outcome: null },
    },
    wish: { kind: 'restart', members: [member], pendingOnly: false, at: null },
    ...{ seen: seenNow(cluster, null), targets: [target], timelineBefore: cluster.timeline },
    deadline: until,
  };
  const marked = mark(run, askedStep(member), at);
  const why = hindrance(member, cluster);
  return why === null ? marked : end(marked, { code: 'unknown', says: why, at: now });
}

/** Patroni does nothing then, and what starts PostgreSQL later is not the schedule. */
function hindrance(name: string, cluster: ClusterView): string | null {
  const member = cluster.members.find((one) => one.name === name);
  if (cluster.mode.paused) {
    return `${cluster.name} was paused at that moment: Patroni restarts nobody then, and drops a schedule that is 1.5 loops late.`;
  }
  if (member?.presence.is !== 'present') {
    return `${name} was not in ZooKeeper at that moment: whether its Patroni has restarted it is not known.`;
  }
  // It may be stopping for it already.
  const stops = member.state === 'running' || member.state === 'restarting';
  if (stops || member.state === 'stopping') return null;
  return `${name} was ${member.state} at that moment: what starts it now need not be the schedule.`;
}

/** Whoever scheduled it with Howdah, once that is known. */
export function scheduledBy(run: Run, made: { readonly by: string | null } | null): Run {
  if (made === null || run.view.cause === 'howdah') return run;
  return { ...run, view: { ...run.view, cause: 'howdah', by: made.by } };
}

/** How far it has got by what is seen now. How it ended stays: what starts it later is not this. */
export function followDue(run: Run, cluster: ClusterView, now: number): Run {
  if (run.view.outcome) return run;
  return dropped(overdue(observed(run, cluster, now), cluster, now), cluster, now);
}

/** When it can be told that Patroni has done nothing. */
export const droppedAt = (at: number, cluster: ClusterView): number =>
  at + DROPPED_LOOPS * loopMsOf(cluster) + DROPPED_MS;

/** The schedule is gone, and PostgreSQL runs as it did before. */
function dropped(run: Run, cluster: ClusterView, now: number): Run {
  const [target] = run.targets;
  const member = cluster.members.find(({ name }) => name === target?.member);
  const { startedAt } = run.view;
  if (run.view.outcome || !target || !member || now < droppedAt(startedAt, cluster)) return run;
  const runsOn = member.presence.is === 'present' && member.state === 'running';
  const isSame = member.startedAt !== null && member.startedAt <= startedAt;
  if (!runsOn || !isSame || member.scheduledRestart !== null) return run;
  return failTarget(run, target.member, {
    now,
    says: `Patroni has dropped the schedule and did not restart ${target.member}: its conditions did not hold at that moment, or it was called off`,
  });
}
