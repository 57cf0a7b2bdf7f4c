import { type ClusterId, clusterName, isEnsemble, parseClusterId } from '../topology/cluster-id';

/** Each may what those before it may: see docs/security.md for the table. */
export const roles = ['viewer', 'operator', 'admin'] as const;
export type Role = (typeof roles)[number];

/** What a person calls the role. */
export const roleName: Readonly<Record<Role, string>> = {
  viewer: 'viewer',
  operator: 'operator',
  admin: 'administrator',
};

/** All clusters, those of one namespace of one ensemble, or one. */
export type Scope =
  | { readonly of: 'all' }
  | { readonly of: 'namespace'; readonly ensemble: string; readonly namespace: string }
  | { readonly of: 'cluster'; readonly cluster: ClusterId };

/** A role, and on what. */
export interface Grant {
  readonly role: Role;
  readonly scope: Scope;
}

const rank = (role: Role): number => roles.indexOf(role);

/** Whether `role` may all that `needed` may. */
export const covers = (role: Role, needed: Role): boolean => rank(role) >= rank(needed);

/** The highest role that some grants give on a cluster; on an ensemble's own id, that on all. */
export function roleOn(grants: readonly Grant[], cluster: ClusterId): Role | null {
  return highest(grants.filter(({ scope }) => reaches(scope, cluster)));
}

/** The highest role on every cluster there is or will be; null: none. */
export const roleOnAll = (grants: readonly Grant[]): Role | null =>
  highest(grants.filter(({ scope }) => scope.of === 'all'));

/** The highest role on anything at all; null: none. */
export const highest = (grants: readonly Grant[]): Role | null =>
  grants.reduce<Role | null>(
    (best, { role }) => (best === null || covers(role, best) ? role : best),
    null,
  );

/** The same for the same scope, and for no other. */
export const scopeKey = (scope: Scope): string => JSON.stringify(Object.entries(scope).sort());

/** The highest role of each scope, once. */
export function distinct(grants: readonly Grant[]): readonly Grant[] {
  const byScope = new Map<string, Grant>();
  for (const grant of grants) {
    const key = scopeKey(grant.scope);
    const before = byScope.get(key);
    if (!before || covers(grant.role, before.role)) byScope.set(key, grant);
  }
  return [...byScope.values()];
}

function reaches(scope: Scope, cluster: ClusterId): boolean {
  if (scope.of === 'all') return true;
  const key = parseClusterId(cluster);
  // What an ensemble keeps of its own may be anybody's: it is for who sees all.
  if (key === null || isEnsemble(key)) return false;
  if (scope.of === 'cluster') return scope.cluster === cluster;
  return scope.ensemble === key.ensemble && scope.namespace === key.namespace;
}

/** Whether a scope is of an ensemble, or of something in it. */
export function touches(scope: Scope, ensemble: string): boolean {
  if (scope.of === 'all') return true;
  if (scope.of === 'namespace') return scope.ensemble === ensemble;
  return parseClusterId(scope.cluster)?.ensemble === ensemble;
}

/** What two sets of grants both allow: a token may what it was made for, while its owner may that. */
export function both(one: readonly Grant[], other: readonly Grant[]): Grant[] {
  return one.flatMap((a) =>
    other.flatMap((b) => {
      const scope = narrower(a.scope, b.scope);
      return scope ? [{ role: covers(a.role, b.role) ? b.role : a.role, scope }] : [];
    }),
  );
}

function narrower(one: Scope, other: Scope): Scope | null {
  if (one.of === 'all') return other;
  if (other.of === 'all') return one;
  if (one.of === 'cluster') return contains(other, one) ? one : null;
  return contains(one, other) ? other : null;
}

function contains(wide: Scope, narrow: Scope): boolean {
  if (wide.of === 'all') return true;
  if (narrow.of === 'cluster') return reaches(wide, narrow.cluster);
  if (narrow.of === 'all' || wide.of === 'cluster') return false;
  return wide.ensemble === narrow.ensemble && wide.namespace === narrow.namespace;
}

/** Whether `grants` hold all of `wanted`: nobody may give what they don't have. */
export const holds = (grants: readonly Grant[], wanted: readonly Grant[]): boolean =>
  wanted.every((want) =>
    grants.some(({ role, scope }) => covers(role, want.role) && contains(scope, want.scope)),
  );

/** The scope in words: "all clusters", "/service on main", "orders in /service on main". */
export function scopeInWords(scope: Scope): string {
  if (scope.of === 'all') return 'all clusters';
  if (scope.of === 'namespace') return `${scope.namespace} on ${scope.ensemble}`;
  const key = parseClusterId(scope.cluster);
  if (key === null) return scope.cluster;
  return `${clusterName(key)} in ${key.namespace} on ${key.ensemble}`;
}
