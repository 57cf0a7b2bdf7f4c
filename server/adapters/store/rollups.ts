import { sql } from 'drizzle-orm';
import type { NodePgDatabase } from 'drizzle-orm/node-postgres';
import type { DiskView } from '@/lib/history/history';
import type { Keeping, Rollup } from '@/lib/history/lag';
import type { Clock, Upkeep } from '@/server/ports';
import { type Asked, ask } from './ask';
import { overBudget } from './budget';
import { tablesIn } from './catalog';
import { madeOf, oldestSql, rollUpSql, rollupSpanMs } from './lag-sql';
import { rolledUpIn } from './lag-store';
import { growthOf, sizeOf } from './measures';
import { type Partitioned, Partitions } from './partitions';
import { rolledUp } from './schema';

/** So many members' rows are made by one statement: a moment's work, and others get their turn. */
const MEMBERS_AT_ONCE = 100;
const inOrder: readonly Rollup[] = ['10s', '1m', '1h'];

export interface UpkeepOptions {
  readonly database: Asked;
  readonly clock: Clock;
  readonly keeping: Keeping;
  /** Events are kept for so long, milliseconds. */
  readonly keepEventsMs: number;
  /** How much its relations may take; null: as much as they do. */
  readonly budgetBytes: number | null;
}

/** What keeps history small: figures over longer and longer times, and an end to what is old. */
export class PostgresUpkeep implements Upkeep {
  readonly #options: UpkeepOptions;
  readonly #partitions = new Partitions();

  constructor(options: UpkeepOptions) {
    this.#options = options;
  }

  /**
   * Makes what can be made of samples before `until`, none of which may come later. Whoever dies
   * within it has lost nothing: what was made is made once, and the rest the next time.
   */
  rollUp(until: number): Promise<void> {
    return ask(this.#options.database, 'upkeep', async (database) => {
      for (const rollup of inOrder) {
        for (;;) {
          const began = await this.#next(database, rollup, until);
          if (began === null) break;
          await this.#make(database, rollup, began);
        }
      }
    });
  }

  /** The next span of which all can be made; null: none can yet. */
  async #next(database: NodePgDatabase, rollup: Rollup, until: number): Promise<number | null> {
    const made = await rolledUpIn(database);
    const source = madeOf[rollup];
    const { rows } = await database.execute<{ began: number | null }>(
      oldestSql(source, made[rollup]),
    );
    const oldest = rows[0]?.began ?? null;
    if (oldest === null) return null;
    const span = rollupSpanMs[rollup];
    const began = Math.max(made[rollup], Math.floor(oldest / span) * span);
    const complete = source === 'samples' ? until : Math.min(until, made[source]);
    return began + span <= complete ? began : null;
  }

  async #make(database: NodePgDatabase, rollup: Rollup, began: number): Promise<void> {
    await this.#partitions.ensure(database, `lag_chunk_${rollup}`, [began]);
    for (let last = 0; ; ) {
      const { rows } = await database.execute<{ first: number | null; last: number }>(
        sql`select min(id) as first, max(id) as last from
            (select id from howdah.member where id > ${last} order by id limit ${MEMBERS_AT_ONCE}) m`,
      );
      const [some] = rows;
      if (!some || some.first === null) break;
      await database.execute(rollUpSql(rollup, began, [some.first, some.last]));
      last = some.last;
    }
    const until = new Date(began + rollupSpanMs[rollup]);
    await database
      .insert(rolledUp)
      .values({ rollup, until })
      .onConflictDoUpdate({
        target: rolledUp.rollup,
        set: { until: sql`greatest(${rolledUp.until}, excluded.until)` },
      });
  }

  /**
   * Drops what is older than it is kept for, by whole partitions; what rollups are still to be made
   * of stays. @returns their names.
   */
  prune(): Promise<string[]> {
    const { database, clock, keeping, keepEventsMs } = this.#options;
    return ask(database, 'upkeep', async (connected) => {
      const now = clock.now();
      const made = await rolledUpIn(connected);
      const over: readonly (readonly [Partitioned, number])[] = [
        ['event', now - keepEventsMs],
        ['structure', now - keepEventsMs],
        ['lag_chunk_1h', now - keeping['1h']],
        ['lag_chunk_1m', Math.min(now - keeping['1m'], made['1h'])],
        ['lag_chunk_10s', Math.min(now - keeping['10s'], made['1m'])],
        ['lag_chunk_samples', Math.min(now - keeping.samples, made['10s'])],
      ];
      const dropped: string[] = [];
      for (const [table, before] of over) {
        dropped.push(...(await this.#partitions.drop(connected, table, before)));
      }
      await forgetBefore(connected, new Date(now - keepEventsMs));
      return dropped;
    });
  }

  /**
   * Drops the oldest partitions while all together take more than they may. What rollups are still
   * to be made of stays, and so does the newest of each kind. @returns their names.
   */
  shrink(): Promise<string[]> {
    const { database, clock, budgetBytes } = this.#options;
    return ask(database, 'upkeep', async (connected) => {
      if (budgetBytes === null) return [];
      const made = await rolledUpIn(connected);
      const tables = await tablesIn(connected);
      const doomed = overBudget(tables, { budgetBytes, made, now: clock.now() });
      return this.#partitions.dropAll(
        connected,
        doomed.map(({ name }) => name),
      );
    });
  }

  /** What history takes, and what it grows by. */
  measure(): Promise<DiskView> {
    const { database, clock, budgetBytes } = this.#options;
    return ask(database, 'upkeep', async (connected) => {
      const tables = await tablesIn(connected);
      const growth = await growthOf(connected, tables, clock.now());
      const known = [...growth.values()].flatMap((each) => each ?? []);
      const bytesPerDay = known.length === 0 ? null : known.reduce((sum, each) => sum + each, 0);
      return { bytes: sizeOf(tables), budgetBytes, bytesPerDay };
    });
  }
}

/** What is little, and so not divided by time. Of each znode the last version stays. */
async function forgetBefore(database: NodePgDatabase, before: Date): Promise<void> {
  await database.execute(sql`delete from howdah.failover where led < ${before}`);
  await database.execute(sql`delete from howdah.run where at < ${before}`);
  await database.execute(sql`delete from howdah.watch where until < ${before}`);
  await database.execute(
    sql`delete from howdah.znode_version v where v.at < ${before} and exists (
          select from howdah.znode_version later
          where later.znode = v.znode and later.seq > v.seq and later.at < ${before})`,
  );
}
