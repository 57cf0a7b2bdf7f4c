import {
  beginWriteLog,
  tried,
  type WriteAttempt,
  type WriteFigures,
  type WriteLog,
  writeFigures,
} from '@/lib/operations/write-outage';
import type { Clock, ProbeSettings, WritePort } from '../ports';

export interface WriteOutageParts {
  readonly clock: Clock;
  readonly writes: WritePort;
  /** Of the run: connections of two runs are not mixed up. */
  readonly id: string;
  readonly settings: ProbeSettings;
  /** Whoever might be primary now: the cluster's members that are there. Asked again and again. */
  readonly members: () => readonly { readonly name: string; readonly connUrl: string }[];
  readonly everyMs?: number;
  /** Where something is written to a table. */
  readonly table?: string | null;
}

export interface WriteOutageRun {
  /** What has been measured so far, and after `stop` what was by then. */
  current(): WriteFigures;
  /** Closes all connections; what is under way is no longer counted. */
  stop(): void;
}

/** After a run's end writes come back, or have not been away. */
export const AFTERWARDS_MS = 30_000;
/** However long a run takes, nobody tries for longer. */
export const LONGEST_MS = 3_600_000;

const EVERY_MS = 100;
/** Where no attempt can succeed, the next one waits for so long. */
const HOPELESS_MS = 10_000;

/**
 * Tries to write at every member until it is stopped. Each has its own beat, one attempt in flight,
 * so that one that hangs delays no other; a beat that comes while one is in flight is left out.
 */
export function startWriteOutage(parts: WriteOutageParts): WriteOutageRun {
  const { clock, writes, id, settings, members, everyMs = EVERY_MS, table = null } = parts;
  let log: WriteLog = beginWriteLog(clock.now());
  let stopped = false;
  let cancel = () => {};
  const inFlight = new Set<string>();
  const notBefore = new Map<string, number>();
  const known = new Set<string>();
  const keyOf = (member: string) => `${id} ${member}`;

  const ended = (member: string, attempt: WriteAttempt) => {
    inFlight.delete(member);
    // Of a member that has left meanwhile it still tells that it took a write, or may have.
    if (stopped || (!known.has(member) && attempt.is === 'refused')) return;
    if (attempt.is === 'refused' && attempt.hopeless) {
      notBefore.set(member, clock.now() + HOPELESS_MS);
    }
    log = tried(log, member, attempt);
  };
  const beat = () => {
    cancel = clock.after(everyMs, beat);
    const now = clock.now();
    const present = members();
    for (const member of known) {
      if (present.some(({ name }) => name === member)) continue;
      known.delete(member);
      writes.forget(keyOf(member));
    }
    for (const { name, connUrl } of present) {
      known.add(name);
      if (inFlight.has(name) || now < (notBefore.get(name) ?? 0)) continue;
      inFlight.add(name);
      void writes
        .attempt({ key: keyOf(name), connUrl, settings, table })
        .then((attempt) => ended(name, attempt));
    }
  };
  beat();
  return {
    current: () => writeFigures(log),
    stop: () => {
      if (stopped) return;
      stopped = true;
      cancel();
      for (const member of [...known, ...inFlight]) writes.forget(keyOf(member));
    },
  };
}
