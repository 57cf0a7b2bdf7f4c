import { createHash } from 'node:crypto';

/**
 * The one statement of the probe. Whole rows travel as JSON, so that columns a version lacks are
 * simply absent: names differ from PostgreSQL 10 to 18, and none is asked for. What errors in
 * recovery, or out of it, hides behind a CASE. One statement outside a transaction: no snapshot or
 * lock outlives it.
 */
export function probeStatement(serverVersion: number): Statement {
  const text = textFor(serverVersion);
  return { name: `howdah_${createHash('sha256').update(text).digest('hex').slice(0, 12)}`, text };
}

/**
 * Under its name it is parsed and planned once for each connection, which is nine tenths of what
 * it costs the watched server. The name is the text's own, so that a pooler that shares
 * connections can't have another text under it.
 */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

function textFor(serverVersion: number): string {
  const pauseState =
    serverVersion >= 140000
      ? 'pg_get_wal_replay_pause_state()'
      : `case when pg_is_wal_replay_paused() then 'paused' else 'not paused' end`;
  return `
    select
      r.recovering,
      (extract(epoch from clock_timestamp()) * 1000)::float8 as server_ms,
      (extract(epoch from pg_postmaster_start_time()) * 1000)::float8 as started_ms,
      (extract(epoch from pg_conf_load_time()) * 1000)::float8 as loaded_ms,
      case when not r.recovering then pg_current_wal_lsn()::text end as current_lsn,
      case when not r.recovering then pg_walfile_name(pg_current_wal_lsn()) end as wal_file,
      case when not r.recovering then current_setting('synchronous_standby_names') end as sync_names,
      case when not r.recovering and r.privileged then
        (select count(*)::int from pg_stat_activity
          where wait_event = 'SyncRep' and query_start < clock_timestamp() - interval '5 s') end as sync_waits,
      case when r.recovering then pg_last_wal_receive_lsn()::text end as receive_lsn,
      case when r.recovering then pg_last_wal_replay_lsn()::text end as replay_lsn,
      case when r.recovering then ${pauseState} end as pause_state,
      case when r.recovering then
        (extract(epoch from pg_last_xact_replay_timestamp()) * 1000)::float8 end as replayed_ms,
      r.privileged,
      (select coalesce(json_agg(to_jsonb(s)), '[]') from pg_stat_replication s) as senders,
      (select to_jsonb(w) - 'conninfo' from pg_stat_wal_receiver w limit 1) as receiver,
      (select coalesce(json_agg(to_jsonb(l)), '[]') from pg_replication_slots l) as slots
    from (select pg_is_in_recovery() as recovering,
                 pg_has_role(current_user, 'pg_read_all_stats', 'usage') as privileged) r`;
}

/** Asked once for each connection. */
export const hello = `
  select current_setting('server_version_num')::int as version,
         (select system_identifier::text from pg_control_system()) as system_id`;
