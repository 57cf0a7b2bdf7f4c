import { patroniBool, patroniInt, wordOf } from './document';

/** A parameter that Patroni gives PostgreSQL on its command line, whatever its files say. */
export interface OwnedParameter {
  /** What it is where this configuration says nothing, or nothing that is taken. */
  readonly fallback: string | null;
  /** Null: what is written here is never taken. */
  readonly takes: ((value: unknown) => boolean) | null;
  /** What is taken, in words. */
  readonly says: string;
}

const atLeast = (least: number, fallback: number): OwnedParameter => ({
  fallback: String(fallback),
  takes: (value) => (patroniInt(value) ?? Number.NEGATIVE_INFINITY) >= least,
  says: `a whole number of at least ${least}`,
});

const never = (fallback: string | null): OwnedParameter => ({
  ...{ fallback, takes: null, says: 'nothing' },
});

/** As of Patroni 3.0 to 4.1. */
export const OWNED: Readonly<Record<string, OwnedParameter>> = {
  listen_addresses: never(null),
  port: never(null),
  cluster_name: never(null),
  hot_standby: never('on'),
  wal_log_hints: never('on'),
  wal_level: {
    fallback: 'replica',
    takes: (value) => ['hot_standby', 'replica', 'logical'].includes(wordOf(value)),
    says: 'replica or logical',
  },
  track_commit_timestamp: {
    ...{ fallback: 'off', takes: (value) => patroniBool(value) !== null, says: 'on or off' },
  },
  max_connections: atLeast(25, 100),
  max_wal_senders: atLeast(3, 10),
  max_prepared_transactions: atLeast(0, 0),
  max_locks_per_transaction: atLeast(32, 64),
  max_replication_slots: atLeast(4, 10),
  max_worker_processes: atLeast(2, 8),
};

/** A standby must have no less of these than its primary had, or it stops. */
export const BOUND: ReadonlySet<string> = new Set([
  ...['max_connections', 'max_worker_processes', 'max_wal_senders'],
  ...['max_prepared_transactions', 'max_locks_per_transaction'],
]);

/** Patroni writes these itself, member by member. */
export const WRITTEN_BY_PATRONI: ReadonlySet<string> = new Set([
  ...['primary_conninfo', 'primary_slot_name', 'promote_trigger_file', 'hba_file', 'ident_file'],
  ...['recovery_target_timeline', 'restore_command', 'archive_cleanup_command'],
  ...['recovery_end_command', 'recovery_min_apply_delay', 'recovery_target', 'recovery_target_lsn'],
  ...['recovery_target_name', 'recovery_target_time', 'recovery_target_xid'],
  ...['recovery_target_inclusive', 'recovery_target_action'],
]);

/** Of these, what a standby recovers with: taken from `recovery_conf`, not from `parameters`. */
export const ofRecovery = (name: string): boolean =>
  WRITTEN_BY_PATRONI.has(name) && name !== 'hba_file' && name !== 'ident_file';
