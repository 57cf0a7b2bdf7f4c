import { sql } from 'drizzle-orm';
import type { NodePgDatabase } from 'drizzle-orm/node-postgres';
import type { Keeping, Rollup } from '@/lib/history/lag';
import type { Clock, Upkeep } from '@/server/ports';
import { ask } from './ask';
import type { Database } from './database';
import { madeOf, oldestSql, rollUpSql, rollupSpanMs } from './lag-sql';
import { rolledUpIn } from './lag-store';
import { type Partitioned, Partitions } from './partitions';
import { rolledUp } from './schema';

/** So many members' rows are made by one statement: a moment's work, and others get their turn. */
const MEMBERS_AT_ONCE = 100;
const inOrder: readonly Rollup[] = ['10s', '1m', '1h'];

export interface UpkeepOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly keeping: Keeping;
  /** Events are kept for so long, milliseconds. */
  readonly keepEventsMs: number;
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
    const { rows } = await database.execute<{ most: number }>(
      sql`select coalesce(max(id), 0)::integer as most from howdah.member`,
    );
    for (let first = 1; first <= (rows[0]?.most ?? 0); first += MEMBERS_AT_ONCE) {
      await database.execute(rollUpSql(rollup, began, [first, first + MEMBERS_AT_ONCE - 1]));
    }
    const until = new Date(began + rollupSpanMs[rollup]);
    await database
      .insert(rolledUp)
      .values({ rollup, until })
      .onConflictDoUpdate({ target: rolledUp.rollup, set: { until } });
  }

  /** Drops what is older than it is kept for, by whole partitions. @returns their names. */
  prune(): Promise<string[]> {
    const { database, clock, keeping, keepEventsMs } = this.#options;
    return ask(database, 'upkeep', async (connected) => {
      const now = clock.now();
      const kept: readonly (readonly [Partitioned, number])[] = [
        ['lag_chunk_samples', keeping.samples],
        ['lag_chunk_10s', keeping['10s']],
        ['lag_chunk_1m', keeping['1m']],
        ['lag_chunk_1h', keeping['1h']],
        ['event', keepEventsMs],
      ];
      const dropped: string[] = [];
      for (const [table, ms] of kept) {
        dropped.push(...(await this.#partitions.drop(connected, table, now - ms)));
      }
      return dropped;
    });
  }
}
