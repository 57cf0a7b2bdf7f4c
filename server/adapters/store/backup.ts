import { drizzle } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import {
  Encoder,
  FORMAT_VERSION,
  type Part,
  type Progress,
  rowsIn,
  type TableMark,
} from './backup-format';
import { holdsRows, type Table, tablesIn } from './catalog';
import { migratedTo } from './migrations';

export const named = (name: string): string => `howdah.${pg.escapeIdentifier(name)}`;

const UNDEFINED_TABLE = '42P01';
const ATTEMPTS = 5;

/** What decides how a value is written as text, and nothing that would end a long statement. */
export const SESSION = `
  set datestyle = 'ISO, YMD'; set intervalstyle = 'postgres'; set timezone = 'UTC';
  set extra_float_digits = 3; set bytea_output = 'hex'; set client_encoding = 'UTF8';
  set statement_timeout = 0; set idle_in_transaction_session_timeout = 0; set lock_timeout = '30s';
  set row_security = off`;

/**
 * All rows of the schema as of one moment, as the bytes of a backup. It only reads, and whoever
 * writes goes on: a partition that it has yet to read can't be dropped meanwhile, but new ones can be
 * made. The connection is of no use to others until this has ended, and none where it has failed.
 */
export async function* backUp(
  client: pg.Client,
  onProgress: (progress: Progress) => void = () => {},
): AsyncGenerator<Buffer> {
  const encoder = new Encoder();
  for await (const part of partsIn(client, onProgress)) yield* encoder.encode(part);
}

async function* partsIn(
  client: pg.Client,
  onProgress: (progress: Progress) => void,
): AsyncGenerator<Part> {
  await client.query(SESSION);
  const tables = await lockedTables(client);
  const columns = await columnsIn(client);
  const migration = await migratedTo(client);
  if (migration === null) throw new Error('There is no history in the store');
  const { rows: about } = await client.query<{ at: Date; server: string }>(
    `select now() as at, split_part(current_setting('server_version'), ' ', 1) as server`,
  );
  const { at, server } = about[0] ?? { at: new Date(), server: '' };
  const format = { format: 'howdah backup', version: FORMAT_VERSION } as const;
  yield { is: 'header', ...format, at: at.toISOString(), server, migration };

  let all = 0;
  for (const [n, table] of tables.entries()) {
    const { name, parent, bound, divided } = table;
    const mark: TableMark = { name, columns: columns.get(name) ?? [], parent, bound, divided };
    yield { is: 'table', ...mark };
    let rows = 0;
    if (holdsRows(table)) {
      const list = mark.columns.map((column) => pg.escapeIdentifier(column)).join(', ');
      const copy = client.query(copyTo(`copy ${named(name)} (${list}) to stdout`));
      for await (const bytes of copy as AsyncIterable<Buffer>) {
        rows += rowsIn(bytes);
        yield { is: 'rows', bytes };
        onProgress({ table: name, tables: n, rows: all + rows });
      }
    }
    yield { is: 'end of table', rows };
    all += rows;
  }
  // Read last, and not as of the beginning: no number that a row has is given again.
  const { rows: sequences } = await client.query<{ name: string; last: string }>(
    `select sequencename::text as name, last_value::text as last from pg_sequences
     where schemaname = 'howdah' and last_value is not null and sequencename <> 'migration_id_seq'
     order by 1`,
  );
  await client.query('commit');
  yield { is: 'end', tables: tables.length, rows: all, sequences };
}

/**
 * Begins the transaction, in which none of the tables can go any more. Only what holds rows is
 * locked: to make a partition takes a lock on what it is a partition of, and would wait for us.
 */
async function lockedTables(client: pg.Client): Promise<Table[]> {
  for (let attempt = 1; ; attempt += 1) {
    await client.query('begin transaction isolation level repeatable read, read only');
    const tables = await tablesIn(drizzle(client));
    const names = tables.filter(holdsRows).map(({ name }) => `only ${named(name)}`);
    try {
      if (names.length > 0)
        await client.query(`lock table ${names.join(', ')} in access share mode`);
      return await inOrder(client, tables);
    } catch (error) {
      // One has been dropped in between.
      if ((error as pg.DatabaseError).code !== UNDEFINED_TABLE || attempt === ATTEMPTS) throw error;
      await client.query('rollback');
    }
  }
}

/**
 * In the order in which they can be filled: what is referred to goes before who refers to it. Tables
 * that refer to each other could not be.
 */
async function inOrder(client: pg.Client, tables: readonly Table[]): Promise<Table[]> {
  const { rows: references } = await client.query<{ from: string; to: string }>(
    `select f.relname::text as from, t.relname::text as to
     from pg_constraint c join pg_class f on f.oid = c.conrelid join pg_class t on t.oid = c.confrelid
     join pg_namespace n on n.oid = f.relnamespace
     where c.contype = 'f' and c.conparentid = 0 and n.nspname = 'howdah' and f.oid <> t.oid`,
  );
  const roots: string[] = [];
  const visit = (root: string, above: readonly string[]) => {
    if (roots.includes(root) || above.includes(root)) return;
    for (const { from, to } of references) if (from === root) visit(to, [...above, root]);
    roots.push(root);
  };
  for (const { root } of tables) visit(root, []);
  return roots.flatMap((root) => tables.filter((table) => table.root === root));
}

/** What a generated column holds is made again. */
async function columnsIn(client: pg.Client): Promise<ReadonlyMap<string, readonly string[]>> {
  const { rows } = await client.query<{ table: string; columns: string[] }>(
    `select c.relname::text as table, array_agg(a.attname::text order by a.attnum) as columns
     from pg_attribute a join pg_class c on c.oid = a.attrelid
     join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'howdah' and c.relkind in ('r', 'p') and a.attnum > 0
       and not a.attisdropped and a.attgenerated = ''
     group by 1`,
  );
  return new Map(rows.map(({ table, columns }) => [table, columns]));
}
