import { sql } from 'drizzle-orm';
import {
  bigint,
  customType,
  index,
  integer,
  json,
  pgSchema,
  primaryKey,
  text,
  timestamp,
} from 'drizzle-orm/pg-core';
import type { PartChanges } from '@/lib/history/structure';
import type { OperationView } from '@/lib/operations/types';
import type { Access } from '@/lib/znodes/access';

/** The tables that `migrations` make, as queries name them. Others read the views beside them. */
export const howdah = pgSchema('howdah');

const moment = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });

export const cluster = howdah.table('cluster', {
  id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
  /** Its `ClusterId`. */
  key: text('key').notNull().unique(),
  ensemble: text('ensemble').notNull(),
  namespace: text('namespace').notNull(),
  scope: text('scope').notNull(),
  citusGroup: integer('citus_group'),
});

/** Partitioned by month, as all that is partitioned: see `partitions.ts`. */
export const event = howdah.table(
  'event',
  {
    seq: bigint('seq', { mode: 'number' }).notNull(),
    at: moment('at').notNull(),
    cluster: integer('cluster')
      .notNull()
      .references(() => cluster.id),
    code: text('code').notNull(),
    member: text('member'),
    says: text('says').notNull(),
    cause: text('cause'),
    /** By the ensemble's clock. */
    writtenAt: moment('written_at'),
    zxid: text('zxid'),
  },
  (table) => [
    primaryKey({ columns: [table.seq, table.at] }),
    index('event_of_cluster').on(table.cluster, table.seq),
  ],
);

/** Times for which events are missing. */
export const gap = howdah.table('gap', {
  from: moment('lost_from').primaryKey(),
  until: moment('lost_until').notNull(),
  events: bigint('events', { mode: 'number' }).notNull(),
});

/** Changes of structures: see `lib/history/structure.ts`. */
export const structure = howdah.table(
  'structure',
  {
    seq: bigint('seq', { mode: 'number' }).notNull(),
    at: moment('at').notNull(),
    cluster: integer('cluster')
      .notNull()
      .references(() => cluster.id),
    run: bigint('run', { mode: 'number' }).notNull(),
    after: bigint('after', { mode: 'number' }),
    parts: json('parts').$type<PartChanges>(),
  },
  (table) => [primaryKey({ columns: [table.seq, table.at] })],
);

/** Times in which a Howdah watched and recorded. */
export const watch = howdah.table('watch', {
  began: moment('began').primaryKey(),
  until: moment('until').notNull(),
});

/** Changes of leadership: see `lib/history/failover.ts`. */
export const failover = howdah.table(
  'failover',
  {
    cluster: integer('cluster')
      .notNull()
      .references(() => cluster.id),
    czxid: text('czxid').notNull(),
    began: moment('began').notNull(),
    seq: bigint('seq', { mode: 'number' }).notNull(),
    kind: text('kind').notNull(),
    cause: text('cause').notNull(),
    from: text('from_member'),
    to: text('to_member').notNull(),
    led: moment('led').notNull(),
    recovered: moment('recovered'),
    outageMs: bigint('outage_ms', { mode: 'number' }),
    predictedLowMs: bigint('predicted_low_ms', { mode: 'number' }),
    predictedHighMs: bigint('predicted_high_ms', { mode: 'number' }),
    timelineBefore: integer('timeline_before'),
    timelineAfter: integer('timeline_after'),
    lostBytes: bigint('lost_bytes', { mode: 'number' }),
  },
  (table) => [primaryKey({ columns: [table.cluster, table.czxid] })],
);

/** Runs of operations: see `lib/history/run-record.ts`. */
export const run = howdah.table(
  'run',
  {
    cluster: integer('cluster')
      .notNull()
      .references(() => cluster.id),
    id: text('id').notNull(),
    seq: bigint('seq', { mode: 'number' }).notNull(),
    at: moment('at').notNull(),
    kind: text('kind').notNull(),
    startedAt: moment('started_at').notNull(),
    endedAt: moment('ended_at'),
    outcome: text('outcome'),
    view: json('view').$type<OperationView>().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.cluster, table.id] }),
    index('run_of_cluster').on(table.cluster, table.startedAt, table.id),
  ],
);

