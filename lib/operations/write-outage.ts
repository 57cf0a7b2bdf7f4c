/**
 * For how long nobody could write, by trying to. Pure: attempts go in as they end, figures come out.
 *
 * What is measured is what a client sees: the time between two confirmations, from the end of the
 * last commit that was confirmed before to the end of the first that was confirmed after. An attempt
 * that got no answer may have committed; nobody was told, so that it ends no outage: it is counted
 * as `unsure`. The servers' own pause is at most `atMostMs`, from the sending of the last commit
 * before to the end of the first after: the last one may have been committed as soon as it was sent.
 * It may be shorter than either by as much as lies between two attempts.
 */

/** What became of one attempt to commit. */
export type WriteAttempt =
  /** The server has said that it is committed. */
  | { readonly is: 'committed'; readonly sentAt: number; readonly endedAt: number }
  /** Certainly not committed. `hopeless`: so it will be again, whoever is primary. */
  | {
      readonly is: 'refused';
      readonly sentAt: number;
      readonly endedAt: number;
      readonly says: string;
      readonly hopeless: boolean;
    }
  /** It was sent, and nobody has said what became of it. */
  | {
      readonly is: 'unsure';
      readonly sentAt: number;
      readonly endedAt: number;
      readonly says: string;
    };

export interface WriteOutage {
  /** Who accepted writes before; null: nobody since it was begun to try. */
  readonly from: string | null;
  readonly to: string;
  readonly startedAt: number;
  readonly endedAt: number;
  /** The servers' own pause was no longer than this; null: it had begun before the first attempt. */
  readonly atMostMs: number | null;
  /** Attempts meanwhile of which nobody knows what became. */
  readonly unsure: number;
}

/** Two members that confirmed commits in turn, which no hand-over does. */
export interface TwoWriters {
  readonly members: readonly [string, string];
  /** When both were first and last known to. */
  readonly startedAt: number;
  readonly endedAt: number;
  /** Confirmed by whichever of the two the other had just confirmed one of. */
  readonly commits: number;
}

export interface WriteFigures {
  readonly attempts: number;
  readonly succeeded: number;
  readonly unsure: number;
  readonly lastOk: { readonly member: string; readonly at: number } | null;
  /** Nobody has accepted a write since then; null: somebody does. */
  readonly since: number | null;
  /** That are over, oldest first. */
  readonly outages: readonly WriteOutage[];
  /** How many have gone from `outages` since there were too many. */
  readonly forgotten: number;
  /**
   * The longest one whose beginning was seen, milliseconds; null: there was none that is over. One
   * that had begun before the first attempt was longer than can be told.
   */
  readonly longestMs: number | null;
  readonly twoWriters: TwoWriters | null;
  /** Members at which no attempt can succeed, and why: what they accept isn't known. */
  readonly blind: readonly { readonly member: string; readonly says: string }[];
}

interface Confirmed {
  readonly member: string;
  readonly sentAt: number;
  readonly endedAt: number;
}

export interface WriteLog extends Omit<WriteFigures, 'lastOk' | 'since'> {
  readonly startedAt: number;
  readonly last: Confirmed | null;
  /** The last that each member has confirmed. */
  readonly confirmed: Readonly<Record<string, Confirmed>>;
  /** Since the last confirmation, of whoever gave it. */
  readonly failedSince: boolean;
  /** Before the first confirmation, and when the last of them did. */
  readonly failedFirst: readonly string[];
  readonly triedUntil: number;
  readonly unsureSince: number;
}

/**
 * Who confirms a commit again within this time of its last one, with another's between the two, can't
 * have been anything but primary all the while: to become one anew takes a restart and a promotion.
 */
const BACK_MS = 1000;
/** Before anybody has confirmed anything, this long must have been tried to say that nobody does. */
const FIRST_MS = 1000;
const MOST_OUTAGES = 50;

export function beginWriteLog(now: number): WriteLog {
  return {
    ...{ startedAt: now, attempts: 0, succeeded: 0, unsure: 0, last: null, confirmed: {} },
    ...{ failedSince: false, failedFirst: [], triedUntil: now, unsureSince: 0 },
    ...{ outages: [], forgotten: 0, longestMs: null, twoWriters: null, blind: [] },
  };
}

