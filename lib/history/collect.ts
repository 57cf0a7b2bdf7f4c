import { type Figure, figures, type MemberFigures, type MemberLag } from './lag';

/** One bucket of one member, as it was read from one place. */
export interface Bucket {
  readonly member: string;
  readonly at: number;
  readonly width: number;
  readonly samples: number;
  readonly min: number | null;
  readonly max: number | null;
  readonly mean: number | null;
  readonly last: number | null;
}

/**
 * Buckets by member and in order of time, each moment once: where two places join, one bucket may
 * have been read in two parts. Those of one place come in order; places come oldest first.
 */
export function collect(buckets: readonly Bucket[]): MemberLag[] {
  const members = new Map<string, Bucket[]>();
  for (const bucket of buckets) {
    const mine = members.get(bucket.member) ?? [];
    members.set(bucket.member, mine);
    const before = mine.at(-1);
    if (before?.at === bucket.at) mine[mine.length - 1] = joined(before, bucket);
    else mine.push(bucket);
  }
  return [...members]
    .map(([member, mine]) => ({
      member,
      at: mine.map(({ at }) => at),
      width: mine.map(({ width }) => width),
      samples: mine.map(({ samples }) => samples),
      min: mine.map(({ min }) => min),
      max: mine.map(({ max }) => max),
      mean: mine.map(({ mean }) => mean),
      last: mine.map(({ last }) => last),
    }))
    .sort((a, b) => a.member.localeCompare(b.member, 'en', { numeric: true }));
}

function joined(a: Bucket, b: Bucket): Bucket {
  return {
    member: a.member,
    at: a.at,
    width: Math.max(a.width, b.width),
    samples: a.samples + b.samples,
    min: either(a.min, b.min, Math.min),
    max: either(a.max, b.max, Math.max),
    mean: either(a.mean, b.mean, (x, y) =>
      Math.round((x * a.samples + y * b.samples) / (a.samples + b.samples)),
    ),
    last: b.last ?? a.last,
  };
}

function either(
  a: number | null,
  b: number | null,
  both: (a: number, b: number) => number,
): number | null {
  return a === null || b === null ? (a ?? b) : both(a, b);
}

/** The highest of each figure of one member in one bucket. */
export interface Highest {
  readonly member: string;
  readonly at: number;
  readonly width: number;
  readonly figures: Readonly<Record<Figure, number | null>>;
}

/** The same by member, each moment once. Those of one place come in order; places oldest first. */
export function byMember(highest: readonly Highest[]): MemberFigures[] {
  const members = new Map<string, Highest[]>();
  for (const one of highest) {
    const mine = members.get(one.member) ?? [];
    members.set(one.member, mine);
    const before = mine.at(-1);
    if (before?.at !== one.at) mine.push(one);
    else mine[mine.length - 1] = higher(before, one);
  }
  return [...members].map(([member, mine]) => ({
    member,
    at: mine.map(({ at }) => at),
    width: mine.map(({ width }) => width),
    figures: byFigure((figure) => mine.map((one) => one.figures[figure])),
  }));
}

const byFigure = <T>(of: (figure: Figure) => T): Record<Figure, T> =>
  Object.fromEntries(figures.map((figure) => [figure, of(figure)])) as Record<Figure, T>;

function higher(a: Highest, b: Highest): Highest {
  return {
    ...b,
    width: Math.max(a.width, b.width),
    figures: byFigure((figure) => either(a.figures[figure], b.figures[figure], Math.max)),
  };
}
