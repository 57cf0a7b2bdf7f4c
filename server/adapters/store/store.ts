import { and, desc, eq, gt, gte, inArray, lt, type SQL, sql } from 'drizzle-orm';
import type { NodePgDatabase } from 'drizzle-orm/node-postgres';
import type { Sight } from '@/lib/access/sight';
import type { EventsPage, EventsQuery, Gap } from '@/lib/history/history';
import type { HistoryRecord } from '@/lib/history/record';
import type { ClusterEvent } from '@/lib/topology/event';
import type { HistoryStore } from '@/server/ports';
import { ask, type Way } from './ask';
import type { Database } from './database';
import { eventColumns, eventOf } from './event-rows';
import { type Partitioned, Partitions } from './partitions';
import { extendWatch, partitionsOf, writeRecords } from './records';
import { cluster, event, gap } from './schema';
import { seenBy } from './seen-by';

/** History in PostgreSQL. */
export class PostgresStore implements HistoryStore {
  readonly #database: Database;
  readonly #partitions = new Partitions();

  constructor(database: Database) {
    this.#database = database;
  }

  get health(): HistoryStore['health'] {
    return this.#database.health;
  }

  /** Also for who stands by: what it has on disk is its own, and written once whoever writes it. */
  get writable(): boolean {
    return this.#database.connected !== null;
  }

  write(records: readonly HistoryRecord[]): Promise<void> {
    return this.#ask('write', async (database) => {
      if (records.length === 0) return;
      for (const [table, moments] of Object.entries(partitionsOf(records))) {
        await this.#partitions.ensure(database, table as Partitioned, moments);
      }
      await database.transaction((transaction) => writeRecords(transaction, records));
    });
  }

  noteGap({ from, until, lost }: Gap): Promise<void> {
    return this.#ask('write', async (database) => {
      // Told again after an answer that was lost, or as it has grown since, it is the same gap.
      await database
        .insert(gap)
        .values({ from: new Date(from), until: new Date(until), events: lost })
        .onConflictDoUpdate({
          target: gap.from,
          set: { until: new Date(until), events: lost },
        });
    });
  }

  noteWatching(began: number, until: number): Promise<void> {
    return this.#ask('write', (database) => extendWatch(database, began, until));
  }

  events(query: EventsQuery, within: Sight): Promise<EventsPage> {
    return this.#ask('read', async (database) => {
      const rows = await database
        .select({ ...eventColumns, cluster: cluster.key })
        .from(event)
        .innerJoin(cluster, eq(cluster.id, event.cluster))
        .where(and(seenBy(within, cluster.key), ...narrowing(query)))
        .orderBy(desc(event.seq))
        .limit(query.limit + 1);
      const events = rows.slice(0, query.limit).map(eventOf);
      const more = rows.length > query.limit;
      return { events, more, gaps: await gapsAround(database, query, more ? events : []) };
    });
  }

  #ask<T>(way: Way, what: (database: NodePgDatabase) => Promise<T>): Promise<T> {
    return ask(this.#database, way, what).catch((error) => {
      this.#partitions.forget();
      throw error;
    });
  }
}

function narrowing(query: EventsQuery): SQL[] {
  const { before, from, until, member, codes, causes, search } = query;
  return [
    ...(before === undefined ? [] : [lt(event.seq, before)]),
    ...(from === undefined ? [] : [gte(event.at, new Date(from))]),
    ...(until === undefined ? [] : [lt(event.at, new Date(until))]),
    ...(query.cluster === undefined ? [] : [eq(cluster.key, query.cluster)]),
    ...(member === undefined ? [] : [eq(event.member, member)]),
    ...(search === undefined
      ? []
      : [
          sql`position(lower(${search}) in lower(concat_ws(' ', ${event.says}, ${cluster.scope}, ${event.member}))) > 0`,
        ]),
    ...(codes === undefined ? [] : [inArray(event.code, [...codes])]),
    ...(causes === undefined ? [] : [inArray(event.cause, [...causes])]),
  ];
}

/** Gaps within what is asked for, as far back as the oldest event that is given. */
async function gapsAround(
  database: NodePgDatabase,
  { from, until, before }: EventsQuery,
  events: readonly ClusterEvent[],
): Promise<Gap[]> {
  const oldest = events.at(-1)?.at ?? from;
  // A `seq` is a time in microseconds, give or take what came at once.
  const newest = before === undefined ? until : Math.floor(before / 1000);
  const rows = await database
    .select()
    .from(gap)
    .where(
      and(
        ...(oldest === undefined ? [] : [gt(gap.until, new Date(oldest))]),
        ...(newest === undefined ? [] : [lt(gap.from, new Date(newest))]),
      ),
    )
    .orderBy(desc(gap.from))
    .limit(100);
  return rows.map((row) => ({
    from: row.from.getTime(),
    until: row.until.getTime(),
    lost: row.events,
  }));
}
