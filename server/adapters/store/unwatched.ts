import { and, eq, inArray } from 'drizzle-orm';
import { type RollCall, room } from '@/lib/history/record';
import { type StructureChange, StructureReader } from '@/lib/history/structure';
import { changesUnwatched } from '@/lib/history/unwatched';
import { clusterName } from '@/lib/topology/cluster-id';
import type { ClusterEvent } from '@/lib/topology/event';
import type { Transaction } from './event-rows';
import { clusterIds } from './ids';
import { cluster } from './schema';
import { lastBefore } from './structure-rows';

/** So many clusters are compared at a stretch: others want the thread as well. */
const AT_ONCE = 50;

/**
 * What happened between the last that an earlier process saw of a cluster and the first that this
 * one does. It is made where both are known, from what is written, so that it is the same however
 * often it is made. @returns events with the numbers that were left free behind each first change.
 */
export async function eventsUnwatched(
  transaction: Transaction,
  firsts: readonly StructureChange[],
): Promise<ClusterEvent[]> {
  const events: ClusterEvent[] = [];
  for (let n = 0; n < firsts.length; n += AT_ONCE) {
    const some = firsts.slice(n, n + AT_ONCE);
    const ids = await clusterIds(transaction, new Set(some.map((one) => one.cluster)));
    const idOf = (change: StructureChange) => ids.get(change.cluster) ?? 0;
    const seen = await lastBefore(
      transaction,
      some.map((one) => ({ cluster: idOf(one), seq: one.seq })),
    );
    const before = new Map(seen.map((last) => [last.cluster, last.view]));
    for (const first of some) {
      const reader = new StructureReader();
      reader.apply(first);
      const { view } = reader;
      if (view === null) continue;
      const changes = changesUnwatched(before.get(idOf(first)) ?? null, view);
      const isNew = (before.get(idOf(first)) ?? null) === null;
      for (const [place, change] of changes.slice(0, room.first - 1).entries()) {
        events.push({
          ...change,
          seq: first.seq + 1 + place,
          at: first.at,
          cluster: first.cluster,
          cause: isNew ? null : 'unwatched',
        });
      }
    }
  }
  return events;
}

/** Clusters that were known, and are no more: their ends, as changes and as events. */
export async function goneUnwatched(
  transaction: Transaction,
  { seq, at, ensemble, namespaces, clusters }: RollCall,
): Promise<{ changes: StructureChange[]; events: ClusterEvent[] }> {
  if (namespaces.length === 0) return { changes: [], events: [] };
  const present = new Set(clusters);
  const known = await transaction
    .select()
    .from(cluster)
    .where(and(eq(cluster.ensemble, ensemble), inArray(cluster.namespace, [...namespaces])));
  const absent = known.filter(({ key }) => !present.has(key));
  const seen = await lastBefore(
    transaction,
    absent.map(({ id }) => ({ cluster: id, seq })),
  );
  const alive = new Set(seen.flatMap(({ cluster: id, view }) => (view === null ? [] : [id])));
  const gone = absent.filter(({ id }) => alive.has(id)).slice(0, room.rollCall - 1);
  const changes: StructureChange[] = [];
  const events: ClusterEvent[] = [];
  for (const [place, { key, scope, namespace, citusGroup }] of gone.entries()) {
    const mine = { seq: seq + 1 + place, at, cluster: key };
    changes.push({
      record: 'structure',
      ...mine,
      run: seq,
      after: null,
      first: false,
      parts: null,
    });
    const says = `${clusterName({ ensemble, namespace, scope, group: citusGroup })} is gone from ZooKeeper`;
    events.push({ ...mine, code: 'cluster-gone', member: null, says, cause: 'unwatched' });
  }
  return { changes, events };
}
