import { sql } from 'drizzle-orm';
import type { NodePgDatabase } from 'drizzle-orm/node-postgres';
import type { Failover } from '@/lib/history/failover';
import { type HistoryRecord, isEvent, type RollCall, type WatchBegan } from '@/lib/history/record';
import type { StructureChange } from '@/lib/history/structure';
import type { ZnodeVersion } from '@/lib/history/znode-version';
import { insertEvents, type Transaction } from './event-rows';
import { upsertFailovers } from './failover-rows';
import { watch } from './schema';
import { insertStructures } from './structure-rows';
import { eventsUnwatched, goneUnwatched } from './unwatched';
import { insertVersions } from './version-rows';

type Marked = Exclude<HistoryRecord, { code: unknown }>;

/**
 * Writes records of every kind. Written again they change nothing: each is known by its number, and
 * what is made of them is made of what came before that number.
 */
export async function writeRecords(
  transaction: Transaction,
  records: readonly HistoryRecord[],
): Promise<void> {
  const marked = records.filter((one): one is Marked => !isEvent(one));
  const of = <T extends Marked>(kind: T['record']) =>
    marked.filter((one): one is T => one.record === kind);
  const changes = of<StructureChange>('structure');
  // What an earlier process left may be among them, and has to be there to be compared with.
  await insertStructures(transaction, changes);
  const firsts = changes.filter(({ first }) => first);
  const events = [...records.filter(isEvent), ...(await eventsUnwatched(transaction, firsts))];
  for (const roll of of<RollCall>('roll-call')) {
    const gone = await goneUnwatched(transaction, roll);
    await insertStructures(transaction, gone.changes);
    events.push(...gone.events);
  }
  await insertEvents(transaction, events);
  await insertVersions(transaction, of<ZnodeVersion>('znode'));
  await upsertFailovers(transaction, of<Failover>('failover'));
  await noteWatching(transaction, records, of<WatchBegan>('watch'));
}

/** The moments of rows that go into partitioned tables; some are made of records of other kinds. */
export function partitionsOf(
  records: readonly HistoryRecord[],
): Readonly<Record<'event' | 'structure', readonly number[]>> {
  const at = (wanted: (record: HistoryRecord) => boolean) =>
    records.filter(wanted).map((record) => record.at);
  return {
    event: at(
      (one) =>
        isEvent(one) || one.record === 'roll-call' || (one.record === 'structure' && one.first),
    ),
    structure: at(
      (one) => !isEvent(one) && (one.record === 'structure' || one.record === 'roll-call'),
    ),
  };
}

/** Whoever recorded something was there to see it. */
async function noteWatching(
  transaction: Transaction,
  records: readonly HistoryRecord[],
  began: readonly WatchBegan[],
): Promise<void> {
  if (began.length > 0) {
    const rows = began.map(({ at }) => ({ began: new Date(at), until: new Date(at) }));
    await transaction.insert(watch).values(rows).onConflictDoNothing();
  }
  // In order: each belongs to the watch that began last before it.
  const moments = records.map(({ at }) => at);
  const until = Math.max(...moments);
  const first = Math.min(...moments);
  await extendWatch(transaction, until);
  // A batch may hold the end of one process and the beginning of the next.
  for (const { at } of began.filter((one) => one.at > first)) {
    const before = Math.max(...moments.filter((one) => one < at));
    await extendWatch(transaction, before);
  }
}

/** Somebody watched at that moment: the watch that began last before it lasted so long. */
export async function extendWatch(
  database: Pick<NodePgDatabase, 'execute'>,
  until: number,
): Promise<void> {
  const moment = new Date(until);
  await database.execute(
    sql`update howdah.watch set until = greatest(until, ${moment})
        where began = (select max(began) from howdah.watch where began <= ${moment})`,
  );
}
