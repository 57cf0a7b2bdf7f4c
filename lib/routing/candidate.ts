import type { Progress } from '../topology/progress';
import type { ClusterView, MemberView } from '../topology/view';

/** What is known of a member that may be asked to serve reads. Times are Howdah's clock. */
export interface Candidate {
  readonly name: string;
  readonly isLeader: boolean;
  /** Why it serves nobody, whatever its lag, in words; null: nothing speaks against it. */
  readonly barred: string | null;
  /** As it was sampled: milliseconds and bytes behind the leader; null: not known. */
  readonly lagMs: number | null;
  readonly lagBytes: number | null;
  /** What it serves is as the leader was then, or newer; null: not known. */
  readonly freshAsOf: number | null;
  /** When its figures were sampled; null: never. */
  readonly sampledAt: number | null;
  /** How fast the leader writes, which adds to `lagBytes` since it was last seen. */
  readonly bytesPerSecond: number | null;
  /** When the leader was last seen, whoever this is; null: it is not known. */
  readonly leaderAt: number | null;
}

/** A cluster's members, as weights are given to them. */
export function candidatesOf(view: ClusterView, progress: Progress): readonly Candidate[] {
  return view.members.map((member) => {
    const at = progress.members.get(member.name);
    return {
      name: member.name,
      isLeader: member.isLeader,
      barred: barredBy(member, view),
      lagMs: at?.replayMs ?? null,
      lagBytes: at?.replayBytes ?? null,
      freshAsOf: at?.freshAsOf ?? null,
      sampledAt: at?.sampledAt ?? null,
      bytesPerSecond: progress.bytesPerSecond,
      leaderAt: progress.leaderAt,
    };
  });
}

const SERVING: ReadonlySet<MemberView['role']> = new Set([
  ...(['primary', 'replica', 'standby_leader', 'promoted'] as const),
]);

function barredBy(member: MemberView, view: ClusterView): string | null {
  const { name, presence, state, role, tags, timeline } = member;
  if (presence.is === 'missing') return `${name} has left ZooKeeper`;
  if (state !== 'running') return `PostgreSQL on ${name} is "${state}"`;
  if (!SERVING.has(role)) return `${name} is ${role}`;
  if (tags.noloadbalance) return `${name} has the tag noloadbalance`;
  const isOld = timeline !== null && view.timeline !== null && timeline < view.timeline;
  if (isOld && view.leader !== null) {
    return `${name} is on timeline ${timeline}, not on ${view.timeline}`;
  }
  return null;
}
