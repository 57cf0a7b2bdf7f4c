/** What a cluster is judged by, milliseconds but for the objective. */
export interface Measured {
  /** The period that was asked for. */
  readonly periodMs: number;
  /** The part of it in which the cluster is known to have been there. */
  readonly presentMs: number;
  /** The part of that in which some Howdah watched. */
  readonly watchedMs: number;
  /** The sum of the outages that were measured, an upper bound. */
  readonly outageMs: number;
  /** How many changes of leadership have no measured outage. */
  readonly notMeasured: number;
}

/** Whether an objective was held, and why that can't be told, where it can't. */
export type Verdict =
  | { readonly is: 'met' | 'missed' }
  | { readonly is: 'unknown'; readonly why: 'not-watched' | 'little-watched' | 'not-measured' };

export interface Budget {
  /** The outage that the objective allows over the time in which the cluster was there. */
  readonly allowedMs: number;
  /**
   * What is left of it; below 0 where there was more. At most so much where not all was measured;
   * null where too little was watched to tell.
   */
  readonly leftMs: number | null;
}

/** Less than this says nothing, whatever the period: one failover would be all there is. */
export const LEAST_WATCHED_MS = 86_400_000;
/** So much of the time in which a cluster was there has to be watched. */
export const LEAST_WATCHED_PART = 0.9;

/**
 * The rule, in order:
 * 1. more outage than the objective allows for the whole period misses it, whatever else is not known;
 * 2. with less than a day watched, or less than nine tenths of the time in which the cluster was
 *    there, nothing can be told;
 * 3. more outage than is allowed for the time watched misses it;
 * 4. with an outage that was not measured it can't be told; else it is met.
 *
 * @param objective percent, 0 to 100.
 */
export function judge(measured: Measured, objective: number): Verdict {
  const { periodMs, presentMs, watchedMs, outageMs, notMeasured } = measured;
  if (outageMs > allowedIn(periodMs, objective)) return { is: 'missed' };
  if (watchedMs === 0) return { is: 'unknown', why: 'not-watched' };
  if (watchedMs < Math.max(LEAST_WATCHED_MS, presentMs * LEAST_WATCHED_PART)) {
    return { is: 'unknown', why: 'little-watched' };
  }
  if (outageMs > allowedIn(watchedMs, objective)) return { is: 'missed' };
  return notMeasured > 0 ? { is: 'unknown', why: 'not-measured' } : { is: 'met' };
}

/** What is left of what the objective allows. */
export function budgetOf(measured: Measured, objective: number): Budget {
  const allowedMs = allowedIn(measured.presentMs, objective);
  const verdict = judge(measured, objective);
  const told = verdict.is !== 'unknown' || verdict.why === 'not-measured';
  return { allowedMs, leftMs: told ? allowedMs - measured.outageMs : null };
}

/** Whole milliseconds: what is left of 100 is not exact. */
function allowedIn(ms: number, objective: number): number {
  return Math.round(((100 - objective) * ms) / 100);
}

/** Percent of the watched time; null: nothing was watched. */
export function availabilityOf({
  watchedMs,
  outageMs,
}: Pick<Measured, 'watchedMs' | 'outageMs'>): number | null {
  return watchedMs === 0 ? null : 100 * Math.max(0, 1 - outageMs / watchedMs);
}

/**
 * "99.951 %": with as many digits as a second of the watched time needs, five at most, and rounded
 * down, so that 100 % is said of no outage at all and of nothing else. "At most" so much where an
 * outage was not measured, and "unknown" where nothing was watched.
 */
export function availabilityWords({
  watchedMs,
  outageMs,
  notMeasured,
}: Pick<Measured, 'watchedMs' | 'outageMs' | 'notMeasured'>): string {
  if (watchedMs === 0) return 'unknown';
  const digits = Math.min(5, Math.max(0, Math.floor(Math.log10(watchedMs / 1000 / 100))));
  const parts = 100 * 10 ** digits;
  // What is exact is not to be rounded for the sake of a binary fraction.
  const lost = Math.min(parts, Math.ceil((outageMs / watchedMs) * parts - 1e-9));
  const text = ((parts - lost) / 10 ** digits).toFixed(digits);
  const short = text.includes('.') ? text.replace(/\.?0+$/, '') : text;
  return `${notMeasured > 0 ? 'at most ' : ''}${short} %`;
}
