import { inArray, sql } from 'drizzle-orm';
import type { NodePgDatabase } from 'drizzle-orm/node-postgres';
import type {
  KeptVersion,
  VersionsPage,
  VersionsQuery,
  ZnodeVersion,
} from '@/lib/history/znode-version';
import { withoutSecrets } from '@/lib/secrets';
import { masked } from '@/lib/znodes/access';
import type { Transaction } from './event-rows';
import { clusterIds } from './ids';
import { znode, znodeVersion } from './schema';

const MOST_TEXT_BYTES = 65_536;

/** Writes versions of znodes; those that are there by their mzxid are left alone. */
export async function insertVersions(
  transaction: Transaction,
  versions: readonly ZnodeVersion[],
): Promise<void> {
  if (versions.length === 0) return;
  const ids = await znodeIds(transaction, versions);
  for (const { seq, at, cluster, name, znode: read } of versions) {
    const id = ids.get(`${cluster} ${name}`) ?? 0;
    if (read === null) {
      await noteGone(transaction, { id, seq, at });
      continue;
    }
    const { stat, data, access } = read;
    await transaction
      .insert(znodeVersion)
      .values({
        ...{ znode: id, seq, at: new Date(at), data: Buffer.from(data, 'base64') },
        ...{ version: stat.version, czxid: stat.czxid, mzxid: stat.mzxid },
        ...{ ctime: new Date(stat.ctime), mtime: new Date(stat.mtime) },
        ...{ owner: stat.ephemeralOwner, access },
      })
      .onConflictDoNothing();
  }
}

/** Only where it was there: a process that has just begun finds absent what another knew to be. */
async function noteGone(
  transaction: Transaction,
  { id, seq, at }: { id: number; seq: number; at: number },
): Promise<void> {
  await transaction.execute(
    sql`insert into howdah.znode_version (znode, seq, at)
        select ${id}, ${seq}, ${new Date(at)}::timestamptz
        where (select data is not null from howdah.znode_version
               where znode = ${id} and seq < ${seq} order by seq desc limit 1)
        on conflict do nothing`,
  );
}

async function znodeIds(
  transaction: Transaction,
  versions: readonly ZnodeVersion[],
): Promise<ReadonlyMap<string, number>> {
  const clusters = await clusterIds(transaction, new Set(versions.map((one) => one.cluster)));
  const names = new Map([...clusters].map(([key, id]) => [id, key]));
  const find = async () => {
    const rows = await transaction
      .select()
      .from(znode)
      .where(inArray(znode.cluster, [...clusters.values()]));
    return new Map(rows.map((row) => [`${names.get(row.cluster)} ${row.name}`, row.id]));
  };
  const known = await find();
  const missing = versions.filter(({ cluster, name }) => !known.has(`${cluster} ${name}`));
  if (missing.length === 0) return known;
  const rows = missing.map(({ cluster, name }) => ({ cluster: clusters.get(cluster) ?? 0, name }));
  await transaction.insert(znode).values(rows).onConflictDoNothing();
  return find();
}

type Row = {
  readonly seq: string;
  readonly at: number;
  readonly data: Buffer | null;
  readonly version: number | null;
  readonly czxid: string | null;
  readonly mzxid: string | null;
  readonly ctime: number | null;
  readonly mtime: number | null;
  readonly owner: string | null;
  readonly access: NonNullable<KeptVersion['znode']>['access'];
};

const ms = (column: string) =>
  sql.raw(`(extract(epoch from v.${column}) * 1000)::float8 as ${column}`);

/** Versions of one znode, newest first. */
export async function versionsOf(
  database: NodePgDatabase,
  { cluster, name, before, limit }: VersionsQuery,
): Promise<VersionsPage> {
  const { rows } = await database.execute<Row>(
    sql`select v.seq, ${ms('at')}, v.data, v.version, v.czxid, v.mzxid, ${ms('ctime')},
               ${ms('mtime')}, v.owner, v.access
        from howdah.znode_version v
        where v.znode = (
          select z.id from howdah.znode z join howdah.cluster c on c.id = z.cluster
          where c.key = ${cluster} and z.name = ${name})
        and ${before === undefined ? sql`true` : sql`v.seq < ${before}`}
        order by v.seq desc limit ${limit + 1}`,
  );
  const versions = rows.slice(0, limit).map((row, n) => versionOf(row, rows[n + 1]));
  return { versions, more: rows.length > limit };
}

/** The names of a cluster's znodes of which something is kept. */
export async function znodesOf(database: NodePgDatabase, cluster: string): Promise<string[]> {
  const { rows } = await database.execute<{ name: string }>(
    sql`select z.name from howdah.znode z join howdah.cluster c on c.id = z.cluster
        where c.key = ${cluster} order by z.name`,
  );
  return rows.map(({ name }) => name);
}

/** One version's bytes; null where there is no such version, or the znode was gone. */
export async function bytesOf(
  database: NodePgDatabase,
  { cluster, name, seq }: { cluster: string; name: string; seq: number },
): Promise<Buffer | null> {
  const { rows } = await database.execute<{ data: Buffer | null }>(
    sql`select v.data from howdah.znode_version v
        join howdah.znode z on z.id = v.znode
        join howdah.cluster c on c.id = z.cluster
        where c.key = ${cluster} and z.name = ${name} and v.seq = ${seq}`,
  );
  return rows[0]?.data ?? null;
}

/** @param before the row before it, which tells how many were skipped */
function versionOf(row: Row, before: Row | undefined): KeptVersion {
  const { at, data, version, czxid, mzxid, ctime, mtime } = row;
  const seen = { seq: Number(row.seq), at };
  if (data === null || version === null || czxid === null) {
    return { ...seen, znode: null, skipped: 0 };
  }
  const stat = {
    ...{ version, czxid, mzxid: mzxid ?? '', ephemeralOwner: row.owner },
    ...{ ctime: ctime ?? 0, mtime: mtime ?? 0 },
  };
  const text = textOf(data);
  // Only what is shown is masked: what is brought back are the bytes.
  const safe = text === null ? null : withoutSecrets(text);
  return {
    ...seen,
    znode: {
      ...{ text: safe, masked: safe !== text, bytes: data.length, stat },
      // The hash of a digest is as good as a guess of its password.
      access: row.access && masked(row.access),
    },
    skipped: before ? skippedBetween(before, version, czxid) : 0,
  };
}

/** Of the first one that is kept nobody knows what came before Howdah did. */
function skippedBetween(before: Row, version: number, czxid: string): number {
  return before.czxid === czxid ? Math.max(0, version - (before.version ?? 0) - 1) : version;
}

function textOf(data: Buffer): string | null {
  if (data.length > MOST_TEXT_BYTES) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(data);
  } catch {
    return null;
  }
}
