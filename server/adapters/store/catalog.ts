import type { NodePgDatabase } from 'drizzle-orm/node-postgres';
import { sql } from 'drizzle-orm/sql';

/**
 * One table of the schema as the server knows it: an ordinary one, or a partition. Nothing here is
 * taken from a list of our own, so that no table is forgotten.
 */
export interface Table {
  readonly name: string;
  /** The table that migrations made: itself, or what it is a partition of, however far up. */
  readonly root: string;
  /** The table that it is a partition of; null: of none. */
  readonly parent: string | null;
  /** "FOR VALUES FROM … TO …" by UTC; null where it is no partition. */
  readonly bound: string | null;
  /** How it is divided further ("RANGE (at)"); null: it holds rows. */
  readonly divided: string | null;
  /** The column of time that its root is divided by, and from when until when it reaches; null: none. */
  readonly moment: string | null;
  readonly from: number | null;
  readonly until: number | null;
  /** On disk, with its indexes and what is stored beside it. */
  readonly bytes: number;
}

/** What drizzle notes its migrations in: made by migrating, never copied. */
export const MIGRATION_TABLE = 'migration';

/** Every table of the schema, those that others are partitions of before these. */
export async function tablesIn(database: Pick<NodePgDatabase, 'execute'>): Promise<Table[]> {
  const { rows } = await database.execute<{ [K in keyof Table]: Table[K] }>(sql`
    with recursive tree as (
      select c.oid, c.oid as root, null::oid as parent, 0 as depth
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = 'howdah' and c.relkind in ('r', 'p') and not c.relispartition
        and c.relname <> ${MIGRATION_TABLE}
      union all
      select i.inhrelid, t.root, i.inhparent, t.depth + 1
      from tree t join pg_inherits i on i.inhparent = t.oid
    ), described as (
      select c.relname::text as name, r.relname::text as root, p.relname::text as parent, t.depth,
             pg_get_expr(c.relpartbound, c.oid) as bound,
             case when c.relkind = 'p' then pg_get_partkeydef(c.oid) end as divided,
             a.attname::text as moment,
             case when c.relkind = 'r' then pg_total_relation_size(c.oid)::float8 else 0 end as bytes
      from tree t
      join pg_class c on c.oid = t.oid
      join pg_class r on r.oid = t.root
      left join pg_class p on p.oid = t.parent
      left join pg_partitioned_table d on d.partrelid = t.root and d.partstrat = 'r'
        and t.depth <= 1
      left join pg_attribute a on a.attrelid = t.root and a.attnum = d.partattrs[0]
        and a.atttypid = 'timestamptz'::regtype
    )
    select name, root, parent, bound, divided, moment, coalesce(bytes, 0) as bytes,
           case when moment is not null then
             extract(epoch from substring(bound from 'FROM \\(''([^'']*)''')::timestamptz)::float8 * 1000
           end as "from",
           case when moment is not null then
             extract(epoch from substring(bound from 'TO \\(''([^'']*)''')::timestamptz)::float8 * 1000
           end as until
    from described order by depth, root, "from" nulls first, name`);
  return rows;
}

/** Tables that hold rows of their own. */
export const holdsRows = ({ divided }: Table): boolean => divided === null;
