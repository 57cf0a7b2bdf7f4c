import type { LagPoint } from './event';
import type { ClusterSummary, ClusterView, LagQuality, MemberView } from './view';

/** The fleet page's row of a cluster. */
export function summarize(
  view: ClusterView,
  trend: readonly (number | null)[],
  operation: string | null,
): ClusterSummary {
  const worst = view.problems[0];
  const present = view.members.filter((member) => member.presence.is === 'present');
  const standbys = present.filter((member) => member.lag !== null);
  const furthest = furthestBehind(standbys);
  return {
    id: view.id,
    key: view.key,
    name: view.name,
    health: view.health,
    worst: worst ? { code: worst.code, says: worst.says, since: worst.since } : null,
    problemCount: view.problems.length,
    leader: view.leader?.name ?? null,
    members: {
      total: view.members.length,
      running: present.filter((member) => member.state === 'running').length,
      missing: view.members.length - present.length,
      names: view.members.map((member) => member.name),
    },
    lag: furthest?.lag
      ? { bytes: furthest.lag.replayBytes, ms: furthest.lag.replayMs, member: furthest.name }
      : null,
    lagQuality: worstQuality(standbys),
    timeline: view.timeline,
    mode: view.mode,
    changedAt: view.changedAt,
    trend,
    operation,
  };
}

function furthestBehind(standbys: readonly MemberView[]): MemberView | null {
  const known = standbys.filter((member) => member.lag?.replayBytes != null);
  return known.reduce<MemberView | null>(
    (most, member) =>
      (member.lag?.replayBytes ?? 0) > (most?.lag?.replayBytes ?? -1) ? member : most,
    null,
  );
}

const WORST_FIRST: readonly LagQuality[] = [
  'unknown',
  'receiver-down',
  'replay-paused',
  'stale',
  'fresh',
  'idle',
];

function worstQuality(standbys: readonly MemberView[]): LagQuality {
  const qualities = new Set(standbys.map((member) => member.lag?.quality ?? 'unknown'));
  return WORST_FIRST.find((quality) => qualities.has(quality)) ?? 'unknown';
}

/** One moment of each standby's lag, for the chart. */
export function lagPoints(view: ClusterView): Readonly<Record<string, LagPoint>> {
  const points: Record<string, LagPoint> = {};
  for (const { name, lag } of view.members) {
    if (!lag || lag.quality === 'unknown' || lag.quality === 'stale') continue;
    points[name] = {
      sent: lag.sentBytes,
      write: lag.writeBytes,
      flush: lag.flushBytes,
      replay: lag.replayBytes,
      ms: lag.replayMs,
    };
  }
  return points;
}
