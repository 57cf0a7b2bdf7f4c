import type { EnsembleView } from '@/lib/stream/frames';
import type { ClusterSummary, ClusterView } from '@/lib/topology/view';

/** Who leads, and what is being done to it: never to be waited for. */
export function isNewLeader(before: ClusterSummary | undefined, row: ClusterSummary): boolean {
  return before?.leader !== row.leader || before.operation !== row.operation;
}

/**
 * Whether a change is one that somebody waits for: who leads, what is broken, who came or went.
 * Figures (lag, trends, counters) are not: once a second is as often as they can be read.
 */
export function isUrgentRow(before: ClusterSummary | undefined, row: ClusterSummary): boolean {
  return (
    before === undefined ||
    isNewLeader(before, row) ||
    before.health !== row.health ||
    before.worst?.code !== row.worst?.code ||
    before.members.total !== row.members.total ||
    before.members.running !== row.members.running ||
    before.members.missing !== row.members.missing
  );
}

export function isUrgentView(before: ClusterView | null | undefined, view: ClusterView | null) {
  return !before || !view || (before !== view && matter(before) !== matter(view));
}

/** What the head, the drawing and the list of problems are made of, figures left out. */
function matter(view: ClusterView): string {
  const { leader, health, mode, request, timeline, leaderlessSince, bootstrapping } = view;
  return JSON.stringify([
    [leader?.czxid, health, mode, request, timeline, leaderlessSince, bootstrapping],
    view.problems.map(({ code, member, severity }) => [code, member, severity]),
    view.members.map((m) => [
      [m.name, m.role, m.state, m.isLeader, m.presence.is, m.probe.is, m.syncRole],
      [m.upstream?.name, m.upstream?.state, m.pendingRestart],
    ]),
  ]);
}

export function areUrgentEnsembles(
  before: readonly EnsembleView[],
  ensembles: readonly EnsembleView[],
): boolean {
  return standing(before) !== standing(ensembles);
}

function standing(ensembles: readonly EnsembleView[]): string {
  return JSON.stringify(
    ensembles.map((e) => [e.name, e.state, e.synced, e.says, e.servers, e.namespaces]),
  );
}
