import type { SandboxStatus } from './status';

/** The status as a person reads it. */
export function renderStatus(status: SandboxStatus): string {
  const lines = [`Sandbox "${status.name}" in ${status.root}`, `ZooKeeper ${status.connectString}`];
  for (const { id, port, pid, mode } of status.zookeeper) {
    const state = pid === null ? 'not running' : (mode ?? 'not serving');
    lines.push(`  zookeeper-${id}  port ${port}  ${state}`);
  }
  for (const cluster of status.clusters) {
    const load = cluster.load ? ', under load' : '';
    const health = cluster.complaint ?? 'healthy';
    const { user, password } = cluster.monitoring;
    lines.push(`${cluster.namespace}${cluster.scope}: ${health}${load}`);
    for (const each of cluster.members) {
      const leads = each.name === cluster.leader ? ' leader' : '';
      const state = each.patroniPid === null ? 'Patroni not running' : (each.state ?? 'silent');
      const postgres = each.postmasterPid === null ? ', PostgreSQL not running' : '';
      lines.push(
        `  ${each.name}  postgres ${each.pgPort}  rest ${each.restPort}  ${state}${postgres}${leads}`,
      );
    }
    lines.push(`  monitor: ${user} / ${password}`);
  }
  return lines.join('\n');
}
