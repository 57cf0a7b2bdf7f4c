import type { PatroniCluster } from './patroni-cluster';
import type { Credential } from './state';
import type { ZooKeeperMode, ZooKeeperServer } from './zookeeper-server';

export interface SandboxStatus {
  readonly name: string;
  readonly root: string;
  readonly connectString: string;
  readonly zookeeper: readonly {
    readonly id: number;
    readonly port: number;
    readonly pid: number | null;
    /** null: not running, frozen or without a quorum. */
    readonly mode: ZooKeeperMode | null;
  }[];
  readonly clusters: readonly {
    readonly scope: string;
    readonly namespace: string;
    readonly leader: string | null;
    /** What keeps it from being healthy. */
    readonly complaint: string | null;
    readonly monitoring: Credential;
    readonly load: boolean;
    readonly members: readonly MemberStatus[];
  }[];
}

export interface MemberStatus {
  readonly name: string;
  readonly host: string;
  readonly pgPort: number;
  readonly restPort: number;
  readonly patroniPid: number | null;
  readonly postmasterPid: number | null;
  /** As Patroni reports them; null when it doesn't answer. */
  readonly role: string | null;
  readonly state: string | null;
  readonly timeline: number | null;
}

interface Observed {
  readonly name: string;
  readonly root: string;
  readonly connectString: string;
  readonly zookeeper: readonly ZooKeeperServer[];
  readonly clusters: readonly PatroniCluster[];
}

/** Looks at everything at once; what doesn't answer is null. */
export async function statusOf(sandbox: Observed): Promise<SandboxStatus> {
  return {
    name: sandbox.name,
    root: sandbox.root,
    connectString: sandbox.connectString,
    zookeeper: await Promise.all(
      sandbox.zookeeper.map(async (server) => ({
        id: server.id,
        port: server.port,
        pid: server.process.id()?.pid ?? null,
        mode: await server.mode(),
      })),
    ),
    clusters: await Promise.all(
      sandbox.clusters.map(async (cluster) => ({
        scope: cluster.scope,
        namespace: cluster.namespace,
        leader: (await cluster.leader())?.name ?? null,
        complaint: await cluster.complaint(),
        monitoring: cluster.monitoring,
        load: cluster.loadRunning(),
        members: await Promise.all(
          cluster.members.map(async (member) => {
            const report = await member.report();
            return {
              name: member.name,
              host: member.host,
              pgPort: member.pgPort,
              restPort: member.restPort,
              patroniPid: member.patroni.id()?.pid ?? null,
              postmasterPid: member.postmaster()?.pid ?? null,
              role: report?.role ?? null,
              state: report?.state ?? null,
              timeline: report?.timeline ?? null,
            };
          }),
        ),
      })),
    ),
  };
}
