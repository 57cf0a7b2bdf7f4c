import { and, desc, eq, inArray, sql } from 'drizzle-orm';
import type { NodePgDatabase } from 'drizzle-orm/node-postgres';
import {
  type PastCosts,
  type PastQuery,
  type RunRecord,
  type RunsPage,
  type RunsQuery,
  spreadOf,
} from '@/lib/history/run-record';
import type { OperationView } from '@/lib/operations/types';
import type { ClusterId } from '@/lib/topology/cluster-id';
import type { Transaction } from './event-rows';
import { clusterIds, readable } from './ids';
import { cluster, failover, run } from './schema';

const keyOf = ({ cluster: of, id }: RunRecord) => `${of} ${id}`;

/** What has ended is known later than what has not, whatever two processes' clocks say. */
function isLater(one: RunRecord, other: RunRecord): boolean {
  const [a, b] = [one, other].map(({ endedAt }) => (endedAt === null ? 0 : 1));
  return a !== b ? a === 1 : one.at !== other.at ? one.at > other.at : one.seq > other.seq;
}

/** Writes what is known of runs; what was known later stays. */
export async function upsertRuns(
  transaction: Transaction,
  runs: readonly RunRecord[],
): Promise<void> {
  if (runs.length === 0) return;
  // One statement can't write a row twice: the last word of each.
  const last = new Map<string, RunRecord>();
  for (const one of runs) {
    const before = last.get(keyOf(one));
    if (!before || isLater(one, before)) last.set(keyOf(one), one);
  }
  const ids = await clusterIds(transaction, new Set(runs.map((one) => one.cluster)));
  const rows = [...last.values()].map(({ record: _, ...one }) => ({
    ...one,
    cluster: ids.get(one.cluster) ?? 0,
    ...{ id: readable(one.id), kind: readable(one.kind) },
    outcome: one.outcome && readable(one.outcome),
    at: new Date(one.at),
    startedAt: new Date(one.startedAt),
    endedAt: one.endedAt === null ? null : new Date(one.endedAt),
    view: legible(one.view),
  }));
  await transaction
    .insert(run)
    .values(rows)
    .onConflictDoUpdate({
      target: [run.cluster, run.id],
      set: {
        ...{ seq: sql`excluded.seq`, at: sql`excluded.at`, kind: sql`excluded.kind` },
        ...{ startedAt: sql`excluded.started_at`, endedAt: sql`excluded.ended_at` },
        ...{ outcome: sql`excluded.outcome`, view: sql`excluded.view` },
      },
      setWhere: sql`(${run.endedAt} is not null, ${run.at}, ${run.seq})
        < (excluded.ended_at is not null, excluded.at, excluded.seq)`,
    });
}

/** JSON as PostgreSQL can read it: texts without NUL, and without halves of characters. */
function legible(view: OperationView): OperationView {
  const text = JSON.stringify(view, (_, value: unknown) =>
    typeof value === 'string' ? readable(value).replace(/\p{Surrogate}/gu, '\u{fffd}') : value,
  );
  return JSON.parse(text) as OperationView;
}

/** Newest first. */
export async function runsOf(
  database: NodePgDatabase,
  { cluster: key, before, kinds, limit }: RunsQuery,
): Promise<RunsPage> {
  const rows = await database
    .select({ view: run.view, startedAt: run.startedAt, id: run.id })
    .from(run)
    .innerJoin(cluster, eq(cluster.id, run.cluster))
    .where(
      and(
        eq(cluster.key, key),
        ...(before === undefined
          ? []
          : [sql`(${run.startedAt}, ${run.id}) < (${new Date(before.startedAt)}, ${before.id})`]),
        ...(kinds === undefined ? [] : [inArray(run.kind, [...kinds])]),
      ),
    )
    .orderBy(desc(run.startedAt), desc(run.id))
    .limit(limit + 1);
  const some = rows.slice(0, limit);
  const end = rows.length > limit ? some.at(-1) : undefined;
  return {
    runs: some.map(({ view }) => view),
    next: end ? { startedAt: end.startedAt.getTime(), id: end.id } : null,
  };
}

export async function runOf(
  database: NodePgDatabase,
  { cluster: key, id }: { readonly cluster: ClusterId; readonly id: string },
): Promise<OperationView | null> {
  const [row] = await database
    .select({ view: run.view })
    .from(run)
    .innerJoin(cluster, eq(cluster.id, run.cluster))
    .where(and(eq(cluster.key, key), eq(run.id, id)));
  return row?.view ?? null;
}

const MOST_PAST = 20;

export async function pastOf(
  database: NodePgDatabase,
  { cluster: key, kind }: PastQuery,
): Promise<PastCosts> {
  const rows = await database
    .select({ began: failover.began, led: failover.led, outageMs: failover.outageMs })
    .from(failover)
    .innerJoin(cluster, eq(cluster.id, failover.cluster))
    .where(and(eq(cluster.key, key), eq(failover.kind, kind)))
    .orderBy(desc(failover.led))
    .limit(MOST_PAST);
  // Where it was not seen that nobody led, that began as it ended: not known, and not nothing.
  const leaderless = rows.map(({ began, led }) => led.getTime() - began.getTime() || null);
  return {
    ...{ kind, count: rows.length },
    outageMs: spreadOf(rows.map(({ outageMs }) => outageMs)),
    leaderlessMs: spreadOf(leaderless),
  };
}
