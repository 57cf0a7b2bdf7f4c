import { and, asc, desc, eq, gt, gte, isNull, lt, lte } from 'drizzle-orm';
import type { NodePgDatabase } from 'drizzle-orm/node-postgres';
import type { Replay, ReplayQuery } from '@/lib/history/replay';
import type { ReplayStore } from '@/server/ports';
import { ask } from './ask';
import type { Database } from './database';
import { cluster, gap, structure, watch } from './schema';

/** More changes than this are not for one answer: a storm of hours. */
const MOST_CHANGES = 4000;
const MOST_GAPS = 100;

const columns = {
  seq: structure.seq,
  run: structure.run,
  at: structure.at,
  after: structure.after,
  parts: structure.parts,
};

/** Structures in PostgreSQL, read back as they changed. */
export class PostgresReplayStore implements ReplayStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  replay(query: Omit<ReplayQuery, 'buckets'>): Promise<Omit<Replay, 'lag'>> {
    return ask(this.#database, 'read', async (database) => {
      const { from } = query;
      const rows = await changesOf(database, query);
      const cut = rows.length > MOST_CHANGES ? rows[MOST_CHANGES] : undefined;
      const until = Math.max(from + 1, cut?.at.getTime() ?? query.until);
      const changes = rows
        .slice(0, MOST_CHANGES)
        .filter(({ at }) => at.getTime() < until)
        .map((row) => ({ ...row, at: row.at.getTime() }));
      const stretch = { from, until };
      return {
        ...stretch,
        changes,
        watched: await watchedIn(database, stretch),
        // Also those since the structure that the stretch begins with.
        gaps: await gapsIn(database, { from: Math.min(from, changes[0]?.at ?? from), until }),
      };
    });
  }
}

/** From the last whole structure before the stretch, or its first change, to its end. */
async function changesOf(
  database: NodePgDatabase,
  { cluster: key, from, until }: Omit<ReplayQuery, 'buckets'>,
) {
  const [known] = await database.select().from(cluster).where(eq(cluster.key, key));
  if (!known) return [];
  const mine = eq(structure.cluster, known.id);
  const [whole] = await database
    .select({ at: structure.at, seq: structure.seq })
    .from(structure)
    .where(and(mine, isNull(structure.after), lte(structure.at, new Date(from))))
    .orderBy(desc(structure.at), desc(structure.seq))
    .limit(1);
  return database
    .select(columns)
    .from(structure)
    .where(
      and(
        mine,
        gte(structure.at, whole?.at ?? new Date(from)),
        gte(structure.seq, whole?.seq ?? 0),
        lt(structure.at, new Date(until)),
      ),
    )
    .orderBy(asc(structure.seq))
    .limit(MOST_CHANGES + 1);
}

interface Stretch {
  readonly from: number;
  readonly until: number;
}

/** The watch before the stretch as well: it tells until when what is shown was known. */
async function watchedIn(database: NodePgDatabase, { from, until }: Stretch) {
  const within = await database
    .select()
    .from(watch)
    .where(and(gt(watch.until, new Date(from)), lt(watch.began, new Date(until))))
    .orderBy(asc(watch.began));
  const before = await database
    .select()
    .from(watch)
    .where(lte(watch.until, new Date(from)))
    .orderBy(desc(watch.until))
    .limit(1);
  return [...before, ...within].map((one) => ({
    from: one.began.getTime(),
    until: one.until.getTime(),
  }));
}

async function gapsIn(database: NodePgDatabase, { from, until }: Stretch) {
  const rows = await database
    .select()
    .from(gap)
    .where(and(gt(gap.until, new Date(from)), lt(gap.from, new Date(until))))
    .orderBy(asc(gap.from))
    .limit(MOST_GAPS);
  return rows.map((row) => ({
    from: row.from.getTime(),
    until: row.until.getTime(),
    lost: row.events,
  }));
}
