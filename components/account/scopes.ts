import { type Grant, holds, type Role, roles, type Scope, scopeInWords } from '@/lib/access/roles';
import type { EnsembleView } from '@/lib/stream/frames';
import type { ClusterSummary } from '@/lib/topology/view';

/** One scope as text: the value of a field. */
export const keyOf = (scope: Scope): string =>
  scope.of === 'all'
    ? 'all'
    : scope.of === 'namespace'
      ? `namespace ${JSON.stringify([scope.ensemble, scope.namespace])}`
      : `cluster ${scope.cluster}`;

/** What a role can be given on: the namespaces and clusters there are now. */
export interface Places {
  readonly namespaces: readonly Extract<Scope, { of: 'namespace' }>[];
  readonly clusters: readonly Extract<Scope, { of: 'cluster' }>[];
}

export function placesOf(
  ensembles: readonly EnsembleView[],
  fleet: Iterable<ClusterSummary>,
): Places {
  const rows = [...fleet];
  const namespaces = new Map<string, Places['namespaces'][number]>();
  const note = (ensemble: string, namespace: string): void => {
    const scope = { of: 'namespace' as const, ensemble, namespace };
    namespaces.set(keyOf(scope), scope);
  };
  for (const one of ensembles) for (const { path } of one.namespaces) note(one.name, path);
  for (const { key } of rows) note(key.ensemble, key.namespace);
  return {
    namespaces: [...namespaces.values()].sort((a, b) => keyOf(a).localeCompare(keyOf(b))),
    clusters: rows
      .map(({ id }) => ({ of: 'cluster' as const, cluster: id }))
      .sort((a, b) => scopeInWords(a).localeCompare(scopeInWords(b))),
  };
}

/** Which roles somebody may give there, who has `mine`; null: whichever. */
export const rolesFor = (scope: Scope, mine: readonly Grant[] | null): readonly Role[] =>
  mine === null ? roles : roles.filter((role) => holds(mine, [{ role, scope }]));
