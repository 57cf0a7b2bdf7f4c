import { getTableColumns, sql } from 'drizzle-orm';
import type { Failover } from '@/lib/history/failover';
import type { Transaction } from './event-rows';
import { clusterIds, readable } from './ids';
import { failover } from './schema';

/** Writes what is known of changes of leadership; what was known later stays. */
export async function upsertFailovers(
  transaction: Transaction,
  failovers: readonly Failover[],
): Promise<void> {
  if (failovers.length === 0) return;
  // One statement can't write a row twice: the last word of each.
  const last = new Map(failovers.map((one) => [`${one.cluster} ${one.czxid}`, one]));
  const ids = await clusterIds(transaction, new Set(failovers.map((one) => one.cluster)));
  const rows = [...last.values()].map(({ record: _, at: __, predictedMs, ...one }) => ({
    ...one,
    cluster: ids.get(one.cluster) ?? 0,
    from: one.from && readable(one.from),
    to: readable(one.to),
    began: new Date(one.began),
    led: new Date(one.led),
    recovered: one.recovered === null ? null : new Date(one.recovered),
    predictedLowMs: predictedMs?.[0] ?? null,
    predictedHighMs: predictedMs?.[1] ?? null,
  }));
  const { cluster: _, czxid: __, began: ___, ...mutable } = getTableColumns(failover);
  const set = Object.fromEntries(
    Object.entries(mutable).map(([key, column]) => [
      key,
      sql`excluded.${sql.identifier(column.name)}`,
    ]),
  );
  await transaction
    .insert(failover)
    .values(rows)
    .onConflictDoUpdate({
      target: [failover.cluster, failover.czxid],
      set,
      setWhere: sql`${failover.seq} < excluded.seq`,
    });
}
