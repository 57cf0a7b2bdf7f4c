import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { childrenOf, commandOf, directoryOf, isPostgres, type ProcessId, readStat } from './proc';

/**
 * The postmaster of a data directory, null when none runs. The pid in its file is believed only
 * if that process is a PostgreSQL server in this very directory.
 */
export function postmasterOf(data: string): ProcessId | null {
  const pid = Number(pidFileLines(data)[0]);
  if (!Number.isInteger(pid) || pid <= 0) return null;
  const stat = readStat(pid);
  if (!stat || stat.state === 'Z' || directoryOf(pid) !== data || !isPostgres(pid)) return null;
  return stat;
}

/** The process that replays WAL on a standby, null on a primary. */
export function startupProcessOf(postmaster: ProcessId): ProcessId | null {
  return (
    childrenOf(postmaster.pid).find((each) =>
      /^postgres: (\S+: )?startup\b/.test(commandOf(each.pid)),
    ) ?? null
  );
}

/** "key id" of the System V shared memory by which a server guards its data directory. */
export function sharedMemoryOf(data: string): string | null {
  return /^-?\d+ +\d+$/.exec(pidFileLines(data)[6]?.trim() ?? '')?.[0].replace(/ +/, ' ') ?? null;
}

function pidFileLines(data: string): string[] {
  try {
    return readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return [];
  }
}
