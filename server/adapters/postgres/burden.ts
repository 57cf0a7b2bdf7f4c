import { z } from 'zod';
import type { Burden } from '@/lib/operations/preflight';

/**
 * What a primary has to finish before it stops. Needs pg_read_all_stats for what others do; on a
 * standby it errors, which is an answer as well.
 */
export const burdenStatement = `
  select
    (pg_wal_lsn_diff(pg_current_wal_lsn(),
      (select redo_lsn from pg_control_checkpoint())))::float8 as since_checkpoint,
    (select (extract(epoch from max(clock_timestamp() - xact_start)) * 1000)::float8
       from pg_stat_activity
      where xact_start is not null and backend_type = 'client backend'
        and pid <> pg_backend_pid()) as oldest_ms,
    (select count(*)::int from pg_stat_replication where state = 'backup') as backups,
    (select coalesce(json_agg(application_name), '[]') from pg_stat_replication
      where state = 'catchup') as catching_up`;

const shape = z.tuple([
  z.object({
    since_checkpoint: z.number().nullable(),
    oldest_ms: z.number().nullable(),
    backups: z.number(),
    catching_up: z.array(z.string()),
  }),
]);

/** Throws when the rows have another shape than their statement gives. */
export function decodeBurden(rows: unknown): Burden {
  const [row] = shape.parse(rows);
  return {
    sinceCheckpointBytes: row.since_checkpoint,
    // Nobody has one open: the oldest is of no age.
    oldestTransactionMs: row.oldest_ms ?? 0,
    backups: row.backups,
    catchingUp: row.catching_up,
  };
}
