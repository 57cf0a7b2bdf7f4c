import { drizzle } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import { named } from './backup';
import { holdsRows, type Table, tablesIn } from './catalog';
import { growthOf, sizeOf } from './measures';
import { migratedTo } from './migrations';

/** How much there is of one kind of history. */
export interface KindStats {
  /** "events", "samples", "10s", "1m", "1h"; else as the table is called; "others": the undivided. */
  readonly kind: string;
  /** What a row of it is. */
  readonly counts: 'rows' | 'chunks';
  readonly rows: number;
  readonly bytes: number;
  /** Milliseconds since the epoch; null: it has none. */
  readonly oldest: number | null;
  readonly newest: number | null;
  readonly bytesPerDay: number | null;
}

export interface StoreStats {
  /** The version of the schema; null: there is no history. */
  readonly migration: string | null;
  readonly kinds: readonly KindStats[];
  readonly bytes: number;
  readonly bytesPerDay: number | null;
}

const ORDER = ['event', 'lag_chunk_samples', 'lag_chunk_10s', 'lag_chunk_1m', 'lag_chunk_1h'];
const NAMES: Readonly<Record<string, string>> = { event: 'events' };
const CHUNKS = 'lag_chunk_';

/** Counts all there is. That reads every table, as of one moment. */
export async function statsOf(client: pg.Client, now: number): Promise<StoreStats> {
  await client.query('begin transaction isolation level repeatable read, read only');
  const database = drizzle(client);
  const tables = await tablesIn(database);
  const growth = await growthOf(database, tables, now);
  const kinds: KindStats[] = [];
  for (const root of rootsOf(tables)) {
    const mine = tables.filter((table) => table.root === root);
    const counted = await countOf(client, mine);
    const isChunk = root.startsWith(CHUNKS);
    kinds.push({
      ...{ kind: NAMES[root] ?? (isChunk ? root.slice(CHUNKS.length) : root), ...counted },
      ...{ counts: isChunk ? 'chunks' : 'rows', bytesPerDay: growth.get(root) ?? null },
    });
  }
  const others = tables.filter((one) => one.root === one.name && holdsRows(one));
  kinds.push(await othersOf(client, others));
  const migration = await migratedTo(client);
  await client.query('commit');
  const perDay = kinds.flatMap(({ bytesPerDay }) => bytesPerDay ?? []);
  return {
    ...{ migration: migration?.name ?? null, kinds, bytes: sizeOf(tables) },
    bytesPerDay: perDay.length === 0 ? null : perDay.reduce((sum, each) => sum + each, 0),
  };
}

/** The tables that are divided: first those that everybody knows. */
function rootsOf(tables: readonly Table[]): string[] {
  const divided = tables.filter((one) => one.root === one.name && !holdsRows(one));
  const names = divided.map(({ name }) => name);
  return [
    ...ORDER.filter((name) => names.includes(name)),
    ...names.filter((name) => !ORDER.includes(name)).sort(),
  ];
}

async function countOf(client: pg.Client, mine: readonly Table[]) {
  const [root] = mine;
  const moment = mine.find((one) => one.moment !== null)?.moment ?? null;
  const at = moment === null ? 'null' : `extract(epoch from %(${pg.escapeIdentifier(moment)}))`;
  const end = (which: 'min' | 'max') => `${at.replace('%', which)}::float8 * 1000`;
  const { rows } = await client.query<{
    rows: number;
    oldest: number | null;
    newest: number | null;
  }>(
    `select count(*)::float8 as rows, ${end('min')} as oldest, ${end('max')} as newest
     from ${named(root?.name ?? '')}`,
  );
  const [row] = rows;
  const { oldest = null, newest = null } = row ?? {};
  return { rows: row?.rows ?? 0, oldest, newest, bytes: sizeOf(mine) };
}

async function othersOf(client: pg.Client, others: readonly Table[]): Promise<KindStats> {
  let rows = 0;
  for (const table of others) rows += (await countOf(client, [table])).rows;
  const bytes = sizeOf(others);
  return {
    ...{ kind: 'others', counts: 'rows', rows, bytes },
    ...{ oldest: null, newest: null, bytesPerDay: null },
  };
}
