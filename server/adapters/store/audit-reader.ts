import { aliasedTable, and, desc, eq, inArray, isNull, lt, or, type SQL, sql } from 'drizzle-orm';
import type { NodePgDatabase } from 'drizzle-orm/node-postgres';
import type { Sight } from '@/lib/access/sight';
import type { AuditEntry, AuditResult } from '@/lib/audit/entry';
import {
  type AuditAct,
  type AuditPage,
  type AuditQuery,
  type AuditSeen,
  type Cursor,
  changeCodes,
  cursorOf,
  numbersLeft,
  pageOf,
} from '@/lib/audit/page';
import { Failure } from '@/lib/errors';
import type { AuditReader } from '@/server/ports';
import { type Asked, ask } from './ask';
import { eventColumns, eventOf } from './event-rows';
import { audit, cluster, event } from './schema';
import { seenBy } from './seen-by';

/** Acts, and beside them what was seen of others' changes. */
export class PostgresAuditReader implements AuditReader {
  readonly #database: Asked;

  constructor(database: Asked) {
    this.#database = database;
  }

  async page(query: AuditQuery, sight: Sight): Promise<AuditPage> {
    const before = query.before === undefined ? null : cursorOf(query.before);
    if (query.before !== undefined && before === null) {
      throw new Failure('bad-input', 'There is no such page.');
    }
    const asked = { query, sight, before };
    return ask(this.#database, 'read', async (database) => {
      const acts = query.by === 'others' ? [] : await actsIn(database, asked);
      const seen = isOfActs(query) ? [] : await seenIn(database, asked);
      return pageOf(acts, seen, query.limit);
    });
  }
}

interface Wanted {
  readonly query: AuditQuery;
  readonly sight: Sight;
  readonly before: Cursor | null;
}

/** What was merely seen has no action, nobody who did it, and no result. */
const isOfActs = ({ by, actions, actor, results }: AuditQuery): boolean =>
  by === 'howdah' || actions !== undefined || actor !== undefined || results !== undefined;

const [ended, resolved] = [aliasedTable(audit, 'ended'), aliasedTable(audit, 'resolved')];
const result = sql<AuditResult | null>`coalesce(${resolved.result}, ${ended.result})`;

async function actsIn(database: NodePgDatabase, asked: Wanted): Promise<AuditAct[]> {
  const rows = await database
    .select({
      seq: audit.seq,
      intent: audit.entry,
      outcome: sql<string | null>`coalesce(${resolved.entry}, ${ended.entry})`,
    })
    .from(audit)
    .leftJoin(ended, and(eq(ended.act, audit.act), eq(ended.kind, 'outcome')))
    .leftJoin(resolved, and(eq(resolved.act, audit.act), eq(resolved.kind, 'resolution')))
    .where(and(eq(audit.kind, 'intent'), ...ofActs(asked)))
    .orderBy(desc(audit.at), desc(audit.seq))
    .limit(asked.query.limit + 1);
  return rows.map(actOf);
}

function actOf(row: { seq: number; intent: string; outcome: string | null }): AuditAct {
  const { kind: _, ...intent } = JSON.parse(row.intent) as AuditEntry & { kind: 'intent' };
  const ended = row.outcome === null ? null : (JSON.parse(row.outcome) as AuditEntry);
  const { kind: __, ...outcome } = { ...(ended as AuditEntry & { kind: 'outcome' }) };
  return { is: 'act', seq: row.seq, at: intent.at, intent, outcome: ended && outcome };
}

function ofActs({ query, sight, before }: Wanted): SQL[] {
  const { actions, actor, results, search } = query;
  const codes = results?.filter((one) => one !== 'open') ?? [];
  const isOpen = results?.includes('open') ? isNull(result) : undefined;
  const words = sql`concat_ws(' ', ${audit.reason}, ${audit.actor}, ${audit.action}, ${audit.cluster}, ${audit.address}, ${ended.says}, ${resolved.says})`;
  return [
    ...within(query, { at: audit.at, seq: audit.seq, is: 'act', before }),
    seenBy(sight, audit.cluster),
    ...(query.cluster === undefined ? [] : [eq(audit.cluster, query.cluster)]),
    ...(actions === undefined ? [] : [inArray(audit.action, [...actions])]),
    ...(actor === undefined
      ? []
      : [sql`(${audit.actorId} = ${actor} or ${has(sql`${audit.actor}`, actor)})`]),
    ...(results === undefined
      ? []
      : [or(codes.length > 0 ? inArray(result, codes) : undefined, isOpen) ?? sql`false`]),
    ...(search === undefined ? [] : [has(words, search)]),
  ];
}

