import { sql } from 'drizzle-orm';
import type { NodePgDatabase } from 'drizzle-orm/node-postgres';
import { holdsRows, type Table } from './catalog';

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** Growth is that of about the last so long: what was written a year ago tells less. */
const LOOK_BACK_MS = 7 * DAY_MS;

/** On disk, with indexes and all. */
export const sizeOf = (tables: readonly Table[]): number =>
  tables.reduce((sum, { bytes }) => sum + bytes, 0);

/**
 * What is written in a day into each table that is divided by time, bytes: the sizes of its newest
 * partitions over the time they span. Null: too short a time to tell.
 */
export async function growthOf(
  database: Pick<NodePgDatabase, 'execute'>,
  tables: readonly Table[],
  now: number,
): Promise<ReadonlyMap<string, number | null>> {
  const roots = new Set(tables.filter(({ moment }) => moment !== null).map(({ root }) => root));
  const recent = new Map([...roots].map((root) => [root, newestOf(tables, root, now)] as const));
  const began = await firstMoments(database, [...recent.values()].flat());
  const growth = new Map<string, number | null>();
  for (const [root, partitions] of recent) {
    const spans = partitions.map((one) => spanOf(one, began.get(one.name), now));
    const ms = spans.reduce((sum, span) => sum + span, 0);
    growth.set(root, ms < HOUR_MS ? null : Math.round((sizeOf(partitions) / ms) * DAY_MS));
  }
  return growth;
}

/** Newest first, as many as span the time that is looked at. */
function newestOf(tables: readonly Table[], root: string, now: number): Table[] {
  const partitions = tables
    .filter((table) => table.root === root && holdsRows(table) && table.from !== null)
    .filter(({ from }) => (from ?? 0) < now)
    .sort((a, b) => (b.from ?? 0) - (a.from ?? 0));
  const enough = partitions.findIndex(({ from }) => (from ?? 0) <= now - LOOK_BACK_MS);
  return enough === -1 ? partitions : partitions.slice(0, enough + 1);
}

function spanOf({ from, until }: Table, first: number | undefined, now: number): number {
  return Math.max(0, Math.min(until ?? now, now) - Math.max(from ?? 0, first ?? 0));
}

/**
 * The moment of the first row that each of these partitions was given, which is about its oldest.
 * History is only ever appended, so that row is where it was put: nothing need be searched.
 */
async function firstMoments(
  database: Pick<NodePgDatabase, 'execute'>,
  partitions: readonly Table[],
): Promise<ReadonlyMap<string, number>> {
  if (partitions.length === 0) return new Map();
  const each = partitions.map(
    ({ name, moment }) =>
      sql`select ${name}::text as name, extract(epoch from ${sql.identifier(moment ?? '')})::float8 * 1000 as at
          from howdah.${sql.identifier(name)} where ctid = '(0,1)'`,
  );
  const { rows } = await database.execute<{ name: string; at: number }>(
    sql.join(each, sql` union all `),
  );
  return new Map(rows.map(({ name, at }) => [name, at]));
}
