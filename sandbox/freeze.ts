import { readdirSync, readFileSync } from 'node:fs';
import { isAlive, type ProcessId, parseStat, signal } from './proc';
import { waitFor } from './wait-for';

/**
 * SIGSTOP; returns once every thread stands still. The signal alone promises nothing: on a busy
 * machine the threads of a JVM were seen to answer for some milliseconds more.
 *
 * @returns false when the process is gone. @throws SandboxError when it runs on for 10 s.
 */
export async function freeze(id: ProcessId): Promise<boolean> {
  if (!signal(id, 'SIGSTOP')) return false;
  await waitFor(() => standsStill(id.pid) || !isAlive(id), {
    timeoutMs: 10_000,
    everyMs: 1,
    what: `process ${id.pid} to stand still after SIGSTOP`,
  });
  return isAlive(id);
}

/** Each thread is stopped (T) or over (Z, X). */
function standsStill(pid: number): boolean {
  try {
    return readdirSync(`/proc/${pid}/task`).every((thread) => {
      const stat = parseStat(readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8'));
      return stat === null || 'TZX'.includes(stat.state);
    });
  } catch {
    // A thread has ended between the two readings: look again.
    return false;
  }
}
