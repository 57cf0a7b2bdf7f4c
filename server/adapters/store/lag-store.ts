import type { NodePgDatabase } from 'drizzle-orm/node-postgres';
import type { Sight } from '@/lib/access/sight';
import { type Bucket, byMember, collect, type Highest } from '@/lib/history/collect';
import {
  bucketMs,
  type Keeping,
  type LagChunk,
  type LagHistory,
  type LagQuery,
  type MemberFigures,
  type RolledUp,
  resolutions,
  type Source,
  sourcesOf,
  stepMs,
} from '@/lib/history/lag';
import type { ReliabilityQuery, WorstLag } from '@/lib/history/reliability';
import type { Clock, LagStore } from '@/server/ports';
import { ask } from './ask';
import type { Database } from './database';
import { memberIds, nameOf } from './ids';
import { chartSql, highestSql, worstSql } from './lag-sql';
import { beginnings, Partitions } from './partitions';
import { lagSamples, rolledUp } from './schema';

export interface LagStoreOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly keeping: Keeping;
}

/** Lag in PostgreSQL: samples packed by the minute, and read back at the width of a pixel. */
export class PostgresLagStore implements LagStore {
  readonly #options: LagStoreOptions;
  readonly #partitions = new Partitions();
  /** Members known to have an id there. */
  readonly #members = new Map<string, number>();

  constructor(options: LagStoreOptions) {
    this.#options = options;
  }

  get ready(): boolean {
    return this.#options.database.writable;
  }

  async write(chunks: readonly LagChunk[]): Promise<void> {
    if (chunks.length === 0) return;
    try {
      await ask(this.#options.database, 'write', (database) => this.#write(database, chunks));
    } catch (error) {
      this.#partitions.forget();
      this.#members.clear();
      throw error;
    }
  }

  async #write(database: NodePgDatabase, chunks: readonly LagChunk[]): Promise<void> {
    const moments = chunks.flatMap(({ at }) => at.slice(0, 1));
    await this.#partitions.ensure(database, 'lag_chunk_samples', moments);
    const unknown = chunks.filter((chunk) => !this.#members.has(nameOf(chunk)));
    for (const [name, id] of await memberIds(database, unknown)) this.#members.set(name, id);
    const rows = chunks.map((chunk) => {
      const began = chunk.at[0] ?? 0;
      const { sent, write, flush, replay, ms } = chunk;
      return {
        ...{ sent, write, flush, replay, ms },
        member: this.#members.get(nameOf(chunk)) ?? 0,
        began: new Date(began),
        at: chunk.at.map((at) => at - began),
      };
    });
    // Told again after an answer that was lost, it is there.
    await database.insert(lagSamples).values(rows).onConflictDoNothing();
  }

  read(query: LagQuery): Promise<LagHistory> {
    return ask(this.#options.database, 'read', async (database) => {
      const buckets: Bucket[] = [];
      for (const one of await this.#sources(database, query)) {
        const { cluster, figure } = query;
        const { rows } = await database.execute<Row>(chartSql(one, { figure, cluster, ...one }));
        buckets.push(...rows.map((row) => bucketOf(row, one.bucket)));
      }
      return { figure: query.figure, members: collect(buckets) };
    });
  }

  figures(query: Omit<LagQuery, 'figure'>): Promise<readonly MemberFigures[]> {
    return ask(this.#options.database, 'read', async (database) => {
      const highest: Highest[] = [];
      for (const one of await this.#sources(database, query)) {
        const { rows } = await database.execute<Row>(highestSql(one, { ...query, ...one }));
        highest.push(...rows.map((row) => highestOf(row, one.bucket)));
      }
      return byMember(highest);
    });
  }

  /**
   * By the hour as far as that is made, and finer for the rest. What began before the stretch and
   * reaches into it belongs to it, so a figure may be of up to an hour earlier.
   */
  worst({ cluster, from, until }: ReliabilityQuery, within: Sight): Promise<readonly WorstLag[]> {
    return ask(this.#options.database, 'read', async (database) => {
      const worst = new Map<string, WorstLag>();
      for (const one of await this.#sources(database, { from, until, buckets: 1 })) {
        const { rows } = await database.execute<Row>(worstSql(one, cluster));
        for (const row of rows) {
          const told = worstOf(row, stepMs[one.resolution]);
          if (told.bytes > (worst.get(told.cluster)?.bytes ?? -1)) worst.set(told.cluster, told);
        }
      }
      return [...worst.values()].filter((one) => within.sees(one.cluster));
    });
  }

  /** Where a stretch is read, and how wide the buckets of each place are. Others read as well. */
  async #sources(
    database: NodePgDatabase,
    query: Pick<LagQuery, 'from' | 'until' | 'buckets'>,
  ): Promise<readonly (Source & { readonly bucket: number })[]> {
    const { clock, keeping } = this.#options;
    const made = await rolledUpIn(database);
    const step = bucketMs(query);
    const now = clock.now();
    const kept = await keptIn(database, keeping, now);
    return sourcesOf(query, { keeping: kept, rolledUp: made, now }).map((source) => {
      const own = stepMs[source.resolution];
      // What began before the stretch and reaches into it belongs to it.
      const from = Math.floor(source.from / own) * own;
      return { ...source, from, bucket: Math.ceil(step / own) * own };
    });
  }
}

type Row = Record<string, string | null>;

/** Up to when each rollup has been made; 0 where none was. */
export async function rolledUpIn(database: NodePgDatabase): Promise<RolledUp> {
  const rows = await database.select().from(rolledUp);
  const of = (rollup: string) => rows.find((one) => one.rollup === rollup)?.until.getTime() ?? 0;
  return { '10s': of('10s'), '1m': of('1m'), '1h': of('1h') };
}

const bucketOf = (row: Row, width: number): Bucket => ({
  member: String(row.member),
  at: Number(row.at),
  width,
  samples: Number(row.samples),
  min: number(row.min),
  max: number(row.max),
  mean: number(row.mean),
  last: number(row.last),
});

const highestOf = (row: Row, width: number): Highest => ({
  member: String(row.member),
  at: Number(row.at),
  width,
  figures: {
    sent: number(row.sent),
    write: number(row.write),
    flush: number(row.flush),
    replay: number(row.replay),
    ms: number(row.ms),
  },
});

const worstOf = (row: Row, widthMs: number): WorstLag => ({
  cluster: String(row.cluster),
  member: String(row.member),
  bytes: Number(row.bytes),
  at: Number(row.at),
  widthMs,
});

/**
 * For how long each is kept really: a disk's budget may have done away with finer figures earlier
 * than they were to go, and then coarser ones tell of that time.
 */
async function keptIn(database: NodePgDatabase, keeping: Keeping, now: number): Promise<Keeping> {
  const began = await beginnings(
    database,
    resolutions.map((one) => `lag_chunk_${one}` as const),
  );
  const entries = resolutions.map((one) => {
    const oldest = began.get(`lag_chunk_${one}`) ?? Number.NEGATIVE_INFINITY;
    return [one, Math.min(keeping[one], Math.max(0, now - oldest))] as const;
  });
  return Object.fromEntries(entries) as Keeping;
}

/** PostgreSQL's 64 bits come as text; lag is far below what a number holds exactly. */
const number = (text: string | null | undefined): number | null =>
  text === null || text === undefined ? null : Number(text);
