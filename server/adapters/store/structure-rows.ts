import { sql } from 'drizzle-orm';
import { type StructureChange, StructureReader } from '@/lib/history/structure';
import type { ClusterView } from '@/lib/topology/view';
import type { Transaction } from './event-rows';
import { clusterIds } from './ids';
import { structure } from './schema';

const ROWS_AT_ONCE = 1000;

/** Writes changes of structures; those that are there by their `seq` are left alone. */
export async function insertStructures(
  transaction: Transaction,
  changes: readonly StructureChange[],
): Promise<void> {
  if (changes.length === 0) return;
  const ids = await clusterIds(transaction, new Set(changes.map((one) => one.cluster)));
  const rows = changes.map(({ seq, run, at, after, parts, cluster }) => ({
    ...{ seq, run, after, parts },
    at: new Date(at),
    cluster: ids.get(cluster) ?? 0,
  }));
  // A statement takes 65,535 parameters, and these are long.
  for (let n = 0; n < rows.length; n += ROWS_AT_ONCE) {
    const some = rows.slice(n, n + ROWS_AT_ONCE);
    await transaction.insert(structure).values(some).onConflictDoNothing();
  }
}

/** What a cluster looked like, to a process that is over. */
export interface LastSeen {
  readonly cluster: number;
  /** Null: it was gone, or a change is missing. */
  readonly view: ClusterView | null;
}

/** The last structure of each cluster before a number; none where there is none. */
export async function lastBefore(
  transaction: Transaction,
  asked: readonly { readonly cluster: number; readonly seq: number }[],
): Promise<readonly LastSeen[]> {
  if (asked.length === 0) return [];
  const wanted = JSON.stringify(asked);
  const { rows } = await transaction.execute<{
    cluster: number;
    seq: string;
    run: string;
    after: string | null;
    parts: StructureChange['parts'];
  }>(
    sql`select k.cluster, s.seq, s.run, s.after, s.parts
        from json_to_recordset(${wanted}::json) as k(cluster integer, seq bigint)
        cross join lateral (
          select w.at, w.seq from howdah.structure w
          where w.cluster = k.cluster and w.seq < k.seq and w.after is null
          order by w.at desc, w.seq desc limit 1) w
        join howdah.structure s on s.cluster = k.cluster
          and s.at >= w.at and s.seq >= w.seq and s.seq < k.seq
        order by k.cluster, s.seq`,
  );
  const readers = new Map<number, StructureReader>();
  for (const { cluster, seq, run, after, parts } of rows) {
    const reader = readers.get(cluster) ?? new StructureReader();
    readers.set(cluster, reader);
    reader.apply({
      seq: Number(seq),
      run: Number(run),
      after: after === null ? null : Number(after),
      parts,
    });
  }
  return [...readers].map(([cluster, reader]) => ({ cluster, view: reader.view }));
}
