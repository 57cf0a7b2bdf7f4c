/** A setting of Patroni that the form knows. */
export interface KnownSetting {
  readonly path: string;
  readonly group: 'timing' | 'failover' | 'synchronous' | 'postgresql';
  readonly label: string;
  readonly type: 'integer' | 'boolean' | 'synchronous-mode';
  /** What its number counts; null: nothing. */
  readonly unit: 's' | 'bytes' | null;
  /** Null: anything goes. */
  readonly min: number | null;
  /** What Patroni takes where nothing is set. */
  readonly fallback: number | boolean;
  /** What it is for, in one sentence. */
  readonly says: string;
}

const integer = (
  group: KnownSetting['group'],
  path: string,
  rest: Pick<KnownSetting, 'label' | 'unit' | 'min' | 'says'> & { readonly fallback: number },
): KnownSetting => ({ group, path, type: 'integer', ...rest });

const boolean = (
  group: KnownSetting['group'],
  path: string,
  rest: Pick<KnownSetting, 'label' | 'says'> & { readonly fallback: boolean },
): KnownSetting => ({ group, path, type: 'boolean', unit: null, min: null, ...rest });

/** In the order of the form. */
export const KNOWN_SETTINGS: readonly KnownSetting[] = [
  integer('timing', 'ttl', {
    ...{ label: 'Leader lease', unit: 's', min: 20, fallback: 30 },
    says: 'How long the leader keeps its key after its last word to ZooKeeper: shorter finds a dead leader sooner, longer forgives more.',
  }),
  integer('timing', 'loop_wait', {
    ...{ label: 'Loop', unit: 's', min: 1, fallback: 10 },
    says: 'How long Patroni sleeps between two looks at its cluster.',
  }),
  integer('timing', 'retry_timeout', {
    ...{ label: 'Retry', unit: 's', min: 3, fallback: 10 },
    says: 'How long Patroni tries ZooKeeper and PostgreSQL again before it gives up and the leader steps down.',
  }),
  integer('failover', 'maximum_lag_on_failover', {
    ...{ label: 'Most lag on failover', unit: 'bytes', min: 0, fallback: 1_048_576 },
    says: 'A standby further behind than this does not become the leader by itself.',
  }),
  integer('failover', 'primary_start_timeout', {
    ...{ label: 'Start of the primary', unit: 's', min: 0, fallback: 300 },
    says: 'How long a crashed primary may take to come back before another takes over; 0 is at once.',
  }),
  boolean('failover', 'failsafe_mode', {
    ...{ label: 'Failsafe mode', fallback: false },
    says: 'While ZooKeeper is away the leader stays one, as long as all members tell it that they are there.',
  }),
  boolean('failover', 'check_timeline', {
    ...{ label: 'Check the timeline', fallback: false },
    says: 'Only a standby on the newest timeline may become the leader.',
  }),
  {
    ...{ group: 'synchronous', path: 'synchronous_mode', label: 'Synchronous mode' },
    ...{ type: 'synchronous-mode', unit: null, min: null, fallback: false },
    says: 'Whether commits wait for standbys, so that what was confirmed outlives the leader.',
  },
  boolean('synchronous', 'synchronous_mode_strict', {
    ...{ label: 'Strictly', fallback: false },
    says: 'Commits wait even while no standby is there to confirm them: writes stop then.',
  }),
  integer('synchronous', 'synchronous_node_count', {
    ...{ label: 'Synchronous standbys', unit: null, min: 1, fallback: 1 },
    says: 'How many standbys confirm a commit.',
  }),
  boolean('postgresql', 'postgresql.use_pg_rewind', {
    ...{ label: 'Use pg_rewind', fallback: false },
    says: 'A former leader that went astray is wound back instead of copied anew.',
  }),
  boolean('postgresql', 'postgresql.use_slots', {
    ...{ label: 'Use replication slots', fallback: true },
    says: 'The leader keeps WAL for each standby until that has it.',
  }),
];

/** Until Patroni 3.0 some had another name, which is taken where the new one is not set. */
export const OLD_NAMES: Readonly<Record<string, string>> = {
  primary_start_timeout: 'master_start_timeout',
  primary_stop_timeout: 'master_stop_timeout',
};

/** Whole numbers at the top that the form does not have, with the least that makes sense. */
export const OTHER_INTEGERS: Readonly<Record<string, number>> = {
  ...{ maximum_lag_on_syncnode: -1, max_timelines_history: 0, member_slots_ttl: 0 },
  ...{ primary_stop_timeout: 0, master_start_timeout: 0, master_stop_timeout: 0 },
};

/** What else may stand at the top. */
export const OTHER_SETTINGS: ReadonlySet<string> = new Set([
  ...['pause', 'postgresql', 'standby_cluster', 'slots', 'ignore_slots', 'watchdog'],
]);

/** Sections of `postgresql` that Patroni takes from ZooKeeper. */
export const POSTGRESQL_SETTINGS: ReadonlySet<string> = new Set([
  ...['parameters', 'use_slots', 'use_pg_rewind', 'pg_hba', 'pg_ident', 'recovery_conf'],
  ...['remove_data_directory_on_rewind_failure', 'remove_data_directory_on_diverged_timelines'],
  ...['callbacks', 'create_replica_methods', 'create_replica_method', 'basebackup', 'custom_conf'],
  ...['bin_dir', 'bin_name', 'use_unix_socket', 'use_unix_socket_repl', 'pre_promote'],
  ...['before_stop', 'pg_ctl_timeout', 'krbsrvname', 'rewind'],
]);

/** Sections of `postgresql` that each member has in a file of its own, and never takes from here. */
export const LOCAL_ONLY: ReadonlySet<string> = new Set([
  ...['connect_address', 'proxy_address', 'listen', 'config_dir', 'data_dir', 'pgpass'],
  'authentication',
]);
