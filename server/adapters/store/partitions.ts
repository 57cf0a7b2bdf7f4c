import { type SQL, sql } from 'drizzle-orm';
import type { NodePgDatabase } from 'drizzle-orm/node-postgres';

/** How much time one partition of a table holds. Days and months are those of UTC. */
export type Span = 'day' | 'month';

/** Every partitioned table, and its span. */
export const spanOf = {
  event: 'month',
  structure: 'month',
  lag_chunk_samples: 'day',
  lag_chunk_10s: 'day',
  lag_chunk_1m: 'month',
  lag_chunk_1h: 'month',
} as const satisfies Record<string, Span>;
export type Partitioned = keyof typeof spanOf;

/** Makes partitions before they are needed and drops them when they are over. */
export class Partitions {
  /** Known to be there. */
  readonly #known = new Set<string>();

  /** They may have gone with what was lost. */
  forget(): void {
    this.#known.clear();
  }

  /** Makes those that rows of these moments belong to. */
  async ensure(
    database: NodePgDatabase,
    table: Partitioned,
    moments: Iterable<number>,
  ): Promise<void> {
    const span = spanOf[table];
    for (const key of new Set([...moments].map((at) => keyOf(at, span)))) {
      const name = `${table}_${key.replaceAll('-', '_')}`;
      if (this.#known.has(name)) continue;
      const [from, until] = [startOf(key), endOf(key)].map((at) => new Date(at).toISOString());
      await inAMoment(
        database,
        sql`create table if not exists howdah.${sql.identifier(name)}
            partition of howdah.${sql.identifier(table)}
            for values from (${sql.raw(`'${from}'`)}) to (${sql.raw(`'${until}'`)})`,
      );
      this.#known.add(name);
    }
  }

  /** Drops those of which every row is older than `before`. @returns their names. */
  async drop(database: NodePgDatabase, table: Partitioned, before: number): Promise<string[]> {
    const { rows } = await database.execute<{ name: string }>(
      sql`select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
          where i.inhparent = ${`howdah.${table}`}::regclass order by 1`,
    );
    const doomed = rows
      .map(({ name }) => name)
      .filter((name) => endOf(keyIn(name, table)) <= before);
    return this.dropAll(database, doomed);
  }

  /**
   * Drops partitions by their names, until one can't be: then the rest waits for the next time, and
   * only if it was the first it is a failure. @returns which are gone
   */
  async dropAll(database: NodePgDatabase, names: readonly string[]): Promise<string[]> {
    const gone: string[] = [];
    for (const name of names) {
      try {
        await inAMoment(database, sql`drop table if exists howdah.${sql.identifier(name)}`);
      } catch (error) {
        if (gone.length === 0) throw error;
        break;
      }
      this.#known.delete(name);
      gone.push(name);
    }
    return gone;
  }
}

/** When the oldest partition of each of these tables begins; what has none is left out. */
export async function beginnings(
  database: NodePgDatabase,
  tables: readonly Partitioned[],
): Promise<ReadonlyMap<string, number>> {
  const { rows } = await database.execute<{ table: Partitioned; oldest: string }>(
    sql`select p.relname as table, min(c.relname::text collate "C") as oldest
        from pg_inherits i
        join pg_class c on c.oid = i.inhrelid
        join pg_class p on p.oid = i.inhparent
        join pg_namespace n on n.oid = p.relnamespace
        where n.nspname = 'howdah' and p.relname in ${[...tables]}
        group by 1`,
  );
  return new Map(rows.map(({ table, oldest }) => [table, startOf(keyIn(oldest, table))] as const));
}

/** The day or month that a partition's name says. */
const keyIn = (name: string, table: string): string =>
  name.slice(table.length + 1).replaceAll('_', '-');

/**
 * Both want the table for themselves, and who waits for that keeps everybody waiting: behind a long
 * reader they give up, and are tried again.
 */
function inAMoment(database: NodePgDatabase, statement: SQL): Promise<unknown> {
  return database.transaction(async (transaction) => {
    await transaction.execute(sql`set local lock_timeout = '2s'`);
    await transaction.execute(statement);
  });
}

const keyOf = (at: number, span: Span): string =>
  new Date(at).toISOString().slice(0, span === 'day' ? 10 : 7);

function startOf(key: string): number {
  return Date.parse(key.length === 7 ? `${key}-01` : key);
}

function endOf(key: string): number {
  const [year = 0, month = 1, day] = key.split('-').map(Number);
  return day === undefined ? Date.UTC(year, month, 1) : Date.UTC(year, month - 1, day + 1);
}
