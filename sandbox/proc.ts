import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';

/**
 * A process for good: the kernel reuses pids, but never a pid with the same start time
 * (clock ticks since boot, field 22 of /proc/<pid>/stat).
 */
export interface ProcessId {
  readonly pid: number;
  readonly startTime: string;
}

export interface ProcessStat extends ProcessId {
  readonly parent: number;
  /** One letter; Z is a zombie, T is stopped. */
  readonly state: string;
}

/** Marks every process of a sandbox, so that one whose pid was never recorded is found too. */
export const ROOT_VARIABLE = 'HOWDAH_SANDBOX';

/** Parses /proc/<pid>/stat. The command in parentheses may itself hold spaces and parentheses. */
export function parseStat(text: string): ProcessStat | null {
  const open = text.indexOf('(');
  const close = text.lastIndexOf(')');
  if (open < 0 || close < 0) return null;
  const rest = text.slice(close + 2).split(' ');
  const [state, parent] = rest;
  const startTime = rest[19];
  if (state === undefined || parent === undefined || startTime === undefined) return null;
  return { pid: Number(text.slice(0, open)), parent: Number(parent), state, startTime };
}

/** @returns null when there is no such process. */
export function readStat(pid: number): ProcessStat | null {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return null;
  }
}

/** A zombie is dead: nobody may be there to reap it (an init that doesn't, in a container). */
export function isAlive(id: ProcessId): boolean {
  const now = readStat(id.pid);
  return now !== null && now.startTime === id.startTime && now.state !== 'Z' && now.state !== 'X';
}

/** Signals exactly this process. @returns false when it was already gone. */
export function signal(id: ProcessId, name: NodeJS.Signals): boolean {
  if (!isAlive(id)) return false;
  try {
    process.kill(id.pid, name);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

/** Every living process of the machine. */
export function listProcesses(): ProcessStat[] {
  const found: ProcessStat[] = [];
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const stat = readStat(Number(entry));
    if (stat && stat.state !== 'Z' && stat.state !== 'X') found.push(stat);
  }
  return found;
}

export function childrenOf(pid: number): ProcessStat[] {
  return listProcesses().filter((each) => each.parent === pid);
}

/** The command line with its arguments separated by spaces; PostgreSQL writes its state there. */
export function commandOf(pid: number): string {
  return readProc(pid, 'cmdline').replaceAll('\0', ' ').trim();
}

/** The working directory, '' when it can't be read. A removed one ends in " (deleted)". */
export function directoryOf(pid: number): string {
  return readProcLink(pid, 'cwd');
}

export function isPostgres(pid: number): boolean {
  return basename(readProcLink(pid, 'exe').replace(/ \(deleted\)$/, '')) === 'postgres';
}

/**
 * Every living process that belongs to the sandbox in this folder, however it came to be.
 * PostgreSQL needs a rule of its own: Patroni starts it with a bare environment and it writes its
 * title over what is left, but its working directory is always its data directory.
 */
export function processesOf(root: string): ProcessStat[] {
  const mark = `\0${ROOT_VARIABLE}=${root}\0`;
  return listProcesses().filter(({ pid }) => {
    if (pid === process.pid) return false;
    if (`\0${readProc(pid, 'environ')}`.includes(mark)) return true;
    return directoryOf(pid).startsWith(`${root}/`) && isPostgres(pid);
  });
}

function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return '';
  }
}

function readProcLink(pid: number, file: string): string {
  try {
    return readlinkSync(`/proc/${pid}/${file}`);
  } catch {
    return '';
  }
}
