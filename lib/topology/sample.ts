/**
 * What PostgreSQL itself says of one member at one moment: the probe's answer, decoded. Positions
 * are printed LSNs; what could not be learnt is null, and `privileged` says why columns are empty.
 */
export type ProbeSample = PrimarySample | StandbySample;

interface SampleBase {
  /** Milliseconds since the epoch by Howdah's clock, halfway between sending and receiving. */
  readonly at: number;
  /** Round trip of the statement, milliseconds. */
  readonly tookMs: number;
  /** e.g. 150018. */
  readonly serverVersion: number;
  /** True when the role may see replication statistics; false leaves NULLs that are not zeros. */
  readonly privileged: boolean;
  readonly systemId: string | null;
  /** That server's clock less Howdah's, milliseconds, good to about half of `tookMs`. */
  readonly clockOffsetMs: number;
  /** When PostgreSQL was started, milliseconds since the epoch by that server's clock. */
  readonly startedAt: number;
  /**
   * When it last read its configuration, by that server's clock; as the connection heard of it,
   * which is at its first question after that.
   */
  readonly configLoadedAt: number;
  readonly senders: readonly Sender[];
  readonly slots: readonly Slot[];
}

export interface PrimarySample extends SampleBase {
  readonly inRecovery: false;
  readonly currentLsn: string;
  readonly timeline: number | null;
  readonly synchronousStandbyNames: string;
  /** Sessions that have waited over 5 s for a synchronous standby; null when not privileged. */
  readonly syncWaits: number | null;
}

export interface StandbySample extends SampleBase {
  readonly inRecovery: true;
  /** Null without streaming since the start. */
  readonly receiveLsn: string | null;
  readonly replayLsn: string | null;
  readonly replayPause: 'running' | 'requested' | 'paused';
  /** Null when no receiver runs (or its row can't be seen: see `privileged`). */
  readonly receiver: Receiver | null;
  /** Milliseconds since the epoch by that server's clock; null until a transaction is replayed. */
  readonly lastReplayAt: number | null;
}

/** A row of pg_stat_replication, on whatever member it was read (cascades have their own). */
export interface Sender {
  readonly applicationName: string;
  readonly clientAddress: string | null;
  readonly state: string | null;
  readonly syncState: string | null;
  readonly sentLsn: string | null;
  readonly writeLsn: string | null;
  readonly flushLsn: string | null;
  readonly replayLsn: string | null;
}

export interface Receiver {
  readonly status: string;
  readonly timeline: number | null;
  readonly senderHost: string | null;
  readonly senderPort: number | null;
  readonly slotName: string | null;
}

/** A replication slot; only those on the leader matter for retention. */
export interface Slot {
  readonly name: string;
  readonly active: boolean;
  readonly restartLsn: string | null;
  /** "reserved", "extended", "unreserved", "lost"; null before PostgreSQL 13. */
  readonly walStatus: string | null;
  readonly safeWalSize: number | null;
}

/** Why a member has no current sample. */
export interface ProbeFailure {
  readonly at: number;
  readonly code: ProbeFailureCode;
  /** One sentence, without credentials. */
  readonly says: string;
}

export type ProbeFailureCode =
  | 'no-credentials'
  | 'address-not-allowed'
  | 'address-unreadable'
  | 'unreachable'
  | 'refused-auth'
  | 'weak-auth'
  | 'starting-up'
  | 'timeout'
  | 'failed';
