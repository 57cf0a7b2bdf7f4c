import { Gauge, type Registry } from 'prom-client';
import type { ClusterView, MemberView } from '@/lib/topology/view';

const CLUSTER = ['ensemble', 'namespace', 'cluster'] as const;
const MEMBER = [...CLUSTER, 'member'] as const;

/** How long clusters are gone through at a stretch: a scrape must not hold up the next leader. */
const SLICE_MS = 4;

/** What others page on: by cluster and by member. Nothing is given for what is not known. */
export function registerClusterMetrics(
  registry: Registry,
  views: () => readonly ClusterView[],
): void {
  const gauge = <T extends string>(name: string, help: string, labelNames: readonly T[]) =>
    new Gauge({ name, help, labelNames, registers: [registry] });
  const problems = gauge('howdah_problems', 'Problems of a cluster, by code and severity.', [
    ...CLUSTER,
    'code',
    'severity',
  ]);
  const leader = gauge('howdah_leader', '1 for the member that holds the leadership.', MEMBER);
  const timeline = gauge('howdah_timeline', "The cluster's timeline.", CLUSTER);
  const members = gauge('howdah_members', 'Members of a cluster, by presence in ZooKeeper.', [
    ...CLUSTER,
    'presence',
  ]);
  const lagBytes = gauge(
    'howdah_replication_lag_bytes',
    'How far the member is behind the leader, by stage.',
    [...MEMBER, 'stage'],
  );
  const lagSeconds = gauge(
    'howdah_replication_lag_seconds',
    "How much of the leader's past the member has not replayed yet.",
    MEMBER,
  );
  const probeUp = gauge('howdah_probe_up', '1 when PostgreSQL answered when last asked.', MEMBER);
  const all = [problems, leader, timeline, members, lagBytes, lagSeconds, probeUp];

  const takeMember = (labels: Labels, member: MemberView) => {
    const mine = { ...labels, member: member.name };
    if (member.probe.is !== 'pending') probeUp.set(mine, member.probe.is === 'ok' ? 1 : 0);
    if (!member.lag || member.lag.quality === 'unknown' || member.lag.quality === 'stale') return;
    const { sentBytes, writeBytes, flushBytes, replayBytes, replayMs } = member.lag;
    const stages = { sent: sentBytes, write: writeBytes, flush: flushBytes, replay: replayBytes };
    for (const [stage, bytes] of Object.entries(stages)) {
      if (bytes !== null) lagBytes.set({ ...mine, stage }, bytes);
    }
    if (replayMs !== null) lagSeconds.set(mine, replayMs / 1000);
  };

  const take = (view: ClusterView) => {
    const { ensemble, namespace } = view.key;
    const labels = { ensemble, namespace, cluster: view.name };
    if (view.leader) leader.set({ ...labels, member: view.leader.name }, 1);
    if (view.timeline !== null) timeline.set(labels, view.timeline);
    for (const { code, severity } of view.problems) problems.inc({ ...labels, code, severity });
    for (const member of view.members) {
      members.inc({ ...labels, presence: member.presence.is });
      takeMember(labels, member);
    }
  };

  // Every scrape collects its metrics side by side: the first fills them all, and the rest wait.
  let filling: Promise<void> | null = null;
  const fill = async () => {
    for (const one of all) one.reset();
    let until = performance.now() + SLICE_MS;
    for (const view of views()) {
      take(view);
      if (performance.now() < until) continue;
      await new Promise((resolve) => setImmediate(resolve));
      until = performance.now() + SLICE_MS;
    }
  };
  for (const one of all) {
    Object.assign(one, {
      collect: () => {
        filling ??= fill().finally(() => {
          filling = null;
        });
        return filling;
      },
    });
  }
}

type Labels = Readonly<Record<(typeof CLUSTER)[number], string>>;
