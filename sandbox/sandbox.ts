import { removeSandbox } from './cleanup';
import { SandboxError } from './errors';
import { Load } from './load';
import type { Profile } from './options';
import { PatroniCluster } from './patroni-cluster';
import type { PatroniMember } from './patroni-member';
import type { Platform } from './platform';
import { describeMember } from './prepare-member';
import { expireSession, listSessions, type SessionInfo, sessionsOfProcess } from './sessions';
import type { SandboxState } from './state';
import { type SandboxStatus, statusOf } from './status';
import { describeZooKeeper, type ZooKeeperServer } from './zookeeper-server';

/** A running sandbox, as seen by the program that started it or by one that attached. */
export class Sandbox {
  readonly name: string;
  readonly root: string;
  readonly profile: Profile;
  /** "127.0.0.1:p1,127.0.0.1:p2,…" */
  readonly connectString: string;
  readonly zookeeper: readonly ZooKeeperServer[];
  readonly clusters: readonly PatroniCluster[];
  readonly #dismissWatchdog: () => void;

  /** Describes what the state says; starts nothing. */
  constructor(state: SandboxState, platform: Platform, dismissWatchdog: () => void = () => {}) {
    this.name = state.name;
    this.root = state.root;
    this.profile = state.profile;
    this.connectString = state.zookeeper.map(({ port }) => `127.0.0.1:${port}`).join(',');
    this.zookeeper = state.zookeeper.map((each) => describeZooKeeper(state, each, platform));
    this.clusters = state.clusters.map(
      (cluster) =>
        new PatroniCluster(cluster, {
          members: cluster.members.map((member) =>
            describeMember({ sandbox: state, cluster, member, platform }),
          ),
          load: new Load(state.root, cluster, platform),
        }),
    );
    this.#dismissWatchdog = dismissWatchdog;
  }

  /** @throws SandboxError when there is no such cluster. */
  cluster(scope: string): PatroniCluster {
    const found = this.clusters.find((each) => each.scope === scope);
    if (!found) throw new SandboxError(`The sandbox has no cluster ${scope}`);
    return found;
  }

  /** The server that leads the ensemble, null while there is no quorum. */
  async zookeeperLeader(): Promise<ZooKeeperServer | null> {
    const modes = await Promise.all(this.zookeeper.map((server) => server.mode()));
    return (
      this.zookeeper.find((_, i) => modes[i] === 'leader' || modes[i] === 'standalone') ?? null
    );
  }

  /** What runs, and where. */
  status(): Promise<SandboxStatus> {
    return statusOf(this);
  }

  /** Every session connected to the ensemble. */
  sessions(): Promise<SessionInfo[]> {
    return listSessions(this.zookeeper);
  }

  /** The sessions of one process of this machine. */
  sessionsOf(pid: number): Promise<SessionInfo[]> {
    return sessionsOfProcess(this.zookeeper, pid);
  }

  /** Expires a session by its hexadecimal id; returns when it is gone. @throws SandboxError */
  expireSession(id: string): Promise<void> {
    return expireSession(this.zookeeper, id);
  }

  /** Expires the session of a member's Patroni. @returns its id. @throws SandboxError */
  async expireMember(member: PatroniMember): Promise<string> {
    const patroni = member.patroni.id();
    const [session] = patroni ? await this.sessionsOf(patroni.pid) : [];
    if (!session) throw new SandboxError(`${member.name} has no session in ZooKeeper`);
    await this.expireSession(session.id);
    return session.id;
  }

  /** Ends everything and removes the folder; a second call does nothing. */
  async down(): Promise<void> {
    await removeSandbox(this.root);
    this.#dismissWatchdog();
  }
}
