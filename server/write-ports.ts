import type { WriteAttempt } from '@/lib/operations/write-outage';
import type { ProbeSettings } from './ports';

/** Where an operation's write probe tries to write. */
export interface WriteTarget {
  /** One for each member and run. */
  readonly key: string;
  readonly connUrl: string;
  readonly settings: ProbeSettings;
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
