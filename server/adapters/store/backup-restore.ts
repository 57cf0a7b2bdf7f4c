import { pipeline } from 'node:stream/promises';
import { drizzle } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { named, SESSION } from './backup';
import {
  type Header,
  type Part,
  type Progress,
  rowsIn,
  type TableMark,
  type Totals,
} from './backup-format';
import { holdsRows, tablesIn } from './catalog';
import { knownMigrations, migrateWithin } from './migrations';

/** What a restore would do away with, or why it can't be done. One sentence. */
export class CannotRestore extends Error {
  override readonly name = 'CannotRestore';
}

/** What the store has at least one row of. */
export async function filledTables(client: pg.Client): Promise<string[]> {
  const filled = new Set<string>();
  for (const table of await tablesIn(drizzle(client))) {
    if (!holdsRows(table) || filled.has(table.root)) continue;
    const { rows } = await client.query(
      `select exists (select from only ${named(table.name)}) as is`,
    );
    if (rows[0]?.is === true) filled.add(table.root);
  }
  return [...filled];
}

/** @throws CannotRestore where this Howdah doesn't know the schema that a backup was made of. */
export function checkVersion({ migration }: Header): void {
  const known = knownMigrations();
  if (known.some(({ when }) => when === migration.when)) return;
  throw new CannotRestore(
    `The backup is of a newer Howdah: its schema is ${migration.name}, and this one knows up to ${known.at(-1)?.name}`,
  );
}

/**
 * Makes the schema anew, as it was when the backup was made, fills it, and brings it up to date: all
 * in one transaction, so that nothing has changed unless all has. What was there is dropped. The
 * caller has the turn, and has looked at all of the parts before.
 * @returns tables of the backup that no migration makes, and that are left out
 */
export async function restore(
  client: pg.Client,
  parts: AsyncIterable<Part>,
  onProgress: (progress: Progress) => void = () => {},
): Promise<string[]> {
  await client.query(SESSION);
  await client.query('begin');
  await refuseDependents(client);
  await client.query('drop schema if exists howdah cascade');
  const restoring = new Restoring(client, onProgress);
  await restoring.all(parts[Symbol.asyncIterator]());
  await migrateWithin(client);
  for (const { name, parent } of await tablesIn(drizzle(client))) {
    if (parent === null) await client.query(`analyze ${named(name)}`);
  }
  await client.query('commit');
  return restoring.leftOut;
}

/** What others have made of our tables, in schemas of their own, would go with them. */
async function refuseDependents(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `select distinct format('%I.%I', n.nspname, c.relname) as name
     from pg_class o join pg_namespace s on s.oid = o.relnamespace and s.nspname = 'howdah'
     join lateral (
       select r.ev_class as oid from pg_depend d join pg_rewrite r on r.oid = d.objid
       where d.classid = 'pg_rewrite'::regclass and d.refobjid = o.oid
       union all
       select f.conrelid from pg_constraint f where f.confrelid = o.oid
     ) d on true
     join pg_class c on c.oid = d.oid
     join pg_namespace n on n.oid = c.relnamespace
     where n.nspname <> 'howdah' order by 1`,
  );
  if (rows.length === 0) return;
  const names = rows.map(({ name }) => name).join(', ');
  throw new CannotRestore(`The schema is made anew, and ${names} would go with it: drop it first`);
}

class Restoring {
  readonly #client: pg.Client;
  readonly #onProgress: (progress: Progress) => void;
  readonly leftOut: string[] = [];
  #known: ReadonlySet<string> = new Set();
  #tables = 0;
  #rows = 0;

  constructor(client: pg.Client, onProgress: (progress: Progress) => void) {
    this.#client = client;
    this.#onProgress = onProgress;
  }

  async all(parts: AsyncIterator<Part>): Promise<void> {
    for (let next = await parts.next(); !next.done; next = await parts.next()) {
      const part = next.value;
      if (part.is === 'header') await this.#begin(part);
      if (part.is === 'table') await this.#table(part, rowsOf(parts));
      if (part.is === 'end') await this.#sequences(part);
    }
  }

  async #begin({ migration }: Header): Promise<void> {
    await migrateWithin(this.#client, migration.when);
    const tables = await tablesIn(drizzle(this.#client));
    this.#known = new Set(tables.map(({ name }) => name));
    // A migration may have put rows in: the backup has them as they became.
    const roots = tables.filter(({ parent }) => parent === null).map(({ name }) => named(name));
    if (roots.length > 0) await this.#client.query(`truncate ${roots.join(', ')}`);
  }

  async #table(table: TableMark, rows: AsyncGenerator<Buffer>): Promise<void> {
    const { name, parent, bound, divided, columns } = table;
    const above = parent ?? name;
    if (!this.#known.has(above)) {
      this.leftOut.push(name);
      for await (const _ of rows);
      return;
    }
    if (parent !== null && !this.#known.has(name)) {
      const further = divided === null ? '' : ` partition by ${asKey(divided)}`;
      await this.#client.query(
        `create table ${named(name)} partition of ${named(parent)} ${asBound(bound)}${further}`,
      );
      this.#known = new Set([...this.#known, name]);
    }
    if (divided !== null) {
      for await (const _ of rows);
    } else {
      const list = columns.map((column) => pg.escapeIdentifier(column)).join(', ');
      const copy = this.#client.query(copyFrom(`copy ${named(name)} (${list}) from stdin`));
      await pipeline(this.#counted(rows, name), copy);
    }
    this.#tables += 1;
  }

  async *#counted(rows: AsyncGenerator<Buffer>, table: string): AsyncGenerator<Buffer> {
    for await (const bytes of rows) {
      yield bytes;
      this.#rows += rowsIn(bytes);
      this.#onProgress({ table, tables: this.#tables, rows: this.#rows });
    }
  }

  async #sequences({ sequences }: Totals): Promise<void> {
    for (const { name, last } of sequences) {
      await this.#client.query(
        `select setval(s.oid, $2::bigint) from pg_class s
         where s.oid = to_regclass($1) and s.relkind = 'S'`,
        [named(name), last],
      );
    }
  }
}

/** Up to the end of the table. */
async function* rowsOf(parts: AsyncIterator<Part>): AsyncGenerator<Buffer> {
  for (let next = await parts.next(); !next.done; next = await parts.next()) {
    if (next.value.is === 'rows') yield next.value.bytes;
    if (next.value.is === 'end of table') return;
  }
}

const LITERAL = String.raw`(?:'[^'\\]*'|-?[0-9.]+|true|false|NULL|MINVALUE|MAXVALUE)`;
const LIST = String.raw`\(${LITERAL}(?:, ${LITERAL})*\)`;
const BOUND = new RegExp(
  String.raw`^(?:DEFAULT|FOR VALUES (?:FROM ${LIST} TO ${LIST}|IN ${LIST}|WITH \(modulus [0-9]+, remainder [0-9]+\)))$`,
);
const KEY = /^(?:RANGE|LIST|HASH) \([a-z_][a-z0-9_]*(?:, [a-z_][a-z0-9_]*)*\)$/;

/** A file's words become a part of a statement only where they can be nothing else. */
function asBound(text: string | null): string {
  if (text !== null && BOUND.test(text)) return text;
  throw new CannotRestore(`The backup has a partition with bounds that make no sense: ${text}`);
}

function asKey(text: string): string {
  if (KEY.test(text)) return text;
  throw new CannotRestore(`The backup has a table divided in a way that makes no sense: ${text}`);
}
