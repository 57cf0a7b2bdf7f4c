import { and, asc, desc, eq, gt, gte, lt, sql } from 'drizzle-orm';
import type { NodePgDatabase } from 'drizzle-orm/node-postgres';
import type { Sight } from '@/lib/access/sight';
import type { KeptFailover, ReliabilityFacts, ReliabilityQuery } from '@/lib/history/reliability';
import type { ReliabilityStore } from '@/server/ports';
import { ask } from './ask';
import type { Database } from './database';
import { cluster, failover, gap, watch } from './schema';
import { seenBy } from './seen-by';

/** More changes of leadership than this are not for one answer. */
const MOST_FAILOVERS = 10_000;

/** How reliable clusters were, from PostgreSQL: all but their lag. */
export function reliabilityStore(
  database: Database,
  mostFailovers = MOST_FAILOVERS,
): ReliabilityStore {
  return {
    facts: (query, within) =>
      ask(database, 'read', async (connected) => {
        const found = await failoversIn(connected, { ...query, within }, mostFailovers + 1);
        const cut = found.length > mostFailovers;
        const failovers = found.slice(0, mostFailovers);
        // Where there were too many, only the time of which all are told.
        const from = cut ? (failovers.at(-1)?.led ?? query.from) : query.from;
        const stretch = { ...query, from, within };
        return {
          ...{ from, until: query.until, cut, failovers },
          clusters: await clustersIn(connected, stretch),
          watched: await watchedIn(connected, stretch),
          gaps: await gapsIn(connected, stretch),
        };
      }),
  };
}

type Asked = ReliabilityQuery & { readonly within: Sight };

const columns = {
  cluster: cluster.key,
  czxid: failover.czxid,
  kind: failover.kind,
  cause: failover.cause,
  from: failover.from,
  to: failover.to,
  began: failover.began,
  led: failover.led,
  outageMs: failover.outageMs,
  lostBytes: failover.lostBytes,
};

/** Newest first: those of which some part lies within the stretch. */
async function failoversIn(
  database: NodePgDatabase,
  { cluster: key, from, until, within }: Asked,
  most: number,
): Promise<KeptFailover[]> {
  // An outage may have begun before it was seen that nobody leads.
  const began = sql`least(${failover.began}, ${failover.led} - coalesce(${failover.outageMs}, 0) * interval '1 millisecond')`;
  const rows = await database
    .select(columns)
    .from(failover)
    .innerJoin(cluster, eq(cluster.id, failover.cluster))
    .where(
      and(
        gte(failover.led, new Date(from)),
        sql`${began} < ${new Date(until)}`,
        seenBy(within, cluster.key),
        ...(key === undefined ? [] : [eq(cluster.key, key)]),
      ),
    )
    .orderBy(desc(failover.led))
    .limit(most);
  return rows.map((row) => ({
    ...row,
    kind: row.kind as KeptFailover['kind'],
    cause: row.cause as KeptFailover['cause'],
    began: row.began.getTime(),
    led: row.led.getTime(),
  }));
}

/**
 * Clusters that were there in some part of the stretch, by the first and the last that is kept of
 * their structures: one that was gone in between and came back counts as there. One of which nothing
 * but changes of leadership is left is known since them.
 */
async function clustersIn(
  database: NodePgDatabase,
  { cluster: key, from, until, within }: Asked,
): Promise<ReliabilityFacts['clusters']> {
  const [begin, end] = [new Date(from), new Date(until)];
  const { rows } = await database.execute<{ key: string; since: number; gone: number | null }>(
    sql`select k.key, (extract(epoch from coalesce(first.at, ${end}::timestamptz)) * 1000)::float8 as since,
               case when last.gone then (extract(epoch from last.at) * 1000)::float8 end as gone
        from howdah.cluster k
        cross join lateral (
          select min(s.at) as at from howdah.structure s where s.cluster = k.id) first
        left join lateral (
          select s.at, s.parts is null as gone from howdah.structure s
          where s.cluster = k.id and s.at < ${end}
          order by s.at desc, s.seq desc limit 1) last on true
        where ${key === undefined ? sql`true` : sql`k.key = ${key}`}
          and ${seenBy(within, sql`k.key`)}
          and ((first.at < ${end} and not (last.gone and last.at <= ${begin})) or exists (
            select from howdah.failover f
            where f.cluster = k.id and f.led >= ${begin} and f.began < ${end}))
        order by k.key`,
  );
  return rows.map((row) => ({ cluster: row.key, since: row.since, gone: row.gone }));
}

type Ends = Pick<ReliabilityQuery, 'from' | 'until'>;

/** Clipped to the stretch. */
async function watchedIn(
  database: NodePgDatabase,
  { from, until }: Ends,
): Promise<ReliabilityFacts['watched']> {
  const rows = await database
    .select()
    .from(watch)
    .where(and(gt(watch.until, new Date(from)), lt(watch.began, new Date(until))))
    .orderBy(asc(watch.began));
  return rows.map((row) => ({
    from: Math.max(from, row.began.getTime()),
    until: Math.min(until, row.until.getTime()),
  }));
}

async function gapsIn(
  database: NodePgDatabase,
  { from, until }: Ends,
): Promise<ReliabilityFacts['gaps']> {
  const rows = await database
    .select()
    .from(gap)
    .where(and(gt(gap.until, new Date(from)), lt(gap.from, new Date(until))))
    .orderBy(asc(gap.from));
  return rows.map((row) => ({
    from: row.from.getTime(),
    until: row.until.getTime(),
    lost: row.events,
  }));
}
