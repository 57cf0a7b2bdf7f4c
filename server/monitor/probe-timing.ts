/** How close a look a member gets; a greater number is a closer one. */
export const ranks = { idle: 0, attended: 1, urgent: 2 } as const;
export type Rank = (typeof ranks)[keyof typeof ranks];

export interface Intervals {
  /** Between two polls of a member somebody looks at, milliseconds. */
  readonly attendedMs: number;
  /** Of a member of a cluster that is operated on. */
  readonly urgentMs: number;
  /** Of any other member. */
  readonly idleMs: number;
}

export function intervalOf({ attendedMs, urgentMs, idleMs }: Intervals, rank: Rank): number {
  if (rank === ranks.urgent) return urgentMs;
  return rank === ranks.attended ? attendedMs : idleMs;
}

const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * The share of an interval after which the n-th member is asked. Multiples of the golden ratio are
 * spread evenly however many there are, and so is every part of them that comes in order: no member
 * has to move when others come, go, or are asked at another pace.
 */
export function phaseOf(n: number): number {
  return (n * GOLDEN) % 1;
}

/** The first moment from `from` on at which a member of this phase is asked. */
export function nextOnGrid(from: number, interval: number, phase: number): number {
  const offset = phase * interval;
  return Math.ceil((from - offset) / interval) * interval + offset;
}

export const MOST_BACKOFF_MS = 30_000;
const PATIENCE = 2;
const JITTER = 0.2;

/**
 * How long after a failed poll the next one is due: the interval for the first two, then more and
 * more, so that whoever is gone costs little. Never while it is operated on.
 * @param random in [0, 1): whoever fails together must not come back together.
 */
export function backoff(
  failures: number,
  { interval, rank }: { readonly interval: number; readonly rank: Rank },
  random: number,
): number {
  if (rank === ranks.urgent) return interval;
  const grown = Math.min(MOST_BACKOFF_MS, interval * 2 ** Math.min(failures, 5));
  const wait = failures > PATIENCE ? Math.max(interval, grown) : interval;
  return wait * (1 + (2 * random - 1) * JITTER);
}
