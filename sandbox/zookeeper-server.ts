import { chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fourLetter } from './four-letter';
import { ManagedProcess } from './managed-process';
import type { Platform } from './platform';
import type { SandboxState, ZooKeeperState } from './state';
import { waitFor } from './wait-for';

export type ZooKeeperMode = 'leader' | 'follower' | 'standalone';

/** One server of the ensemble. */
export class ZooKeeperServer {
  readonly id: number;
  readonly port: number;
  readonly process: ManagedProcess;

  constructor(process: ManagedProcess, state: ZooKeeperState) {
    this.process = process;
    this.id = state.id;
    this.port = state.port;
  }

  running(): boolean {
    return this.process.running();
  }

  /** SIGKILL; returns when it is gone. */
  kill(): Promise<void> {
    return this.process.kill();
  }

  /** SIGSTOP: its clients and its peers see a silent, connected server. */
  freeze(): Promise<void> {
    return this.process.freeze();
  }

  thaw(): Promise<void> {
    return this.process.thaw();
  }

  /** Starts it; returns when it answers, which doesn't need a quorum. @throws SandboxError */
  async start(): Promise<void> {
    await this.process.start();
    await waitFor(async () => (await fourLetter(this.port, 'ruok')) === 'imok', {
      timeoutMs: 20_000,
      what: `ZooKeeper server ${this.id} to answer (see ${this.process.logFile})`,
    });
  }

  /** @returns null while it is not part of a quorum, frozen or not running. */
  async mode(): Promise<ZooKeeperMode | null> {
    const answer = await fourLetter(this.port, 'srvr');
    return (/^Mode: (leader|follower|standalone)$/m.exec(answer ?? '')?.[1] ??
      null) as ZooKeeperMode | null;
  }
}

/** Describes the process of a server; nothing is started. */
export function describeZooKeeper(
  sandbox: SandboxState,
  state: ZooKeeperState,
  platform: Platform,
): ZooKeeperServer {
  const { root, zookeeperHeapMb } = sandbox;
  const process = new ManagedProcess({
    root,
    name: `zookeeper-${state.id}`,
    user: platform.user,
    command: platform.java,
    args: [
      `-Xmx${zookeeperHeapMb}m`,
      // Several JVMs start at once on few cores: cheap compilation and no collector threads.
      ...['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-XX:-UsePerfData'],
      '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
      '-Dorg.slf4j.simpleLogger.showDateTime=true',
      '-Dzookeeper.jmx.log4j.disable=true',
      ...['-cp', platform.zookeeperClasspath],
      'org.apache.zookeeper.server.quorum.QuorumPeerMain',
      join(folderOf(root, state.id), 'zoo.cfg'),
    ],
  });
  return new ZooKeeperServer(process, state);
}

/** Writes the folder and the configuration of a server. */
export function prepareZooKeeper(
  sandbox: SandboxState,
  state: ZooKeeperState,
  platform: Platform,
): void {
  const folder = folderOf(sandbox.root, state.id);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'myid'), `${state.id}\n`);
  writeFileSync(join(folder, 'zoo.cfg'), `${configuration(sandbox, state).join('\n')}\n`);
  if (platform.user) chownSync(folder, platform.user.uid, platform.user.gid);
}

const folderOf = (root: string, id: number) => join(root, 'zookeeper', String(id));

function configuration(sandbox: SandboxState, state: ZooKeeperState): string[] {
  const ensemble = sandbox.zookeeper.map(
    ({ id, peerPort, electionPort }) => `server.${id}=127.0.0.1:${peerPort}:${electionPort}`,
  );
  return [
    `tickTime=${sandbox.tickTime}`,
    'initLimit=20',
    'syncLimit=5',
    `dataDir=${folderOf(sandbox.root, state.id)}`,
    'clientPortAddress=127.0.0.1',
    `clientPort=${state.port}`,
    'maxClientCnxns=0',
    'admin.enableServer=false',
    '4lw.commands.whitelist=*',
    'autopurge.snapRetainCount=3',
    'autopurge.purgeInterval=1',
    'preAllocSize=4096',
    `forceSync=${sandbox.profile === 'fast' ? 'no' : 'yes'}`,
    ...(ensemble.length > 1 ? ensemble : []),
  ];
}
