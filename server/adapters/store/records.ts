import { sql } from 'drizzle-orm';
import type { NodePgDatabase } from 'drizzle-orm/node-postgres';
import type { Failover } from '@/lib/history/failover';
import {
  type HistoryRecord,
  isAct,
  isEvent,
  type RollCall,
  type WatchBegan,
} from '@/lib/history/record';
import type { RunRecord } from '@/lib/history/run-record';
import type { StructureChange } from '@/lib/history/structure';
import type { ZnodeVersion } from '@/lib/history/znode-version';
import { insertEvents, type Transaction } from './event-rows';
import { upsertFailovers } from './failover-rows';
import { upsertRuns } from './run-rows';
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
  await upsertRuns(transaction, of<RunRecord>('run'));
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

/**
 * Whoever recorded something was there to see it: the watch that its process began is the last
 * before it, among these or in the store. What an operator did may have been recorded by a Howdah
 * that only stood by.
 */
async function noteWatching(
  transaction: Transaction,
  records: readonly HistoryRecord[],
  begun: readonly WatchBegan[],
): Promise<void> {
  if (begun.length > 0) {
    const rows = begun.map(({ at }) => ({ began: new Date(at), until: new Date(at) }));
    await transaction.insert(watch).values(rows).onConflictDoNothing();
  }
  const seen = records.filter((one) => !isAct(one));
  const until = new Map<number, number>();
  for (const { at, seq } of seen) {
    const began = begun.findLast((one) => one.seq <= seq)?.at ?? BEFORE;
    until.set(began, Math.max(at, until.get(began) ?? 0));
  }
  for (const [began, last] of until) {
    if (began !== BEFORE) await extendWatch(transaction, began, last);
    else {
      const moment = new Date(last);
      await transaction.execute(
        sql`update howdah.watch set until = greatest(until, ${moment})
            where began = (select max(began) from howdah.watch where began <= ${moment})`,
      );
    }
  }
}

/** Of records whose process began its watch in an earlier batch. */
const BEFORE = 0;

/** The watch that began then has lasted until that moment. */
export async function extendWatch(
  database: Pick<NodePgDatabase, 'execute'>,
  began: number,
  until: number,
): Promise<void> {
  await database.execute(
    sql`update howdah.watch set until = greatest(until, ${new Date(until)})
        where began = ${new Date(began)}`,
  );
}
