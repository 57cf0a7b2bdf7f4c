import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
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
 * process id and start time: an id alone is given to another process sooner or later. It holds
 * among processes that see each other: containers that share a folder don't.
 * @throws FolderInUse
 */
export function lockFolder(folder: string): { release(): void } {
  const path = join(folder, 'howdah.pid');
  const mine = `${process.pid} ${startOf(process.pid) ?? '-'}\n`;
  const own = `${path}.${process.pid}`;
  rmSync(own, { force: true });
  writeFileSync(own, mine, { mode: 0o600, flag: 'wx' });
  try {
    for (;;) {
      try {
        // A link appears whole or not at all, and only where there is none.
        linkSync(own, path);
        return { release: () => releaseIf(path, mine) };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const text = textOf(path);
      const [pid = '', start] = text.trim().split(' ');
      if (text !== '' && startOf(Number(pid)) === start) throw new FolderInUse(folder, Number(pid));
      removeStale(path, text);
    }
  } finally {
    rmSync(own, { force: true });
  }
}

/** Two may find the same stale lock: who takes away the other's fresh one instead puts it back. */
function removeStale(path: string, stale: string): void {
  const aside = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  try {
    if (textOf(aside) !== stale) linkSync(aside, path);
  } finally {
    rmSync(aside, { force: true });
  }
}

function releaseIf(path: string, mine: string): void {
  if (textOf(path) === mine) rmSync(path, { force: true });
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
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
