import type { NodePgDatabase } from 'drizzle-orm/node-postgres';
import type { Cause, ClusterEvent, EventCode } from '@/lib/topology/event';
import { clusterIds, readable } from './ids';
import { event } from './schema';

export type Transaction = Parameters<Parameters<NodePgDatabase['transaction']>[0]>[0];

const ROWS_AT_ONCE = 2000;

/** Writes events; those that are there by their `seq` are left alone. */
export async function insertEvents(
  transaction: Transaction,
  events: readonly ClusterEvent[],
): Promise<void> {
  if (events.length === 0) return;
  const ids = await clusterIds(transaction, new Set(events.map((one) => one.cluster)));
  const rows = events.map(({ seq, at, code, member, says, cause, written, ...one }) => ({
    ...{ seq, code, member: member && readable(member), says: readable(says) },
    at: new Date(at),
    cluster: ids.get(one.cluster) ?? 0,
    cause: cause ?? null,
    writtenAt: written ? new Date(written.at) : null,
    zxid: written?.zxid ?? null,
  }));
  // A statement takes 65,535 parameters.
  for (let n = 0; n < rows.length; n += ROWS_AT_ONCE) {
    const some = rows.slice(n, n + ROWS_AT_ONCE);
    await transaction.insert(event).values(some).onConflictDoNothing();
  }
}

/** Columns of an event with its cluster's key, as `eventOf` takes them. */
export const eventColumns = {
  seq: event.seq,
  at: event.at,
  code: event.code,
  member: event.member,
  says: event.says,
  cause: event.cause,
  writtenAt: event.writtenAt,
  zxid: event.zxid,
};

export function eventOf(row: {
  seq: number;
  at: Date;
  cluster: string;
  code: string;
  member: string | null;
  says: string;
  cause: string | null;
  writtenAt: Date | null;
  zxid: string | null;
}): ClusterEvent {
  const { seq, cluster, member, says, writtenAt, zxid } = row;
  return {
    ...{ seq, cluster, member, says },
    at: row.at.getTime(),
    code: row.code as EventCode,
    cause: row.cause as Cause | null,
    written: writtenAt && zxid !== null ? { at: writtenAt.getTime(), zxid } : null,
  };
}
