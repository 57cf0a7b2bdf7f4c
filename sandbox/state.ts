import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SandboxError } from './errors';
import type { ClusterOptions, Profile } from './options';
import type { ProcessId } from './proc';

export interface ZooKeeperState {
  readonly id: number;
  readonly port: number;
  readonly peerPort: number;
  readonly electionPort: number;
}

export interface MemberState {
  readonly name: string;
  readonly pgPort: number;
  readonly restPort: number;
}

/** A role of PostgreSQL and its password. */
export interface Credential {
  readonly user: string;
  readonly password: string;
}

export interface ClusterState {
  readonly scope: string;
  /** With a slash at both ends. */
  readonly namespace: string;
  readonly options: ClusterOptions;
  readonly superuser: Credential;
  readonly replication: Credential;
  readonly monitoring: Credential;
  readonly bench: Credential;
  readonly members: readonly MemberState[];
}

/**
 * What a sandbox is. It never changes after `up`; the processes, which do, have a file each under
 * pids/, so that two programs attached to one sandbox don't overwrite each other's news.
 */
export interface SandboxState {
  readonly version: 1;
  readonly name: string;
  readonly root: string;
  /** Distinguishes this sandbox from an earlier one in the same folder. */
  readonly instance: string;
  /** The process without which it must not live on. */
  readonly owner: ProcessId | null;
  readonly profile: Profile;
  readonly tickTime: number;
  readonly zookeeperHeapMb: number;
  readonly zookeeper: readonly ZooKeeperState[];
  readonly clusters: readonly ClusterState[];
}

const stateFile = (root: string) => join(root, 'state.json');
const pidFile = (root: string, process: string) => join(root, 'pids', `${process}.json`);

/** Replaces the file in one step, readable by its owner alone. */
export function writeAtomically(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}.tmp`;
  writeFileSync(draft, text, { mode: 0o600 });
  renameSync(draft, path);
}

export function writeState(state: SandboxState): void {
  writeAtomically(stateFile(state.root), `${JSON.stringify(state, null, 2)}\n`);
}

/**
 * @returns null when there is no sandbox in this folder.
 * @throws SandboxError when what is there can't be read.
 */
export function readState(root: string): SandboxState | null {
  const path = stateFile(root);
  if (!existsSync(path)) return null;
  try {
    const state = JSON.parse(readFileSync(path, 'utf8')) as SandboxState;
    if (state.version === 1) return state;
  } catch (cause) {
    throw new SandboxError(`${path} can't be read: run \`sandbox down\``, { cause });
  }
  throw new SandboxError(`${path} is of another version of the sandbox: run \`sandbox down\``);
}

/** Ports of all sandboxes on this machine, running or for the moment not. */
export async function portsInUse(home: string): Promise<Set<number>> {
  const ports = new Set<number>();
  for (const name of await readdir(home).catch(() => [])) {
    let state: SandboxState | null = null;
    try {
      state = readState(join(home, name));
    } catch {
      // Another user's, or broken: binding decides.
    }
    for (const each of state?.zookeeper ?? []) {
      ports.add(each.port).add(each.peerPort).add(each.electionPort);
    }
    for (const each of state?.clusters.flatMap((cluster) => cluster.members) ?? []) {
      ports.add(each.pgPort).add(each.restPort);
    }
  }
  return ports;
}

export function writePid(root: string, name: string, id: ProcessId): void {
  writeAtomically(pidFile(root, name), JSON.stringify({ pid: id.pid, startTime: id.startTime }));
}

export function readPid(root: string, name: string): ProcessId | null {
  try {
    return JSON.parse(readFileSync(pidFile(root, name), 'utf8')) as ProcessId;
  } catch {
    return null;
  }
}

export function forgetPid(root: string, name: string): void {
  rmSync(pidFile(root, name), { force: true });
}
