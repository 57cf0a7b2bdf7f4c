import type { ClusterId } from '../topology/cluster-id';

/** What of a standby's lag a chart draws: bytes by stage, or `ms`, the time of replay. */
export const figures = ['sent', 'write', 'flush', 'replay', 'ms'] as const;
export type Figure = (typeof figures)[number];

export interface LagQuery {
  readonly cluster: ClusterId;
  readonly figure: Figure;
  /** Milliseconds since the epoch, the first included and the last not. */
  readonly from: number;
  readonly until: number;
  /** At most about so many buckets of time are worth telling: a chart's pixels. */
  readonly buckets: number;
}

/**
 * Lag over a stretch of time, in buckets. One without samples is left out: that is a gap, and not
 * zero. The first may begin before the stretch.
 */
export interface LagHistory {
  readonly figure: Figure;
  readonly members: readonly MemberLag[];
}

/** One list for each column, all of one length, in order of time. */
export interface MemberLag {
  readonly member: string;
  /** When each bucket begins, and how long it is, milliseconds: longer where no finer is kept. */
  readonly at: readonly number[];
  readonly width: readonly number[];
  /** How many samples it was made of. */
  readonly samples: readonly number[];
  /** Bytes or milliseconds; null: there were samples, and none knew the figure. */
  readonly min: readonly (number | null)[];
  readonly max: readonly (number | null)[];
  readonly mean: readonly (number | null)[];
  readonly last: readonly (number | null)[];
}

/** One member's samples of about a minute, as they are written: a column for each figure. */
export interface LagChunk extends Readonly<Record<Figure, readonly (number | null)[]>> {
  readonly cluster: ClusterId;
  readonly member: string;
  /** The moments of the samples, in order. */
  readonly at: readonly number[];
}

/** The highest of all figures over a stretch of time, in buckets; one without samples is left out. */
export interface MemberFigures {
  readonly member: string;
  /** When each bucket begins, and how long it is, milliseconds. */
  readonly at: readonly number[];
  readonly width: readonly number[];
  readonly figures: Readonly<Record<Figure, readonly (number | null)[]>>;
}

type Asked = Pick<LagQuery, 'from' | 'until' | 'buckets'>;

/** How finely lag is kept, finest first: `samples` as they were taken. */
export const resolutions = ['samples', '10s', '1m', '1h'] as const;
export type Resolution = (typeof resolutions)[number];
export type Rollup = Exclude<Resolution, 'samples'>;

/** The width of one figure, milliseconds; of samples, as they are taken while somebody looks. */
export const stepMs: Readonly<Record<Resolution, number>> = {
  samples: 1000,
  '10s': 10_000,
  '1m': 60_000,
  '1h': 3_600_000,
};

/** For how long each is kept, milliseconds. */
export type Keeping = Readonly<Record<Resolution, number>>;

/** Up to when each rollup has been made, milliseconds since the epoch. */
export type RolledUp = Readonly<Record<Rollup, number>>;

/** A stretch of time and where its figures are read. */
export interface Source {
  readonly resolution: Resolution;
  readonly from: number;
  readonly until: number;
}

/**
 * Where each part of a stretch of time is read, oldest first: as coarsely as its buckets allow,
 * coarser where finer figures are no longer kept, and finer where coarser ones are not made yet.
 */
export function sourcesOf(
  asked: Asked,
  { keeping, rolledUp, now }: { keeping: Keeping; rolledUp: RolledUp; now: number },
): Source[] {
  const { from, until } = asked;
  const fits = resolutions.indexOf(fitting(asked));
  const sources: Source[] = [];
  let at = from;
  // What is left of the stretch, from the coarsest that still has something of it to the finest.
  for (let n = resolutions.length - 1; n >= 0 && at < until; n -= 1) {
    const resolution = resolutions[n] as Resolution;
    // A clock that was ahead may have made some of a time that is still to come.
    const made = resolution === 'samples' ? until : Math.min(rolledUp[resolution], now);
    const finer = resolutions[n - 1];
    const step = stepMs[resolution];
    // Coarser than asked for only as far back as the finer ones are gone, and by whole steps.
    const end =
      n > fits && finer ? Math.floor(Math.min(made, now - keeping[finer]) / step) * step : made;
    if (end <= at) continue;
    sources.push({ resolution, from: at, until: Math.min(end, until) });
    at = Math.min(end, until);
  }
  return sources;
}

/** The width of the buckets that answer a query: a whole number of the steps they are made of. */
export function bucketMs(query: Asked): number {
  const step = stepMs[fitting(query)];
  return Math.max(1, Math.ceil((query.until - query.from) / query.buckets / step)) * step;
}

/** The coarsest that still has a figure for each bucket. */
function fitting({ from, until, buckets }: Asked): Resolution {
  const widest = (until - from) / buckets;
  return resolutions.findLast((one) => stepMs[one] <= widest) ?? 'samples';
}
