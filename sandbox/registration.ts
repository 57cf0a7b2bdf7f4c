import type { FarmCluster, PostgresFarm } from './postgres-farm';
import type { SyntheticZnode } from './synthetic-cluster';
import { ZooKeeperWriter } from './zookeeper-writer';

/** A member as its znode tells of it; nothing needs to be there. */
export interface RegisteredMember {
  readonly name: string;
  readonly host: string;
  readonly port: number;
}

export interface RegisteredCluster {
  readonly scope: string;
  readonly systemId: string;
  /** The leader first. */
  readonly members: readonly RegisteredMember[];
}

export interface Registration {
  /** Ends the session, and with it leaders and members. */
  close(): void;
}

export function asRegistered(farm: PostgresFarm): RegisteredCluster[] {
  return farm.clusters.map(({ scope, servers }: FarmCluster) => ({
    scope,
    systemId: farm.systemId,
    members: servers.map(({ name, port }) => ({ name, port, host: '127.0.0.1' })),
  }));
}

/**
 * Clusters of members where nobody listens: loopback addresses, each a host of its own.
 * @param mutePort where they are after all: a server that takes connections and never answers.
 */
export function absentClusters(
  prefix: string,
  { clusters, members }: { readonly clusters: number; readonly members: number },
  mutePort: number | null = null,
): RegisteredCluster[] {
  return Array.from({ length: clusters }, (_, index) => {
    const scope = `${prefix}-${index + 1}`;
    return {
      scope,
      systemId: `7${String(index).padStart(18, '0')}`,
      members: Array.from({ length: members }, (_, member) => ({
        name: `${scope}-${member + 1}`,
        host: mutePort === null ? `127.77.${index}.${11 + member}` : '127.0.0.1',
        port: mutePort ?? 5432,
      })),
    };
  });
}

/**
 * Writes clusters to ZooKeeper as Patroni would, without one: leader and members last as long as
 * the registration.
 * @throws SandboxError when ZooKeeper doesn't answer or refuses.
 */
export async function register(
  connectString: string,
  clusters: readonly RegisteredCluster[],
): Promise<Registration> {
  const writer = await ZooKeeperWriter.connect(connectString);
  await writer.ensure('/service');
  for (const cluster of clusters) for (const znode of znodesOf(cluster)) await writer.put(znode);
  return { close: () => writer.close() };
}

function znodesOf({ scope, systemId, members }: RegisteredCluster): SyntheticZnode[] {
  const znode = (name: string, data: unknown, ephemeral = false): SyntheticZnode => ({
    path: `/service/${scope}${name}`,
    data: typeof data === 'string' ? data : JSON.stringify(data),
    ephemeral,
  });
  return [
    znode('', ''),
    znode('/initialize', systemId),
    znode('/config', { ttl: 30, loop_wait: 10, retry_timeout: 10 }),
    znode('/members', ''),
    znode('/leader', members[0]?.name ?? '', true),
    ...members.map(({ name, host, port }, index) =>
      znode(
        `/members/${name}`,
        {
          conn_url: `postgres://${host}:${port}/postgres`,
          api_url: `http://${host}:8008/patroni`,
          state: 'running',
          role: index === 0 ? 'primary' : 'replica',
          version: '4.1.4',
          xlog_location: 25_000_000,
          timeline: 1,
        },
        true,
      ),
    ),
  ];
}
