import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, chownSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SandboxError } from './errors';
import type { Platform } from './platform';
import type { Credential } from './state';

const run = promisify(execFile);

export interface FarmPlace {
  readonly root: string;
  readonly platform: Platform;
}

/** What a server that follows another needs to know of it. */
export interface Upstream {
  readonly port: number;
  readonly standby: string;
  readonly monitoring: Credential;
}

const folders = (root: string) => join(root, 'members');
export const farmData = (root: string, name: string) => join(folders(root), name, 'data');

/**
 * Makes the data folder that all servers of a farm are copies of, with the monitoring role.
 * @returns its system identifier.
 */
export async function makeTemplate(
  { root, platform }: FarmPlace,
  monitoring: Credential,
): Promise<string> {
  const data = prepareFolder({ root, platform }, 'template');
  const as = { ...(platform.user ?? {}), cwd: root };
  const program = (name: string) => join(platform.postgresBin, name);
  await run(
    program('initdb'),
    [
      ...['-D', data, '-U', 'postgres', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync'],
      ...['--auth-local=trust', '--auth-host=scram-sha-256', '--wal-segsize=1'],
    ],
    as,
  );
  appendFileSync(join(data, 'postgresql.conf'), SMALL.join('\n'));
  appendFileSync(join(data, 'pg_hba.conf'), 'host replication all 127.0.0.1/32 scram-sha-256\n');
  // Nobody serves yet, so the role is made by a server of one user.
  const single = spawn(program('postgres'), ['--single', '-D', data, 'postgres'], {
    ...as,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  const { user, password } = monitoring;
  single.stdin.end(
    `CREATE ROLE "${user}" LOGIN REPLICATION PASSWORD '${password}';\nGRANT pg_monitor TO "${user}";\n`,
  );
  const complaints: string[] = [];
  single.stderr.on('data', (chunk) => complaints.push(String(chunk)));
  const [code] = await once(single, 'exit');
  if (code !== 0) throw new SandboxError(`A farm's role can't be made: ${complaints.join('')}`);
  const { stdout } = await run(program('pg_controldata'), ['-D', data], as);
  return /system identifier:\s+(\d+)/.exec(stdout)?.[1] ?? '';
}

/** A copy of the template under a name of its own. */
export async function copyTemplate(
  place: FarmPlace,
  name: string,
  { port, parameters, follows }: Settings,
): Promise<void> {
  const { root, platform } = place;
  const data = prepareFolder(place, name);
  await run('cp', ['-a', `${farmData(root, 'template')}/.`, data]);
  const settings = {
    port,
    unix_socket_directories: join(root, 'run'),
    ...(follows ? { primary_conninfo: conninfo(follows), hot_standby: 'on' } : {}),
    ...parameters,
  };
  const lines = Object.entries(settings).map(([key, value]) => `${key} = '${value}'`);
  appendFileSync(join(data, 'postgresql.conf'), `\n${lines.join('\n')}\n`);
  if (!follows) return;
  const signal = join(data, 'standby.signal');
  writeFileSync(signal, '');
  if (platform.user) chownSync(signal, platform.user.uid, platform.user.gid);
}

export interface Settings {
  readonly port: number;
  readonly parameters: Readonly<Record<string, string | number>>;
  readonly follows: Upstream | null;
}

export function dropTemplate(root: string): void {
  rmSync(join(folders(root), 'template'), { recursive: true, force: true });
}

function prepareFolder({ root, platform }: FarmPlace, name: string): string {
  const data = farmData(root, name);
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const { user } = platform;
  for (const path of user ? [join(folders(root), name), data] : []) {
    chownSync(path, user?.uid ?? 0, user?.gid ?? 0);
  }
  return data;
}

function conninfo({ port, standby, monitoring }: Upstream): string {
  const { user, password } = monitoring;
  return `host=127.0.0.1 port=${port} user=${user} password=${password} application_name=${standby}`;
}

/** As little as a server can be and still be asked: many of them run beside each other. */
const SMALL = [
  "\nlisten_addresses = '127.0.0.1'",
  'max_connections = 12',
  'superuser_reserved_connections = 1',
  'shared_buffers = 1MB',
  'max_wal_senders = 4',
  'max_replication_slots = 4',
  'max_worker_processes = 0',
  'max_logical_replication_workers = 0',
  'wal_level = replica',
  'max_wal_size = 8MB',
  'min_wal_size = 2MB',
  'fsync = off',
  'autovacuum = off',
  'jit = off',
  'huge_pages = off',
  // What wakes up by itself would be measured with what is asked.
  'bgwriter_lru_maxpages = 0',
  'wal_writer_delay = 10s',
  'checkpoint_timeout = 1d',
  // Kept within the folder: in /dev/shm a killed server would leave it behind.
  'dynamic_shared_memory_type = mmap',
  "log_line_prefix = '%m %a '",
  "log_timezone = 'UTC'",
  '',
];
