import { randomBytes, randomUUID } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { removeSandbox } from './cleanup';
import { SandboxError } from './errors';
import {
  type ClusterOptions,
  checkCluster,
  checkRoot,
  rootOf,
  type SandboxOptions,
  sandboxHome,
  timings,
} from './options';
import type { PatroniCluster } from './patroni-cluster';
import { findPlatform, type Platform } from './platform';
import { findPorts } from './ports';
import { prepareMember } from './prepare-member';
import { isAlive, readStat } from './proc';
import { Sandbox } from './sandbox';
import {
  type ClusterState,
  type Credential,
  portsInUse,
  readState,
  type SandboxState,
  writeState,
} from './state';
import { waitFor } from './wait-for';
import { startWatchdog } from './watchdog';
import { prepareZooKeeper } from './zookeeper-server';

/**
 * Starts a sandbox and returns when every cluster is healthy. Whatever a crashed predecessor has
 * left in the same folder is ended and removed first.
 *
 * @throws SandboxError when a program is missing, the folder belongs to a living owner, or
 *   something doesn't start (then nothing is left behind).
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const say = options.onProgress ?? (() => undefined);
  const platform = findPlatform();
  const root = prepareFolder(options);
  await clear(root, say);
  const state = await plan(root, options);
  let dismiss = () => {};
  try {
    makeFolders(root, platform);
    writeState(state);
    if (options.ephemeral) dismiss = startWatchdog(root, state.instance);
    const sandbox = new Sandbox(state, platform, dismiss);
    await startZooKeeper(sandbox, state, platform);
    say(`ZooKeeper serves at ${sandbox.connectString}`);
    for (const cluster of state.clusters) {
      for (const member of cluster.members) {
        prepareMember({ sandbox: state, cluster, member, platform });
      }
    }
    await Promise.all(sandbox.clusters.map((cluster) => startCluster(cluster, say)));
    return sandbox;
  } catch (error) {
    await removeSandbox(root).catch(() => undefined);
    dismiss();
    throw error;
  }
}

function prepareFolder(options: SandboxOptions): string {
  for (const cluster of options.clusters ?? []) checkCluster(cluster);
  const wanted = options.root ?? rootOf(options.name ?? 'default');
  checkRoot(wanted);
  mkdirSync(dirname(wanted), { recursive: true });
  // Working directories in /proc are real paths.
  return join(realpathSync(dirname(wanted)), wanted.slice(dirname(wanted).length + 1));
}

async function clear(root: string, say: (line: string) => void): Promise<void> {
  const owner = readOwner(root);
  if (owner && isAlive(owner) && owner.pid !== process.pid) {
    throw new SandboxError(`${root} belongs to process ${owner.pid}, which is running`);
  }
  const ended = await removeSandbox(root);
  if (ended > 0) say(`Ended ${ended} processes of an earlier sandbox in ${root}`);
}

function readOwner(root: string) {
  try {
    return readState(root)?.owner ?? null;
  } catch {
    return null; // Unreadable is stale.
  }
}

async function plan(root: string, options: SandboxOptions): Promise<SandboxState> {
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

function makeFolders(root: string, { user }: Platform): void {
  for (const folder of [
    root,
    ...['run', 'log', 'zookeeper', 'members'].map((f) => join(root, f)),
  ]) {
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, 0o750);
    if (user) chownSync(folder, user.uid, user.gid);
  }
}

async function startZooKeeper(
  sandbox: Sandbox,
  state: SandboxState,
  platform: Platform,
): Promise<void> {
  for (const each of state.zookeeper) prepareZooKeeper(state, each, platform);
  await Promise.all(sandbox.zookeeper.map((server) => server.start()));
  await waitFor(
    async () => (await Promise.all(sandbox.zookeeper.map((each) => each.mode()))).every(Boolean),
    { timeoutMs: 30_000, what: `ZooKeeper to form a quorum (see ${sandbox.root}/log)` },
  );
}

/** The first member alone, so that it leads; the others copy it at once instead of waiting. */
async function startCluster(cluster: PatroniCluster, say: (line: string) => void): Promise<void> {
  const [first, ...others] = cluster.members;
  if (!first) return;
  await first.start();
  try {
    await waitFor(
      async () => {
        if (!first.patroni.running()) throw new SandboxError(`Patroni of ${first.name} has ended`);
        return (await cluster.leader()) === first && (await first.report())?.state === 'running';
      },
      { timeoutMs: 60_000, everyMs: 100, what: `${first.name} to lead ${cluster.scope}` },
    );
    say(`${first.name} leads ${cluster.scope}`);
    await Promise.all(others.map((member) => member.start()));
    await cluster.waitHealthy(90_000);
  } catch (error) {
    const tail = await first.patroni.logTail();
    if (error instanceof SandboxError && tail) error.message += `\n${tail}`;
    throw error;
  }
  say(`${cluster.scope} is healthy: ${cluster.members.length} members`);
}