export const znode = howdah.table('znode', {
  id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
  cluster: integer('cluster')
    .notNull()
    .references(() => cluster.id),
  name: text('name').notNull(),
});

const bytes = customType<{ data: Buffer }>({ dataType: () => 'bytea' });

/** No data: it was gone. */
export const znodeVersion = howdah.table(
  'znode_version',
  {
    znode: integer('znode')
      .notNull()
      .references(() => znode.id),
    seq: bigint('seq', { mode: 'number' }).notNull(),
    at: moment('at').notNull(),
    data: bytes('data'),
    version: integer('version'),
    czxid: text('czxid'),
    mzxid: text('mzxid'),
    ctime: moment('ctime'),
    mtime: moment('mtime'),
    owner: text('owner'),
    access: json('access').$type<readonly Access[]>(),
  },
  (table) => [primaryKey({ columns: [table.znode, table.seq] })],
);

export const member = howdah.table('member', {
  id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
  cluster: integer('cluster')
    .notNull()
    .references(() => cluster.id),
  name: text('name').notNull(),
});

/** Written as PostgreSQL reads it: to have each of its numbers quoted costs more than all the rest. */
const column = (type: 'integer' | 'bigint') =>
  customType<{ data: readonly (number | null)[]; driverData: string }>({
    dataType: () => `${type}[]`,
    toDriver: (values) => `{${values.map((value) => value ?? 'NULL').join(',')}}`,
  });
const [integers, bigints] = [column('integer'), column('bigint')];

/** A member's samples of about a minute. Its rollups are made and read by `lag-sql.ts`. */
export const lagSamples = howdah.table('lag_chunk_samples', {
  member: integer('member').notNull(),
  began: moment('began').notNull(),
  /** Milliseconds after it began. */
  at: integers('at').notNull(),
  sent: bigints('sent').notNull(),
  write: bigints('write').notNull(),
  flush: bigints('flush').notNull(),
  replay: bigints('replay').notNull(),
  ms: bigints('ms').notNull(),
});

export const rolledUp = howdah.table('rolled_up', {
  rollup: text('rollup').primaryKey(),
  /** All before it has been made. */
  until: moment('until').notNull(),
});

/** Made by PostgreSQL of the row's own text: see the migration. */
const made = (name: string) => text(name).generatedAlwaysAs(sql``);

/** Rows of the audit's chain: see `lib/audit/chain.ts`. Nothing but the first four is written. */
export const audit = howdah.table('audit', {
  seq: bigint('seq', { mode: 'number' }).primaryKey(),
  chain: text('chain').notNull(),
  /** The text that is hashed, as it is. */
  entry: text('entry').notNull(),
  hash: text('hash').notNull(),
  at: moment('at').notNull().generatedAlwaysAs(sql``),
  act: made('act').notNull(),
  kind: made('kind').notNull(),
  action: made('action'),
  actorKind: made('actor_kind'),
  actorId: made('actor_id'),
  actor: made('actor'),
  address: made('address'),
  cluster: made('cluster'),
  reason: made('reason'),
  result: made('result'),
  says: made('says'),
  zxid: made('zxid'),
});

export const auditCheckpoint = howdah.table('audit_checkpoint', {
  upto: bigint('upto', { mode: 'number' }).primaryKey(),
  chain: text('chain').notNull(),
  hash: text('hash').notNull(),
  removed: bigint('removed', { mode: 'number' }).notNull(),
  at: moment('at').notNull(),
  signature: text('signature').notNull(),
});

/** One row once there is a chain: by it the store's anchors in ZooKeeper are known. */
export const auditStore = howdah.table('audit_store', {
  id: text('id').primaryKey(),
});
