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
    return this.#ask('write', async (database) => {
      if (events.length === 0) return;
      for (const month of new Set(events.map(({ at }) => monthOf(at)))) {
        await this.#ensureMonth(database, month);
      }
      await database.transaction(async (transaction) => {
        const ids = await idsOf(transaction, new Set(events.map((one) => one.cluster)));
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

  /**
   * Whatever fails, the sentence is for who asked. A connection that failed is the database's to
   * mend; what the server refuses says nothing against the connection.
   */
  async #ask<T>(how: 'read' | 'write', what: (database: NodePgDatabase) => Promise<T>): Promise<T> {
    const { connected, health } = this.#database;
    if (connected === null) {
      throw new Failure('unavailable', health.says ?? 'The history is being opened.');
    }
    try {
      return await what(connected[how]);
    } catch (error) {
      const cause = error instanceof Error ? (error.cause ?? error) : error;
      // Partitions may have gone with what was lost.
      this.#months.clear();
      const code = (cause as { code?: unknown } | null)?.code;
      if (isOfTheConnection(code)) this.#database.doubt(connected, cause);
      if (isOfTheData(code))
        throw new Failure('bad-input', `History refuses that: ${cause}`, cause);
      const slow = code === '57014' ? 'It took too long: ask for less.' : 'Try again in a moment.';
      throw new Failure('unavailable', `The history could not be asked. ${slow}`, cause);
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

/** PostgreSQL's text has no NUL, and what Patroni writes into ZooKeeper may. */
const readable = (text: string): string => text.replaceAll('\0', '\u{fffd}');

/** SQLSTATE has five characters; what has none comes from the socket, or from waiting for one. */
function isOfTheConnection(code: unknown): boolean {
  if (typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code)) return true;
  return code.startsWith('08') || code.startsWith('57P') || code === '25006';
}

/** Data exceptions and broken constraints: the same again would be refused again. */
function isOfTheData(code: unknown): boolean {
  return typeof code === 'string' && (/^22.{3}$/.test(code) || /^23.{3}$/.test(code));
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
