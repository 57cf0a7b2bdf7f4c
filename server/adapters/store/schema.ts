import { bigint, index, integer, pgSchema, primaryKey, text, timestamp } from 'drizzle-orm/pg-core';

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

/** Partitioned by month: see `#ensureMonth` in `store.ts`. */
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
