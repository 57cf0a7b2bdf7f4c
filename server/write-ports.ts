import type { WriteAttempt } from '@/lib/operations/write-outage';
import type { ProbeSettings } from './ports';

/** As whom it is tried to write, and where beside the members themselves. */
export interface WriteSettings extends ProbeSettings {
  /** The port for writes of a proxy, "haproxy:5000"; null: there is none. */
  readonly through: string | null;
  /** The table that is written to through it; null: a message in the WAL alone. */
  readonly table: string | null;
}

/** Where an operation's write probe tries to write. */
export interface WriteTarget {
  /** One for each member and run. */
  readonly key: string;
  readonly connUrl: string;
  readonly settings: ProbeSettings;
  /** Written to, by its name in SQL; absent: a message in the WAL alone. */
  readonly table?: string | null;
}

/**
 * Tries to commit something empty: a message in the WAL that nobody reads. Over at most one
 * connection for each key; one attempt at a time may be asked for each.
 */
export interface WritePort {
  /** What became of one attempt, within about a second. Never throws. */
  attempt(target: WriteTarget): Promise<WriteAttempt>;
  /** Closes the connection at once, however far it has come. */
  forget(key: string): void;
  /** Connections that are open, being opened or being closed. */
  readonly connections: number;
  close(): void;
}
