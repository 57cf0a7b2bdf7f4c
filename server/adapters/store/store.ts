import { and, desc, eq, gt, gte, inArray, lt, type SQL, sql } from 'drizzle-orm';
import type { NodePgDatabase } from 'drizzle-orm/node-postgres';
import type { EventsPage, EventsQuery, Gap } from '@/lib/history/history';
import type { ClusterEvent, EventCode } from '@/lib/topology/event';
import type { HistoryStore } from '@/server/ports';
import { ask, type Way } from './ask';
import type { Database } from './database';
import { clusterIds, readable } from './ids';
import { Partitions } from './partitions';
import { cluster, event, gap } from './schema';

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

  write(events: readonly ClusterEvent[]): Promise<void> {
    return this.#ask('write', async (database) => {
      if (events.length === 0) return;
      await this.#partitions.ensure(
        database,
        'event',
        events.map(({ at }) => at),
      );
      await database.transaction(async (transaction) => {
        const ids = await clusterIds(transaction, new Set(events.map((one) => one.cluster)));
        const rows = events.map(({ seq, at, code, member, says, ...one }) => ({
          ...{ seq, code, member: member && readable(member), says: readable(says) },
          at: new Date(at),
          cluster: ids.get(one.cluster) ?? 0,
        }));
        await transaction.insert(event).values(rows).onConflictDoNothing();
      });
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

  events(query: EventsQuery): Promise<EventsPage> {
    return this.#ask('read', async (database) => {
      const rows = await database
        .select({
          ...{ seq: event.seq, at: event.at, code: event.code },
          ...{ member: event.member, says: event.says, cluster: cluster.key },
        })
        .from(event)
        .innerJoin(cluster, eq(cluster.id, event.cluster))
        .where(and(...narrowing(query)))
        .orderBy(desc(event.seq))
        .limit(query.limit + 1);
      const events = rows
        .slice(0, query.limit)
        .map(
          (row): ClusterEvent => ({ ...row, at: row.at.getTime(), code: row.code as EventCode }),
        );
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
  const { before, from, until, member, codes, search } = query;
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
