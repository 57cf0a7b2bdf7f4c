/** One entry of a znode's ACL: who may do what. */
export interface Access {
  /** Read 1, write 2, create 4, delete 8, administer 16. */
  readonly perms: number;
  readonly scheme: string;
  readonly id: string;
}

const READ = 1;
const WRITE = 2;
const ALL = 31;

/** Whoever is connected as we are may do anything, and everybody may read. */
export const oursAlone: readonly Access[] = [
  { perms: ALL, scheme: 'auth', id: '' },
  { perms: READ, scheme: 'world', id: 'anyone' },
];

/** Whether anybody who reaches ZooKeeper may do more than read, such as write it or its ACL. */
export const isOpenToAll = (access: readonly Access[]): boolean =>
  access.some(
    ({ perms, scheme, id }) => scheme === 'world' && id === 'anyone' && (perms & ~READ) !== 0,
  );

/**
 * Whether an ACL that ZooKeeper has told is what stands there. Whoever may read a znode but not
 * administer it is told each digest as `user:x`; an ACL made of that would lock its owner out, since
 * no password has the hash `x`.
 */
export function isWhole(access: readonly Access[]): boolean {
  return access.every(({ scheme, id }) => scheme !== 'digest' || hashOf(id) !== 'x');
}

function hashOf(id: string): string {
  return id.slice(id.indexOf(':') + 1);
}

/** An ACL as it is told to whoever may not see it whole. */
export function masked(access: readonly Access[]): Access[] {
  return access.map((entry) =>
    entry.scheme === 'digest' ? { ...entry, id: entry.id.replace(/:.*/, ':x') } : entry,
  );
}

/** Whether two ACLs grant the same. Their order says nothing. */
export function sameAccess(one: readonly Access[], other: readonly Access[]): boolean {
  const [ones, others] = [entriesOf(one), entriesOf(other)];
  return ones.size === others.size && [...ones].every((entry) => others.has(entry));
}

function entriesOf(access: readonly Access[]): Set<string> {
  return new Set(access.map(({ perms, scheme, id }) => JSON.stringify([perms, scheme, id])));
}

/**
 * Whether an ACL surely lets a session write that has given this digest (`user:hash`; null: none).
 * False also where only the server could tell, as for an address.
 */
export function grantsWrite(access: readonly Access[], digest: string | null): boolean {
  return access.some(({ perms, scheme, id }) => {
    if ((perms & WRITE) === 0) return false;
    return (scheme === 'world' && id === 'anyone') || (scheme === 'digest' && id === digest);
  });
}