/** An attempt at a member has ended. They come in the order in which they end. */
export function tried(log: WriteLog, member: string, attempt: WriteAttempt): WriteLog {
  const blind = log.blind.filter((one) => one.member !== member);
  const next = {
    ...log,
    attempts: log.attempts + 1,
    blind:
      attempt.is === 'refused' && attempt.hopeless
        ? [...blind, { member, says: attempt.says }]
        : blind,
  };
  if (attempt.is === 'committed') return confirmed(next, { member, ...timesOf(attempt) });
  const unsure = attempt.is === 'unsure' ? 1 : 0;
  return {
    ...next,
    unsure: log.unsure + unsure,
    unsureSince: log.unsureSince + unsure,
    // A standby that refuses says nothing of whether somebody writes.
    failedSince: log.failedSince || log.last?.member === member,
    failedFirst: log.last === null ? [...new Set([...log.failedFirst, member])] : log.failedFirst,
    triedUntil: attempt.endedAt,
  };
}

const timesOf = ({ sentAt, endedAt }: WriteAttempt) => ({ sentAt, endedAt });

function confirmed(log: WriteLog, now: Confirmed): WriteLog {
  const { last } = log;
  const next = {
    ...log,
    succeeded: log.succeeded + 1,
    last: now,
    confirmed: { ...log.confirmed, [now.member]: now },
    ...{ failedSince: false, unsureSince: 0 },
  };
  // With two who accept writes there is no time without any.
  if (isBack(log, now)) return withTwo(next, log, now);
  const wasOut =
    last === null
      ? log.failedFirst.includes(now.member)
      : log.failedSince || last.member !== now.member;
  return wasOut ? withOutage(next, outageUntil(log, now)) : next;
}

function withOutage(log: WriteLog, outage: WriteOutage): WriteLog {
  const outages = [...log.outages, outage];
  return {
    ...log,
    outages: outages.slice(-MOST_OUTAGES),
    forgotten: log.forgotten + Math.max(0, outages.length - MOST_OUTAGES),
    longestMs:
      outage.from === null
        ? log.longestMs
        : Math.max(outage.endedAt - outage.startedAt, log.longestMs ?? 0),
  };
}

function outageUntil({ last, startedAt, unsureSince }: WriteLog, now: Confirmed): WriteOutage {
  return {
    from: last?.member ?? null,
    to: now.member,
    startedAt: last?.endedAt ?? startedAt,
    endedAt: now.endedAt,
    atMostMs: last === null ? null : now.endedAt - last.sentAt,
    unsure: unsureSince,
  };
}

/** It had confirmed one a moment ago, and another member did meanwhile. */
function isBack({ last, confirmed: all }: WriteLog, now: Confirmed): boolean {
  const before = all[now.member];
  if (last === null || last.member === now.member || before === undefined) return false;
  return now.endedAt - before.sentAt <= BACK_MS;
}

function withTwo(next: WriteLog, { last, twoWriters }: WriteLog, now: Confirmed): WriteLog {
  // Only what was sent once the other had confirmed proves it: what comes late may be old.
  if (last === null || now.sentAt < last.endedAt) return next;
  const [a = '', b = ''] = [now.member, last.member].toSorted();
  const goesOn = twoWriters?.members.join() === [a, b].join() ? twoWriters : null;
  const two: TwoWriters = {
    members: [a, b],
    startedAt: goesOn?.startedAt ?? last.endedAt,
    endedAt: now.endedAt,
    commits: (goesOn?.commits ?? 1) + 1,
  };
  if (goesOn) return { ...next, twoWriters: two };
  // The first one of the other looked like a hand-over, and wasn't.
  const outages = next.outages.filter(
    ({ from, to, endedAt }) =>
      from !== now.member || to !== last.member || now.endedAt - endedAt > BACK_MS,
  );
  const longest = outages
    .filter(({ from }) => from !== null)
    .map(({ startedAt, endedAt }) => endedAt - startedAt);
  const longestMs = longest.length === 0 ? null : Math.max(...longest);
  return { ...next, outages, longestMs, twoWriters: two };
}

export function writeFigures(log: WriteLog): WriteFigures {
  const { last, startedAt, failedSince, triedUntil } = log;
  const neverYet = last === null && triedUntil - startedAt >= FIRST_MS;
  const { attempts, succeeded, unsure, outages, forgotten, longestMs, twoWriters, blind } = log;
  return {
    ...{ attempts, succeeded, unsure, outages, forgotten, longestMs, twoWriters, blind },
    lastOk: last && { member: last.member, at: last.endedAt },
    since: neverYet ? startedAt : failedSince ? (last?.endedAt ?? null) : null,
  };
}
