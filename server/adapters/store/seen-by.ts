import { type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import type { Sight } from '@/lib/access/sight';
import { ensembleId, parseClusterId } from '@/lib/topology/cluster-id';
import { cluster } from './schema';

interface Columns {
  readonly key: SQLWrapper;
  readonly ensemble: SQLWrapper;
  readonly namespace: SQLWrapper;
}

/** Whether a row's cluster is one that somebody may see: the same as `Sight.sees`, as SQL. */
export function seenBy(sight: Sight, { key, ensemble, namespace }: Columns = cluster): SQL {
  if (sight.all) return sql`true`;
  const any = sight.grants.flatMap(({ scope }) => {
    if (scope.of === 'all') return [sql`true`];
    const where =
      scope.of === 'namespace'
        ? sql`(${ensemble} = ${scope.ensemble} and ${namespace} = ${scope.namespace})`
        : sql`${key} = ${scope.cluster}`;
    const on = scope.of === 'namespace' ? scope.ensemble : parseClusterId(scope.cluster)?.ensemble;
    return on === undefined ? [where] : [where, sql`${key} = ${ensembleId(on)}`];
  });
  return any.length === 0 ? sql`false` : sql`(${sql.join(any, sql` or `)})`;
}
