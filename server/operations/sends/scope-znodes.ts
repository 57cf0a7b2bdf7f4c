import { isZooKeeperError } from '@/lib/errors';
import { withoutSecrets } from '@/lib/secrets';
import type { ListingAccess } from '../../ports';

/** Somebody has come back while it was being removed. */
export class Alive extends Error {}

/** A znode that is to go, at exactly that version. */
export interface Doomed {
  readonly path: string;
  readonly version: number;
  /** Without it what is left is no cluster any more. */
  readonly vital: boolean;
}

/** Whoever comes back is met by the first of them; what makes it a cluster goes last. */
const FIRST = ['members', 'leader'];
const LAST = ['history', 'config', 'initialize'];

const rankOf = (name: string): number =>
  FIRST.includes(name) ? FIRST.indexOf(name) - FIRST.length : LAST.indexOf(name) + 1;

/** All there is of a cluster, in the order in which it can be deleted. */
export async function znodesOf(access: ListingAccess, scope: string): Promise<readonly Doomed[]> {
  await access.sync(scope);
  const names = (await access.children(scope, false))?.names ?? [];
  const all: Doomed[] = [];
  for (const name of names.toSorted((a, b) => rankOf(a) - rankOf(b))) {
    all.push(...(await below(access, `${scope}/${name}`, LAST.includes(name))));
  }
  return [...all, ...(await itself(access, scope, true))];
}

async function below(access: ListingAccess, path: string, vital: boolean): Promise<Doomed[]> {
  const all: Doomed[] = [];
  for (const name of (await access.children(path, false))?.names ?? []) {
    all.push(...(await below(access, `${path}/${name}`, vital)));
  }
  return [...all, ...(await itself(access, path, vital))];
}

async function itself(access: ListingAccess, path: string, vital: boolean): Promise<Doomed[]> {
  const found = await access.data(path, false);
  if (found === null) return [];
  if (found.stat.ephemeralOwner !== null) throw new Alive(`${path} belongs to a living session`);
  return [{ path, version: found.stat.version, vital }];
}

const MOST_OF_A_NAME = 64;

/** Anybody may write there: what is told of it is short, on one line and without secrets. */
function nameIn(data: Buffer): string {
  const text = withoutSecrets(data.toString('utf8')).replace(/\s+/g, ' ').trim();
  if (text === '') return 'somebody';
  return text.length > MOST_OF_A_NAME ? `${text.slice(0, MOST_OF_A_NAME - 1)}…` : text;
}

/** Throws `Alive` where somebody leads it or is among its members, by ZooKeeper itself. */
export async function assertDead(access: ListingAccess, path: string): Promise<void> {
  await access.sync(path);
  const leader = await access.data(`${path}/leader`, false);
  if (leader) throw new Alive(`${nameIn(leader.data)} leads it`);
  const members = await access.children(`${path}/members`, false);
  const [first] = members?.names ?? [];
  if (first !== undefined) throw new Alive(`${first} is among its members`);
}

/** Deletes it at the version that was read before. */
export async function deleteAsRead(
  access: ListingAccess,
  { path, version }: Doomed,
): Promise<void> {
  try {
    await access.delete(path, version);
  } catch (error) {
    if (isZooKeeperError(error, 'no-node')) return;
    // Something has been made below it meanwhile.
    if (isZooKeeperError(error, 'not-empty')) throw new Alive(`something was made below ${path}`);
    throw error;
  }
}
