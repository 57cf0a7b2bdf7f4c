import { readFileSync, readlinkSync } from 'node:fs';

/**
 * Whether that process is the PostgreSQL of that data folder. A file that names it may be from
 * before a reboot, and its number anybody's by now, even a thread's of our own: so the process
 * itself is looked at. Without a /proc it is never said to be.
 */
export function isPostmaster(pid: number, data: string): boolean {
  if (!Number.isInteger(pid) || pid <= 1) return false;
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const isProcess = status.includes(`\nTgid:\t${pid}\n`) && !/^State:\s+[ZX]/m.test(status);
    return isProcess && readlinkSync(`/proc/${pid}/cwd`) === data;
  } catch {
    return false;
  }
}
