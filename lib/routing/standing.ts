import type { Candidate } from './candidate';
import { calmed, sampledLag, worstLag } from './freshness';
import type { RoutingPolicy } from './policy';

/** What is remembered of a member from one weighing to the next. */
export interface Standing {
  /** Within its limit, or not known to have left it. */
  readonly isIn: boolean;
  /** Since when it is in, or out. */
  readonly since: number;
  /** Good samples in a row since it went out. */
  readonly good: number;
  /** Lag in parts of the limit as it counts for its share; null: not known. */
  readonly calm: number | null;
  readonly sampledAt: number | null;
  /** When its lag was last known. */
  readonly knownAt: number;
  /** What it got last, percent, not rounded; null: it is new, and begins with all it deserves. */
  readonly percent: number | null;
  /** Since when it gets nothing; null: it gets something. */
  readonly leftAt: number | null;
  /** It was out, and has not come back to half of what it deserves. */
  readonly isReturning: boolean;
  /** Of the leader: when it last had to help; null: not of late. */
  readonly helpedAt: number | null;
  readonly at: number;
}

/** It returns below this part of its limit, after so many samples in a row. */
const RETURN_BELOW = 0.5;
export const GOOD_SAMPLES = 3;
/**
 * Who is barred, or of whom nothing is known, for no longer than this gets nothing meanwhile and
 * comes back as it was: a switchover does that to every standby for a moment.
 */
const BRIEF_MS = 3000;

/**
 * Whether a standby is within its limit now. It leaves at once when it may be beyond it, and returns
 * only when three samples in a row have shown it below half of it: so from one leaving to the next
 * there are three samples at least, however its lag jumps.
 */
export function standingOf(
  candidate: Candidate,
  before: Standing | undefined,
  { policy, now }: { readonly policy: RoutingPolicy; readonly now: number },
): Standing {
  const worst = worstLag(candidate, policy.limit, now);
  const lag = sampledLag(candidate, policy.limit);
  const isKnown = Number.isFinite(worst);
  const knownAt = isKnown ? now : (before?.knownAt ?? Number.NEGATIVE_INFINITY);
  const isNews = candidate.sampledAt !== null && candidate.sampledAt !== before?.sampledAt;
  const isGood = worst <= 1 && lag < RETURN_BELOW;
  const counted = isNews ? (before?.good ?? 0) + 1 : (before?.good ?? 0);
  const good = isGood ? counted : 0;
  // Whoever is seen for the first time served until now, by Patroni's word: it need not return.
  const stays = before?.isIn ?? true;
  const isBriefly = !isKnown && stays && now - knownAt < BRIEF_MS;
  const isIn = isBriefly || (worst <= 1 && (stays || good >= GOOD_SAMPLES));
  const calm = calmed(before?.calm ?? null, lag, now - (before?.at ?? now));
  return {
    isIn,
    since: before && before.isIn === isIn ? before.since : now,
    good: isIn ? 0 : good,
    calm: Number.isFinite(calm) ? calm : isBriefly ? (before?.calm ?? null) : null,
    ...{ sampledAt: candidate.sampledAt, knownAt, at: now },
    percent: before?.percent ?? null,
    leftAt: before?.leftAt ?? null,
    isReturning: before?.isReturning ?? false,
    helpedAt: before?.helpedAt ?? null,
  };
}

/** It gets nothing now. For a moment it is remembered what it got, where it may be back at once. */
export function without(standing: Standing, { briefly }: { readonly briefly: boolean }): Standing {
  const leftAt = standing.leftAt ?? standing.at;
  const isKept = briefly && standing.at - leftAt < BRIEF_MS;
  const percent = isKept ? standing.percent : 0;
  return { ...standing, percent, leftAt, isReturning: !isKept || standing.isReturning };
}

/** It gets that now. */
export const having = (standing: Standing, percent: number, deserved: number): Standing => ({
  ...standing,
  percent,
  leftAt: null,
  isReturning: standing.isReturning && percent < deserved / 2,
});
