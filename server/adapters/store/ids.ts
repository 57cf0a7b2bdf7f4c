import { inArray } from 'drizzle-orm';
import type { NodePgDatabase } from 'drizzle-orm/node-postgres';
import { type ClusterId, parseClusterId } from '@/lib/topology/cluster-id';
import { cluster, member } from './schema';

type Asked = Pick<NodePgDatabase, 'insert' | 'select'>;

/** PostgreSQL's text has no NUL, and what Patroni writes into ZooKeeper may. */
export const readable = (text: string): string => text.replaceAll('\0', '\u{fffd}');

/** Ids of the clusters, given to those that have none yet. To insert what is there costs an id too. */
export async function clusterIds(
  database: Asked,
  keys: ReadonlySet<ClusterId>,
): Promise<ReadonlyMap<ClusterId, number>> {
  const find = async () => {
    const found = await database
      .select({ id: cluster.id, key: cluster.key })
      .from(cluster)
      .where(inArray(cluster.key, [...keys]));
    return new Map(found.map(({ key, id }) => [key, id]));
  };
  const known = await find();
  const missing = [...keys].filter((key) => !known.has(key));
  if (missing.length === 0) return known;
  const rows = missing.map((key) => {
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
  return find();
}

/** Members and what they are called here. */
export interface MemberName {
  readonly cluster: ClusterId;
  readonly member: string;
}
export const nameOf = ({ cluster: id, member: name }: MemberName): string => `${id} ${name}`;

/** Ids of members by `nameOf`, given to those that have none yet. */
export async function memberIds(
  database: Asked,
  names: readonly MemberName[],
): Promise<ReadonlyMap<string, number>> {
  if (names.length === 0) return new Map();
  const clusters = await clusterIds(database, new Set(names.map((one) => one.cluster)));
  const rows = names.map((one) => ({
    cluster: clusters.get(one.cluster) ?? 0,
    name: readable(one.member),
  }));
  const keyOf = (row: { cluster: number; name: string }) => `${row.cluster} ${row.name}`;
  const find = async () => {
    const found = await database
      .select()
      .from(member)
      .where(inArray(member.cluster, [...clusters.values()]));
    return new Map(found.map((row) => [keyOf(row), row.id]));
  };
  let ids = await find();
  const missing = rows.filter((row) => !ids.has(keyOf(row)));
  if (missing.length > 0) {
    await database.insert(member).values(missing).onConflictDoNothing();
    ids = await find();
  }
  return new Map(
    names.flatMap((one, n) => {
      const id = ids.get(keyOf(rows[n] ?? { cluster: 0, name: '' }));
      return id === undefined ? [] : [[nameOf(one), id] as const];
    }),
  );
}