/** Who else than Howdah may have made a change: nobody knows of what came while nobody watched. */
const others = ['request', 'unwatched'];
const COMES_EARLY_MS = 5000;
const COMES_LATE_MS = 60_000;
/** So long an end that is not known may still come. */
const OPEN_MS = 1_800_000;

async function seenIn(database: NodePgDatabase, asked: Wanted): Promise<AuditSeen[]> {
  const { query, sight, before } = asked;
  const rows = await database
    .select({ ...eventColumns, cluster: cluster.key })
    .from(event)
    .innerJoin(cluster, eq(cluster.id, event.cluster))
    .where(
      and(
        ...within(query, { at: event.at, seq: event.seq, is: 'seen', before }),
        inArray(event.code, [...changeCodes]),
        // What was recorded before there were causes of all of these has none.
        or(
          inArray(event.cause, others),
          and(isNull(event.cause), sql`${event.code} <> 'leader-changed'`),
        ),
        sql`not ${isOfAnAct}`,
        seenBy(sight, cluster.key),
        ...(query.cluster === undefined ? [] : [eq(cluster.key, query.cluster)]),
        ...(query.search === undefined
          ? []
          : [
              has(
                sql`concat_ws(' ', ${event.says}, ${cluster.scope}, ${event.member})`,
                query.search,
              ),
            ]),
      ),
    )
    .orderBy(desc(event.at), desc(event.seq))
    .limit(query.limit + 1);
  return rows.map((row) => {
    const told = eventOf(row);
    const by = told.cause === 'request' ? 'others' : 'not known';
    return { is: 'seen', seq: told.seq, at: told.at, by, event: told };
  });
}

/**
 * Whoever recorded it may have known nothing of another Howdah's act: the audit knows of them all.
 * A write is known by its number, which each ensemble counts for itself; what Patroni does of a
 * switchover by its time.
 */
const isOfAnAct = sql`(exists (
    select from howdah.audit w
    join howdah.audit i on i.act = w.act and i.kind = 'intent' and i.cluster = ${cluster.key}
    where w.zxid = ${event.zxid} and w.zxid is not null
  ) or (${event.code} in ('leader-changed', 'request-set', 'request-cleared') and exists (
    select from howdah.audit i
    where i.kind = 'intent' and i.action in ('switchover', 'cancel-switchover', 'failover') and i.cluster = ${cluster.key}
      and i.at between ${event.at} - ${OPEN_MS + COMES_LATE_MS} * interval '1 ms'
                   and ${event.at} + ${COMES_EARLY_MS} * interval '1 ms'
      and ${event.at} <= ${COMES_LATE_MS} * interval '1 ms' + coalesce(
        (select max(e.at) from howdah.audit e
         where e.act = i.act and e.kind <> 'intent' and e.result <> 'unknown'),
        i.at + ${OPEN_MS} * interval '1 ms')
      and not exists (
        select from howdah.audit e where e.act = i.act and e.kind <> 'intent'
          and e.result = 'refused')
  )))`;

interface Place {
  readonly at: SQL | typeof audit.at | typeof event.at;
  readonly seq: typeof audit.seq | typeof event.seq;
  readonly is: Cursor['is'];
  readonly before: Cursor | null;
}

function within({ from, until }: AuditQuery, { at, seq, is, before }: Place): SQL[] {
  const moment = (ms: number) => sql`${new Date(ms)}`;
  const behind =
    before === null
      ? []
      : [
          sql`${at} <= ${moment(before.at)} and (${at} < ${moment(before.at)} or ${lt(seq, numbersLeft(before, is))})`,
        ];
  return [
    ...(from === undefined ? [] : [sql`${at} >= ${moment(from)}`]),
    ...(until === undefined ? [] : [sql`${at} < ${moment(until)}`]),
    ...behind,
  ];
}

const has = (words: SQL, part: string): SQL => sql`position(lower(${part}) in lower(${words})) > 0`;
