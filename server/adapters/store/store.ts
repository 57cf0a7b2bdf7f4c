import { and, desc, eq, gt, gte, inArray, lt, type SQL, sql } from 'drizzle-orm';
import type { NodePgDatabase } from 'drizzle-orm/node-postgres';
import { Failure } from '@/lib/errors';
import type { EventsPage, EventsQuery, Gap } from '@/lib/history/history';
import { parseClusterId } from '@/lib/topology/cluster-id';
import type { ClusterEvent, EventCode } from '@/lib/topology/event';
import type { HistoryStore } from '@/server/ports';
import type { Database } from './database';
import { cluster, event, gap } from './schema';

/** History in PostgreSQL. */
export class PostgresStore implements HistoryStore {
  readonly #database: Database;
  /** Partitions known to be there. */
  readonly #months = new Set<string>();

  constructor(database: Database) {
    this.#database = database;
  }

  get health(): HistoryStore['health'] {
    return this.#database.health;
  }

  write(events: readonly ClusterEvent[]): Promise<void> {
    return this.#ask(async (database) => {
      if (events.length === 0) return;
      for (const month of new Set(events.map(({ at }) => monthOf(at)))) {
        await this.#ensureMonth(database, month);
      }
      await database.transaction(async (transaction) => {
        const ids = await idsOf(transaction, new Set(events.map((one) => one.cluster)));
        const rows = events.map(({ seq, at, code, member, says, ...one }) => ({
          ...{ seq, code, member, says },
          at: new Date(at),
          cluster: ids.get(one.cluster) ?? 0,
        }));
        await transaction.insert(event).values(rows).onConflictDoNothing();
      });
    });
  }

  noteGap({ from, until, lost }: Gap): Promise<void> {
    return this.#ask(async (database) => {
      await database
        .insert(gap)
        .values({ from: new Date(from), until: new Date(until), events: lost })
        .onConflictDoNothing();
    });
  }

  events(query: EventsQuery): Promise<EventsPage> {
    return this.#ask(async (database) => {
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

  /** A failure of the database is its own to mend; whoever asked learns that history is away. */
  async #ask<T>(what: (database: NodePgDatabase) => Promise<T>): Promise<T> {
    const { drizzle, health } = this.#database;
    if (drizzle === null) {
      throw new Failure('unavailable', health.says ?? 'The history is being opened.');
    }
    try {
      return await what(drizzle);
    } catch (error) {
      const cause = error instanceof Error ? (error.cause ?? error) : error;
      this.#database.doubt(cause);
      throw new Failure('unavailable', 'The history could not be asked just now.', cause);
    }
  }

  async #ensureMonth(database: NodePgDatabase, month: string): Promise<void> {
    if (this.#months.has(month)) return;
    const [year = 0, number = 0] = month.split('-').map(Number);
    const next = new Date(Date.UTC(year, number, 1)).toISOString().slice(0, 7);
    const name = sql.identifier(`event_${month.replace('-', '_')}`);
    await database.execute(
      sql`create table if not exists howdah.${name} partition of howdah.event
          for values from (${sql.raw(`'${month}-01 00:00+00'`)}) to (${sql.raw(`'${next}-01 00:00+00'`)})`,
    );
    this.#months.add(month);
  }
}

const monthOf = (at: number): string => new Date(at).toISOString().slice(0, 7);

/** Ids of the clusters, given to those that have none yet. */
async function idsOf(
  database: Pick<NodePgDatabase, 'insert' | 'select'>,
  keys: ReadonlySet<string>,
): Promise<ReadonlyMap<string, number>> {
  const rows = [...keys].map((key) => {
    const parts = parseClusterId(key);
    return {
      key,
      ensemble: parts?.ensemble ?? '',
      namespace: parts?.namespace ?? '',
      scope: parts?.scope ?? key,
      citusGroup: parts?.group ?? null,
    };
  });
  await database.insert(cluster).values(rows).onConflictDoNothing();
  const found = await database
    .select({ id: cluster.id, key: cluster.key })
    .from(cluster)
    .where(inArray(cluster.key, [...keys]));
  return new Map(found.map(({ key, id }) => [key, id]));
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
