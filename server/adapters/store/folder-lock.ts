import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Another Howdah has the folder. */
export class FolderInUse extends Error {
  constructor(folder: string, pid: number) {
    super(`The folder ${folder} is in use by another Howdah (process ${pid})`);
    this.name = 'FolderInUse';
  }
}

/**
 * Takes a folder for this process, until it ends. The lock is a file that names its holder by
 * process id and start time: an id alone is given to another process sooner or later.
 * @throws FolderInUse
 */
export function lockFolder(folder: string): { release(): void } {
  const path = join(folder, 'howdah.pid');
  const mine = `${process.pid} ${startOf(process.pid) ?? '-'}\n`;
  const own = `${path}.${process.pid}`;
  writeFileSync(own, mine, { mode: 0o600 });
  try {
    for (;;) {
      try {
        // A link appears whole or not at all, and only where there is none.
        linkSync(own, path);
        return { release: () => releaseIf(path, mine) };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const holder = holderOf(path);
      if (holder && startOf(holder.pid) === holder.start) throw new FolderInUse(folder, holder.pid);
      rmSync(path, { force: true });
    }
  } finally {
    rmSync(own, { force: true });
  }
}

function releaseIf(path: string, mine: string): void {
  try {
    if (readFileSync(path, 'utf8') === mine) rmSync(path);
  } catch {
    // It is gone, with its folder perhaps.
  }
}

function holderOf(path: string): { pid: number; start: string } | null {
  try {
    const [pid, start = ''] = readFileSync(path, 'utf8').trim().split(' ');
    return { pid: Number(pid), start };
  } catch {
    return null;
  }
}

/** When a process began, in the kernel's ticks; "-" where there is no /proc; null: no such process. */
export function startOf(pid: number): string | null {
  if (!Number.isInteger(pid) || pid <= 0) return null;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return null;
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' || state === 'X' ? null : (rest[18] ?? null);
  } catch {
    return '-';
  }
}
