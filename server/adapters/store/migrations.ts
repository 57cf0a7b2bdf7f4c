import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import type pg from 'pg';

/** Where migrations are, beside this file and beside the bundle, and where they are noted. */
export const MIGRATIONS = {
  migrationsFolder: fileURLToPath(new URL('./migrations', import.meta.url)),
  migrationsSchema: 'howdah',
  migrationsTable: 'migration',
};

/** One step of the schema: `when` orders them and is what a database notes. */
export interface Migration {
  readonly when: number;
  readonly name: string;
}

/** Those that this Howdah knows, oldest first. */
export function knownMigrations(): Migration[] {
  const text = readFileSync(`${MIGRATIONS.migrationsFolder}/meta/_journal.json`, 'utf8');
  const { entries } = JSON.parse(text) as { entries: { when: number; tag: string }[] };
  return entries.map(({ when, tag }) => ({ when, name: tag }));
}

/** The last one that a database has had; null: none, there is no history in it. */
export async function migratedTo(client: pg.Client): Promise<Migration | null> {
  const there = await client.query(`select to_regclass('howdah.migration') is not null as there`);
  if (there.rows[0]?.there !== true) return null;
  const { rows } = await client.query<{ when: string | null }>(
    'select max(created_at) as when from howdah.migration',
  );
  const when = Number(rows[0]?.when ?? 0);
  if (when === 0) return null;
  return knownMigrations().find((one) => one.when === when) ?? { when, name: `of ${when}` };
}

/**
 * Brings the schema up to one of its versions, or to the newest, within the caller's transaction.
 * Noted as drizzle does it, whose own way goes to the newest only and in a transaction of its own.
 */
export async function migrateWithin(client: pg.Client, until = Number.POSITIVE_INFINITY) {
  await client.query('create schema if not exists howdah');
  await client.query(
    'create table if not exists howdah.migration (id serial primary key, hash text not null, created_at bigint)',
  );
  const done = (await migratedTo(client))?.when ?? 0;
  for (const { sql, folderMillis: when, hash } of readMigrationFiles(MIGRATIONS)) {
    if (when <= done || when > until) continue;
    for (const statement of sql) await client.query(statement);
    await client.query('insert into howdah.migration (hash, created_at) values ($1, $2)', [
      hash,
      when,
    ]);
  }
}
