import { type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import type { Scope } from '@/lib/access/roles';
import type { Sight } from '@/lib/access/sight';
import { clusterId } from '@/lib/topology/cluster-id';

/** Whether somebody may see the cluster whose id is in that column. None is for who sees all. */
export function seenBy(sight: Sight, column: SQLWrapper): SQL {
  if (sight.all) return sql`true`;
  const each = sight.grants.map(({ scope }) => within(scope, column));
  return each.length === 0 ? sql`false` : sql`(${sql.join(each, sql` or `)})`;
}

function within(scope: Scope, column: SQLWrapper): SQL {
  if (scope.of === 'all') return sql`true`;
  if (scope.of === 'cluster') return sql`${column} = ${scope.cluster}`;
  // Ids of a namespace's clusters begin alike, and no other's do.
  const { ensemble, namespace } = scope;
  const prefix = clusterId({ ensemble, namespace, scope: '', group: null });
  return sql`starts_with(${column}, ${prefix})`;
}
