import type { ClusterView } from '../topology/view';
import {
  configurationOverdue,
  followPause,
  pauseOverdue,
  type TakenUp,
} from './follow-configuration';
import { followLeadership, leadershipOverdue } from './follow-leadership';
import { followMembers, membersOverdue } from './follow-members';
import { followCancel, followSchedule, requestOverdue } from './follow-request';
import { type Run, tooLate } from './run';

/** Whether it moves the leadership: now, that is, not what is only scheduled. */
export const movesLeadership = ({ wish }: Pick<Run, 'wish'>): boolean =>
  wish.kind === 'failover' || (wish.kind === 'switchover' && wish.at === null);

/** What the mirror shows now. May be called as often as one likes. */
export function observed(run: Run, cluster: ClusterView, now: number): Run {
  switch (run.wish.kind) {
    case 'switchover':
    case 'failover':
      return movesLeadership(run)
        ? followLeadership(run, cluster, now)
        : followSchedule(run, cluster, now);
    case 'cancel-switchover':
      return followCancel(run, cluster, now);
    case 'pause':
    case 'resume':
      return followPause(run, cluster, now);
    case 'configuration':
    case 'removal':
      // Followed by those who carry it out: the mirror does not show it.
      return run;
    default:
      return followMembers(run, cluster, now);
  }
}

/** The bound has passed: what is visible now decides, and what is not visible is called unknown. */
// biome-ignore lint/complexity/useMaxParams: a run, what is seen of its cluster and members, and when
export function overdue(
  run: Run,
  cluster: ClusterView | null,
  now: number,
  members: readonly TakenUp[] = [],
): Run {
  if (run.view.outcome || now < run.deadline) return run;
  switch (run.wish.kind) {
    case 'switchover':
    case 'failover':
      return movesLeadership(run)
        ? leadershipOverdue(run, cluster, now)
        : requestOverdue(run, cluster, now);
    case 'cancel-switchover':
      return requestOverdue(run, cluster, now);
    case 'pause':
    case 'resume':
      return pauseOverdue(run, cluster, now);
    case 'configuration':
      return configurationOverdue(run, members, now);
    case 'removal':
      return tooLate(run, now);
    default:
      return membersOverdue(run, now);
  }
}
