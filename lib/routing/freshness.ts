import type { Candidate } from './candidate';
import type { RoutingPolicy } from './policy';

type Limit = RoutingPolicy['limit'];

/**
 * How far behind a standby may be at the moment `now`, at the worst, in parts of its limit: above 1
 * it may serve rows that are older. Infinite: that is not known. In time, `now - freshAsOf`; in
 * bytes, what it lacked of where the leader was last seen, and what that has written since at its
 * rate. Of two limits the one that is nearer to being broken. CONTRACT H: lag at age a is l + w a.
 */
export function worstLag(candidate: Candidate, limit: Limit, now: number): number {
  const { freshAsOf, lagBytes, leaderAt, bytesPerSecond } = candidate;
  const ms = freshAsOf === null ? Infinity : Math.max(0, now - freshAsOf);
  const age = leaderAt === null ? Infinity : Math.max(0, now - leaderAt) / 1000;
  const bytes = lagBytes === null ? Infinity : lagBytes + grown(bytesPerSecond, age);
  return nearest({ ms, bytes }, limit);
}

/** A leader that stands still adds nothing, however long ago that was seen. */
function grown(bytesPerSecond: number | null, seconds: number): number {
  if (bytesPerSecond === null) return Infinity;
  return bytesPerSecond === 0 && Number.isFinite(seconds) ? 0 : bytesPerSecond * seconds;
}

/** How far behind it was when it was sampled, in parts of its limit; infinite: not known. */
export const sampledLag = ({ lagMs, lagBytes }: Candidate, limit: Limit): number =>
  nearest({ ms: lagMs ?? Infinity, bytes: lagBytes ?? Infinity }, limit);

function nearest(lag: { readonly ms: number; readonly bytes: number }, limit: Limit): number {
  return Math.max(
    limit.ms === null ? 0 : lag.ms / limit.ms,
    limit.bytes === null ? 0 : lag.bytes / limit.bytes,
  );
}

/** Lag decays in the mind this slowly, so that one good sample does not earn all of a share. */
const CALM_MS = 3000;

/**
 * Lag as a share is given by: what is worse counts at once, what is better only by and by (an
 * average with a time constant of 3 s), so that a share does not follow noise.
 */
export function calmed(before: number | null, lag: number, ms: number): number {
  if (before === null || !Number.isFinite(before) || lag >= before) return lag;
  return lag + (before - lag) * Math.exp(-Math.max(0, ms) / CALM_MS);
}

/**
 * The part of its capacity that a standby with that lag (in parts of its limit) gets, 0 to 1:
 * (1 - lag)^2, so that load leaves it well before its limit.
 */
export const shareOf = (lag: number): number => (lag >= 1 ? 0 : (1 - Math.max(0, lag)) ** 2);
