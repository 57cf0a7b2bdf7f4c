import type { ClusterView, MemberView } from '../topology/view';
import { observed, overdue } from './follow';
import { failTarget } from './follow-members';
import { askedStep, doneStep, type Target, targetPatienceOf } from './plan';
import { seenNow } from './preflight';
import { mark, type Run } from './run';

/** Patroni's clock may be so much ahead, and what it does a moment before its time. */
const SKEW_MS = 1000;
/** Beyond a loop, what Patroni has begun would have been seen. */
const DROPPED_MS = 10_000;

/** A restart that stands in a member's znode. */
export interface StandingRestart {
  readonly member: string;
  readonly at: number;
  /** When its PostgreSQL had started, as it was seen last before that moment; null: not known. */
  readonly before: number | null;
  /** When the schedule was seen to be gone; null: it stands. */
  readonly goneAt: number | null;
}

/** What stands now, from what stood before. Null: nothing, also where it was called off in time. */
export function standingRestart(
  before: StandingRestart | null,
  member: MemberView,
  now: number,
): StandingRestart | null {
  const written = Date.parse(member.scheduledRestart ?? '');
  if (!Number.isNaN(written)) {
    const same = before?.at === written ? before : null;
    // From its moment on PostgreSQL may have been started anew.
    const known = now < written ? (member.startedAt ?? same?.before ?? null) : same?.before;
    return { member: member.name, at: written, before: known ?? null, goneAt: null };
  }
  // What has left ZooKeeper has taken its schedule with it, and may come back with it.
  if (before === null || member.presence.is !== 'present') return before;
  const goneAt = before.goneAt ?? now;
  // Whoever called it off within Patroni's last loop is told by that run what came of it.
  return goneAt < before.at - SKEW_MS ? null : { ...before, goneAt };
}

export const isDue = ({ at }: StandingRestart, now: number): boolean => now >= at;

/** The restart whose moment has come, as a run: nothing of it is sent, it is only followed. */
export function dueRestart(
  { member, at, before }: StandingRestart,
  cluster: ClusterView,
  made: { readonly by: string | null } | null,
): Run {
  const until = at + targetPatienceOf('restart', cluster);
  const target: Target = {
    ...{ member, before, until, state: 'asked', askedAt: at, answer: null, wasAway: false },
    leads: cluster.leader?.name === member,
  };
  const asked = `Its moment has come: Patroni restarts PostgreSQL on ${member}`;
  const steps = [
    { code: askedStep(member), says: asked, at: null },
    { code: doneStep(member), says: `${member} has restarted`, at: null },
  ];
  const run: Run = {
    view: {
      // The same in every Howdah that sees it: what several of them record is there once.
      ...{ id: `restarted-${member}-${at}`, kind: 'restart' },
      ...{ title: `Scheduled restart of ${member}`, from: null, to: null },
      ...{ cluster: cluster.id, clusterName: cluster.name, reason: '' },
      ...{ by: made?.by ?? null, cause: made === null ? 'request' : 'howdah' },
      ...{ state: 'observing', startedAt: at, steps },
      waiting: { says: `${member} to have done it`, since: at, until },
      ...{ leaderlessMs: null, outageMs: null, outcome: null },
    },
    wish: { kind: 'restart', members: [member], pendingOnly: false, at: null },
    ...{ seen: seenNow(cluster, null), targets: [target], timelineBefore: cluster.timeline },
    deadline: until,
  };
  return mark(run, askedStep(member), at);
}

/** How far it has got by what is seen now. */
export function followDue(run: Run, cluster: ClusterView, now: number): Run {
  return dropped(overdue(observed(run, cluster, now), cluster, now), cluster, now);
}

/** When it can be told that Patroni has done nothing. */
export function droppedAt({ view: { startedAt } }: Run, { config }: ClusterView): number {
  return startedAt + (config.is === 'ok' ? config.value.loopWait : 10) * 1000 + DROPPED_MS;
}

/** The schedule is gone, and PostgreSQL runs as it did before. */
function dropped(run: Run, cluster: ClusterView, now: number): Run {
  const [target] = run.targets;
  const member = cluster.members.find(({ name }) => name === target?.member);
  if (run.view.outcome || !target || !member || now < droppedAt(run, cluster)) return run;
  const runsOn = member.presence.is === 'present' && member.state === 'running';
  const isSame = target.before !== null && member.startedAt === target.before;
  if (!runsOn || !isSame || member.scheduledRestart !== null) return run;
  return failTarget(run, target.member, {
    now,
    says: `Patroni has dropped the schedule and did not restart ${target.member}: its conditions did not hold at that moment, or it was called off`,
  });
}
