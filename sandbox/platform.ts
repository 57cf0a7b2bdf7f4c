import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { SandboxError } from './errors';

/** What the sandbox runs, and as whom. */
export interface Platform {
  readonly java: string;
  readonly zookeeperClasspath: string;
  readonly patroni: string;
  /** Folder of PostgreSQL's own programs. */
  readonly postgresBin: string;
  /** null: as the current user. */
  readonly user: { readonly uid: number; readonly gid: number } | null;
}

/**
 * Finds the programs the sandbox needs.
 * @throws SandboxError naming the Debian package that lacks.
 */
export function findPlatform(): Platform {
  if (process.platform !== 'linux') {
    throw new SandboxError('The sandbox needs Linux: it finds its processes through /proc');
  }
  return {
    java: need(findProgram('java'), 'Java', 'default-jre-headless'),
    zookeeperClasspath: findZooKeeper(),
    patroni: need(findProgram('patroni'), 'Patroni', 'patroni'),
    postgresBin: need(findPostgres(), 'PostgreSQL', 'postgresql'),
    user: process.getuid?.() === 0 ? findUser('postgres') : null,
  };
}

/**
 * Apart from the others: only what balances load needs it.
 * @throws SandboxError naming the Debian package that lacks.
 */
export function findHaproxy(): string {
  return need(findProgram('haproxy'), 'HAProxy', 'haproxy');
}

function need(path: string | null, what: string, pkg: string): string {
  if (path) return path;
  throw new SandboxError(`${what} is missing: install the Debian package ${pkg}`);
}

function findZooKeeper(): string {
  const jar = '/usr/share/java/zookeeper.jar';
  need(existsSync(jar) ? jar : null, 'ZooKeeper', 'libzookeeper-java');
  // The manifest names all other jars but a logger; without one ZooKeeper is silent.
  const logger = '/usr/share/java/slf4j-simple.jar';
  return existsSync(logger) ? `${jar}:${logger}` : jar;
}

/** @returns the folder of the highest version that has a server, also outside the PATH. */
function findPostgres(): string | null {
  const base = '/usr/lib/postgresql';
  const versions = existsSync(base) ? readdirSync(base).filter((name) => /^\d+$/.test(name)) : [];
  const [newest] = versions
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(base, version, 'bin'))
    .filter((bin) => isExecutable(join(bin, 'postgres')) && isExecutable(join(bin, 'pgbench')));
  return newest ?? null;
}

function findProgram(name: string): string | null {
  const folders = [
    ...(process.env.PATH ?? '').split(delimiter),
    '/usr/bin',
    '/usr/local/bin',
    '/usr/sbin',
  ];
  for (const folder of folders) {
    const path = join(folder, name);
    if (folder && isExecutable(path)) return path;
  }
  return null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** PostgreSQL refuses to run as root. */
function findUser(name: string): { uid: number; gid: number } {
  for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
    const [user, , uid, gid] = line.split(':');
    if (user === name) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new SandboxError(`There is no user ${name}: install the Debian package postgresql`);
}
