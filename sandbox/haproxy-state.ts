import { type CheckTimes, defaultCheckTimes } from '@/lib/routing/haproxy-checks';
import type { LeaderReads } from '@/lib/routing/haproxy-cluster';
import { haproxyConfig } from '@/lib/routing/haproxy-config';
import { clusterId } from '@/lib/topology/cluster-id';
import type { PatroniCluster } from './patroni-cluster';
import type { Sandbox } from './sandbox';

/** How HAProxy is to route. */
export interface HaproxyRouting {
  /** 'fallback' by default. */
  readonly leaderReads?: LeaderReads;
  /** Where an agent listens on 127.0.0.1; none is asked by default. */
  readonly agentPort?: number;
  /** How often Patroni and the agent are asked, 500 by default. */
  readonly checkMs?: number;
  /** Whatever else is to be as in production, or otherwise. */
  readonly checks?: Partial<CheckTimes>;
  /** What is written in place of what the product generates: for something to compare it with. */
  readonly edited?: (config: string) => string;
}

export interface HaproxyPorts {
  readonly statistics: number;
  /** By scope. */
  readonly clusters: ReadonlyMap<string, { readonly write: number; readonly read: number }>;
}

/** Howdah's own name for an ensemble that is given none. */
const ENSEMBLE = 'main';

/** The cluster as Howdah calls it. */
export function idOf({ namespace, scope }: PatroniCluster): string {
  return clusterId({
    ensemble: ENSEMBLE,
    namespace: namespace.replace(/\/$/, '') || '/',
    scope,
    group: null,
  });
}

/** Its configuration, by the product's own generator. */
export function configOf(
  sandbox: Sandbox,
  {
    ports,
    socket,
    ...routing
  }: HaproxyRouting & { readonly ports: HaproxyPorts; readonly socket: string },
): string {
  const { agentPort, checkMs = 500, leaderReads = 'fallback', checks } = routing;
  return haproxyConfig({
    clusters: [...ports.clusters].map(([scope, { write, read }]) => {
      const cluster = sandbox.cluster(scope);
      return {
        id: idOf(cluster),
        name: scope,
        leaderReads,
        writePort: write,
        readPort: read,
        members: cluster.members.map(({ name, host, pgPort, restPort }) => ({
          name,
          host,
          port: pgPort,
          rest: { host, port: restPort, https: false },
        })),
      };
    }),
    leftOut: [],
    bind: '127.0.0.1',
    statisticsPort: ports.statistics,
    socket,
    agent: agentPort === undefined ? null : { host: '127.0.0.1', port: agentPort },
    caFile: null,
    user: null,
    // As many file descriptors as an ordinary user has, and to spare.
    maxConnections: 400,
    checks: {
      ...defaultCheckTimes,
      interMs: checkMs,
      fastMs: checkMs,
      downMs: checkMs,
      agentMs: checkMs,
      ...checks,
    },
    command: null,
  });
}
