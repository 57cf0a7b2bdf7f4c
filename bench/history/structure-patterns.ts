import { StructureFollower } from '@/lib/history/structure';
import { aCluster, aLeader, aStandby, withMember } from '@/lib/topology/sample-cluster';
import type { ClusterView } from '@/lib/topology/view';

/** A whole structure, and the changes that follow before the next one. */
const CHANGES = 65;
const MEMBERS = ['pg-a', 'pg-b', 'pg-c'];
/** A cluster that has lived for a while. */
const TIMELINES = 20;

/**
 * The parts of a whole structure and of 64 changes after it, as text with SCOPE for the cluster's name:
 * now and then another leader, else a member that stops, is back, or has a problem.
 */
export function structurePatterns(): string[] {
  const follower = new StructureFollower();
  return Array.from({ length: CHANGES }, (_, n) => JSON.stringify(follower.take(viewAt(n))));
}

function viewAt(n: number): ClusterView {
  const term = Math.floor(n / 16);
  const leader = MEMBERS[term % MEMBERS.length] ?? '';
  const timeline = TIMELINES + term;
  const view = aCluster({
    id: 'main~.2Fservice~SCOPE',
    name: 'SCOPE',
    key: { ensemble: 'main', namespace: '/service', scope: 'SCOPE', group: null },
    leader: { name: leader, czxid: String(1000 + term), session: '20000a1b2c30001', since: n },
    timeline,
    changedAt: n,
    history: Array.from({ length: timeline - 1 }, (_, before) => ({
      timeline: before + 1,
      lsn: '83886528',
      reason: 'no recovery target specified',
      at: '2026-03-31T23:00:00.000000+00:00',
      leader: MEMBERS[before % MEMBERS.length] ?? null,
    })),
    members: MEMBERS.map((name) => (name === leader ? aLeader : aStandby)(name, { timeline })),
  });
  const standby = MEMBERS[(term + 1) % MEMBERS.length] ?? '';
  if (n % 2 === 0) return view;
  const problem = {
    code: 'member-stopped',
    severity: 'attention',
    member: standby,
    says: `${standby} is stopped: its PostgreSQL does not run`,
    advice: 'Look at its log, and start it with Patroni once the reason is gone.',
    since: n,
  } as const;
  return { ...withMember(view, standby, { state: 'stopped' }), problems: [problem] };
}
