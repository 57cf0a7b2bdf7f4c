import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { sharedMemoryOf } from './postgres-processes';
import { isPostgres, type ProcessStat, processesOf, signal } from './proc';
import { waitFor } from './wait-for';

/**
 * Ends every process of the sandbox in this folder and removes the folder. It needs no state: it
 * finds the processes by what they bear, so it works after any crash, also on half a sandbox.
 *
 * @returns how many processes it ended.
 * @throws SandboxError when one outlives SIGKILL.
 */
export async function removeSandbox(root: string): Promise<number> {
  const ended = await endProcesses(root);
  rmSync(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  return ended;
}

async function endProcesses(root: string): Promise<number> {
  const segments = sharedMemory(root);
  const found = processesOf(root);
  endGently(found);
  if (found.length > 0) {
    await waitFor(() => processesOf(root).length === 0, {
      timeoutMs: 2_000,
      everyMs: 30,
      what: 'servers',
    }).catch(() => undefined);
    // A process may have been born while the list was made: look again until there is none.
    await waitFor(
      () => {
        const left = processesOf(root);
        for (const each of left) signal(each, 'SIGKILL');
        return left.length === 0;
      },
      { timeoutMs: 10_000, everyMs: 30, what: `the end of all processes of ${root}` },
    );
  }
  for (const segment of segments) dropSegment(segment);
  return found.length;
}

/** SIGKILL to all but PostgreSQL, which gets the chance to give its shared memory back. */
function endGently(processes: readonly ProcessStat[]): void {
  const servers = processes.filter(({ pid }) => isPostgres(pid));
  const pids = new Set(servers.map(({ pid }) => pid));
  for (const each of processes) if (!pids.has(each.pid)) signal(each, 'SIGKILL');
  for (const each of servers) {
    if (!pids.has(each.parent)) signal(each, 'SIGQUIT');
    signal(each, 'SIGCONT');
  }
}

function sharedMemory(root: string): string[] {
  const members = join(root, 'members');
  let names: string[] = [];
  try {
    names = readdirSync(members);
  } catch {
    // No cluster was ever prepared.
  }
  return names
    .map((name) => sharedMemoryOf(join(members, name, 'data')))
    .filter((segment) => segment !== null);
}

/** Removes a segment that a killed server left, if nobody is attached to it. */
function dropSegment(segment: string): void {
  try {
    const line = readFileSync('/proc/sysvipc/shm', 'utf8')
      .split('\n')
      .map((each) => each.trim().split(/\s+/))
      .find(([key, id]) => `${key} ${id}` === segment);
    // Columns: key shmid perms size cpid lpid nattch …
    if (line?.[6] === '0') execFileSync('ipcrm', ['-m', line[1] ?? ''], { stdio: 'ignore' });
  } catch {
    // 56 bytes: not worth a failure.
  }
}
