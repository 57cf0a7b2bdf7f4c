import { chmodSync, chownSync, mkdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { removeSandbox } from './cleanup';
import { SandboxError } from './errors';
import { checkCluster, checkRoot, rootOf, type SandboxOptions } from './options';
import type { PatroniCluster } from './patroni-cluster';
import { planSandbox } from './plan';
import { findPlatform, type Platform } from './platform';
import { prepareMember } from './prepare-member';
import { isAlive } from './proc';
import { Sandbox } from './sandbox';
import { readState, type SandboxState, writeState } from './state';
import { waitFor } from './wait-for';
import { startWatchdog } from './watchdog';
import { prepareZooKeeper } from './zookeeper-server';

/**
 * Starts a sandbox and returns when every cluster is healthy. Whatever a crashed predecessor has
 * left in the same folder is ended and removed first.
 *
 * @throws SandboxError when a program is missing, the folder belongs to a living owner, or
 *   something doesn't start; the signal's reason when it is aborted. Nothing is left behind then.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const say = options.onProgress ?? (() => undefined);
  const platform = findPlatform();
  const root = prepareFolder(options);
  await clear(root, say);
  const state = await planSandbox(root, options);
  let dismiss = () => {};
  const giveUp = new AbortController();
  const abort = () => giveUp.abort(options.signal?.reason);
  options.signal?.addEventListener('abort', abort);
  try {
    makeFolders(root, platform);
    writeState(state);
    if (options.ephemeral) dismiss = startWatchdog(root, state.instance);
    const sandbox = new Sandbox(state, platform, dismiss);
    await startZooKeeper(sandbox, state, platform);
    options.signal?.throwIfAborted();
    say(`ZooKeeper serves at ${sandbox.connectString}`);
    for (const cluster of state.clusters) {
      for (const member of cluster.members) {
        prepareMember({ sandbox: state, cluster, member, platform });
      }
    }
    await startClusters(sandbox, { giveUp, say });
    return sandbox;
  } catch (error) {
    await removeSandbox(root).catch(() => undefined);
    dismiss();
    throw error;
  } finally {
    options.signal?.removeEventListener('abort', abort);
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

interface Starting {
  readonly giveUp: AbortController;
  readonly say: (line: string) => void;
}

/** Returns or throws only when none is being started any more, so that clearing up gets them all. */
async function startClusters(sandbox: Sandbox, starting: Starting): Promise<void> {
  const all = sandbox.clusters.map((cluster) =>
    startCluster(cluster, starting).catch((error: unknown) => {
      starting.giveUp.abort(error);
      throw error;
    }),
  );
  await Promise.allSettled(all);
  starting.giveUp.signal.throwIfAborted();
}

/** The first member alone, so that it leads; the others copy it at once instead of waiting. */
async function startCluster(cluster: PatroniCluster, { giveUp, say }: Starting): Promise<void> {
  const [first, ...others] = cluster.members;
  if (!first) return;
  await first.start();
  try {
    await waitFor(
      async () => {
        giveUp.signal.throwIfAborted();
        if (!first.patroni.running()) throw new SandboxError(`Patroni of ${first.name} has ended`);
        return (await cluster.leader()) === first && (await first.report())?.state === 'running';
      },
      { timeoutMs: 60_000, everyMs: 100, what: `${first.name} to lead ${cluster.scope}` },
    );
  } catch (error) {
    if (error instanceof SandboxError && !giveUp.signal.aborted) {
      error.message += `\n${await first.patroni.logTail()}`;
    }
    throw error;
  }
  say(`${first.name} leads ${cluster.scope}`);
  await Promise.all(others.map((member) => member.start()));
  await cluster.waitHealthy(90_000, giveUp.signal);
  say(`${cluster.scope} is healthy: ${cluster.members.length} members`);
}
