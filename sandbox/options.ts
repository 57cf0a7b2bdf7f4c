import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SandboxError } from './errors';

/** `fast` trades stability for speed, for tests; `default` is what Patroni ships with. */
export type Profile = 'default' | 'fast';

export interface SandboxOptions {
  /** Names the folder, 'default' by default. */
  readonly name?: string;
  /** The sandbox's own folder, removed by `down`; <tmp>/howdah-sandbox/<name> by default. */
  readonly root?: string;
  /** Everything dies with the process that started it, even by SIGKILL. */
  readonly ephemeral?: boolean;
  readonly profile?: Profile;
  /** 3 by default; 1 runs standalone. */
  readonly zookeeperServers?: number;
  /** Heap of each ZooKeeper server in MB, 192 by default. */
  readonly zookeeperHeapMb?: number;
  /** ZooKeeper's tickTime in milliseconds; sessions last between 2 and 20 of them. */
  readonly tickTime?: number;
  /** One cluster `demo` of three by default; [] for ZooKeeper alone. */
  readonly clusters?: readonly ClusterOptions[];
  readonly onProgress?: (line: string) => void;
  /** Gives the start up; what has been started is ended. */
  readonly signal?: AbortSignal;
}

export interface ClusterOptions {
  readonly scope: string;
  /** '/service/' by default. */
  readonly namespace?: string;
  /** 3 by default, named <scope>-1 … <scope>-m; the first becomes leader. */
  readonly members?: number;
  readonly syncMode?: 'off' | 'on' | 'quorum';
  /** Seconds, as the next two. */
  readonly ttl?: number;
  readonly loopWait?: number;
  readonly retryTimeout?: number;
  /** Bytes. */
  readonly maximumLagOnFailover?: number;
  /** By member name. */
  readonly tags?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Permanent slots, as in Patroni's dynamic configuration. */
  readonly slots?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Further PostgreSQL parameters. */
  readonly parameters?: Readonly<Record<string, string | number | boolean>>;
}

interface Timing {
  readonly ttl: number;
  readonly loopWait: number;
  readonly retryTimeout: number;
  readonly tickTime: number;
}

export const timings: Readonly<Record<Profile, Timing>> = {
  default: { ttl: 30, loopWait: 10, retryTimeout: 10, tickTime: 2000 },
  fast: { ttl: 5, loopWait: 1, retryTimeout: 2, tickTime: 500 },
};

/** Where the sandboxes of this machine are. */
export function sandboxHome(): string {
  return join(tmpdir(), 'howdah-sandbox');
}

/** @throws SandboxError when the name can't name a folder. */
export function rootOf(name: string): string {
  if (!/^[a-z0-9][a-z0-9-]{0,30}$/.test(name)) {
    throw new SandboxError(`"${name}" can't name a sandbox: use up to 31 of a-z, 0-9 and -`);
  }
  return join(sandboxHome(), name);
}

/** PostgreSQL refuses a socket path above 107 bytes. @throws SandboxError */
export function checkRoot(root: string): void {
  if (!root.startsWith('/') || root.split('/').length < 3) {
    throw new SandboxError(`The sandbox's folder must be its own, with a full path, not "${root}"`);
  }
  if (Buffer.byteLength(`${root}/run/.s.PGSQL.65535.lock`) > 107) {
    throw new SandboxError(`${root} is too long a path for PostgreSQL's sockets: choose a shorter`);
  }
}

/** @throws SandboxError when the cluster can't be built with Debian's Patroni. */
export function checkCluster(cluster: ClusterOptions): void {
  if (!/^[A-Za-z0-9][\w-]{0,40}$/.test(cluster.scope)) {
    throw new SandboxError(`"${cluster.scope}" can't name a cluster: use letters, digits, - and _`);
  }
  if (cluster.syncMode === 'quorum') {
    throw new SandboxError(
      `${cluster.scope} can't have quorum commit: it came with Patroni 4.0, Debian's is 3.0.2`,
    );
  }
  const members = cluster.members ?? 3;
  if (!Number.isInteger(members) || members < 1 || members > 9) {
    throw new SandboxError(`${cluster.scope} must have 1 to 9 members, not ${members}`);
  }
}
