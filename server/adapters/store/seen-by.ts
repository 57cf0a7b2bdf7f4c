import { type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import type { Scope } from '@/lib/access/roles';
import type { Sight } from '@/lib/access/sight';
import { clusterId, ensembleId, parseClusterId } from '@/lib/topology/cluster-id';

/**
 * Whether somebody may see the cluster whose id is in that column: the same as `Sight.sees`, as SQL.
 * What is of no cluster is for who sees all.
 */
export function seenBy(sight: Sight, id: SQLWrapper): SQL {
  if (sight.all) return sql`true`;
  const any = sight.grants.map(({ scope }) => within(scope, id));
  return any.length === 0 ? sql`false` : sql`(${sql.join(any, sql` or `)})`;
}

function within(scope: Scope, id: SQLWrapper): SQL {
  if (scope.of === 'all') return sql`${id} is not null`;
  const ensemble =
    scope.of === 'namespace' ? scope.ensemble : parseClusterId(scope.cluster)?.ensemble;
  // How the ensemble itself fares is for whoever sees anything of it.
  const itself = ensemble === undefined ? sql`false` : sql`${id} = ${ensembleId(ensemble)}`;
  if (scope.of === 'cluster') return sql`(${id} = ${scope.cluster} or ${itself})`;
  // Ids of a namespace's clusters begin alike, and no other's do.
  const prefix = clusterId({ ...scope, scope: '', group: null });
  return sql`(starts_with(${id}, ${prefix}) or ${itself})`;
}
