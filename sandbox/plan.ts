import { randomBytes, randomUUID } from 'node:crypto';
import { type ClusterOptions, type SandboxOptions, sandboxHome, timings } from './options';
import { findPorts } from './ports';
import { readStat } from './proc';
import { type ClusterState, type Credential, portsInUse, type SandboxState } from './state';

/**
 * Decides everything about a sandbox that is to be started: ports, names, secrets.
 * @throws SandboxError when too few ports are free.
 */
export async function planSandbox(root: string, options: SandboxOptions): Promise<SandboxState> {
  const clusters = options.clusters ?? [{ scope: 'demo' }];
  const servers = options.zookeeperServers ?? 3;
  const members = clusters.reduce((sum, each) => sum + (each.members ?? 3), 0);
  const ports = await findPorts(3 * servers + 2 * members, await portsInUse(sandboxHome()));
  const port = () => ports.pop() ?? 0;
  const profile = options.profile ?? 'default';
  // One for all clusters, as a monitor is given one credential.
  const monitoring = { user: 'howdah', password: secret() };
  return {
    version: 1,
    name: options.name ?? 'default',
    root,
    instance: randomUUID(),
    owner: options.ephemeral ? readStat(process.pid) : null,
    profile,
    tickTime: options.tickTime ?? timings[profile].tickTime,
    zookeeperHeapMb: options.zookeeperHeapMb ?? 192,
    zookeeper: Array.from({ length: servers }, (_, index) => ({
      id: index + 1,
      port: port(),
      peerPort: port(),
      electionPort: port(),
    })),
    clusters: clusters.map((each) => planCluster(each, { port, monitoring })),
  };
}

const secret = () => randomBytes(12).toString('hex');

function planCluster(
  options: ClusterOptions,
  { port, monitoring }: { port: () => number; monitoring: Credential },
): ClusterState {
  return {
    scope: options.scope,
    namespace: `/${(options.namespace ?? 'service').replace(/^\/+|\/+$/g, '')}/`,
    options,
    superuser: { user: 'postgres', password: secret() },
    replication: { user: 'replicator', password: secret() },
    monitoring,
    bench: { user: 'bench', password: secret() },
    members: Array.from({ length: options.members ?? 3 }, (_, index) => ({
      name: `${options.scope}-${index + 1}`,
      pgPort: port(),
      restPort: port(),
    })),
  };
}
