import type { LagPoint, LagSample } from '@/lib/topology/event';
import type { ClusterView } from '@/lib/topology/view';
import type { Stage, Unit } from './query';

export interface ChartRow {
  readonly at: number;
  /** One for each name asked for; null is a gap in that line. */
  readonly values: readonly (number | null)[];
  /** Where a row stands for a bucket of time: what each line was within it. */
  readonly extents?: readonly (Extent | null)[];
}

/** What a figure was within a stretch of time. */
export interface Extent {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
}

export interface ChartAsk {
  readonly names: readonly string[];
  readonly unit: Unit;
  readonly stage: Stage;
  readonly from: number;
  readonly to: number;
  /** The most rows worth drawing. */
  readonly most: number;
}

/** Longer than this without any sample is a gap, not a straight line across it. */
const GAP_MS = 5_000;

/** A stretch of time already squeezed: the samples it was made of, and its two rows. */
interface Stretch {
  readonly first: number;
  readonly last: number;
  readonly rows: readonly [ChartRow, ChartRow];
}

/**
 * The rows of the chart: every sample while they are few, else the lowest and the highest of each
 * stretch of time, in the order in which they came, so that no peak and no dip is lost. Stretches
 * lie on a fixed grid: as the window slides, what is already drawn keeps its form, and only the
 * stretch that has got a sample since is looked at again.
 */
export class LagRows {
  #asked = '';
  #stretches = new Map<number, Stretch>();

  of(samples: readonly LagSample[], ask: ChartAsk): ChartRow[] {
    const span = ask.to - ask.from;
    // Two rows a stretch, and one stretch that the window's edge cuts.
    const width = span / (Math.floor(ask.most / 2) - 1);
    const low = firstFrom(samples, ask.from);
    const high = firstFrom(samples, ask.to + 1);
    // Short of the limit: else a window that holds about as many would change its form each second.
    const few = high - low <= ask.most * 0.9;
    const rows = few
      ? samples.slice(low, high).map((sample) => ({ at: sample.at, values: figures(sample, ask) }))
      : this.#squeeze(samples, ask, { width, high });
    return withGaps(rows, Math.max(GAP_MS, (span / ask.most) * 3));
  }

  #squeeze(
    samples: readonly LagSample[],
    ask: ChartAsk,
    { width, high }: { readonly width: number; readonly high: number },
  ): ChartRow[] {
    const asked = JSON.stringify([ask.names, ask.unit, ask.stage, width]);
    const kept = asked === this.#asked ? this.#stretches : new Map<number, Stretch>();
    const stretches = new Map<number, Stretch>();
    const rows: ChartRow[] = [];
    let at = firstFrom(samples, Math.floor(ask.from / width) * width);
    while (at < high) {
      const slot = Math.floor((samples[at]?.at ?? 0) / width);
      const end = Math.min(high, firstFrom(samples, (slot + 1) * width, at));
      const first = samples[at]?.seq ?? 0;
      const last = samples[end - 1]?.seq ?? 0;
      let stretch = kept.get(slot);
      if (stretch?.first !== first || stretch.last !== last) {
        const [low, top] = extremes(samples, ask, { at, end });
        const rows = [
          { at: (slot + 0.25) * width, values: low },
          { at: (slot + 0.75) * width, values: top },
        ] as const;
        stretch = { first, last, rows };
      }
      stretches.set(slot, stretch);
      rows.push(...stretch.rows);
      at = Math.max(end, at + 1);
    }
    this.#asked = asked;
    this.#stretches = stretches;
    return rows;
  }
}

/** The first sample at or after a moment. Samples are in order of time. */
function firstFrom(samples: readonly LagSample[], moment: number, above = 0): number {
  let low = above;
  let high = samples.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((samples[middle]?.at ?? 0) < moment) low = middle + 1;
    else high = middle;
  }
  return low;
}

type Which = Pick<ChartAsk, 'names' | 'unit' | 'stage'>;

function figures({ members }: LagSample, { names, unit, stage }: Which): (number | null)[] {
  return names.map((name) => {
    const point: LagPoint | undefined = members[name];
    if (point === undefined) return null;
    return unit === 'time' ? point.ms : point[stage];
  });
}

type Values = readonly (number | null)[];

/**
 * Lowest and highest of each line in the order in which they came. What is mostly unknown is
 * unknown.
 */
function extremes(
  samples: readonly LagSample[],
  ask: Which,
  { at, end }: { readonly at: number; readonly end: number },
): readonly [Values, Values] {
  const lines = ask.names.map(() => ({ low: 0, high: 0, lowFirst: true, known: 0 }));
  for (let n = at; n < end; n += 1) {
    const sample = samples[n];
    if (sample === undefined) continue;
    figures(sample, ask).forEach((value, which) => {
      const line = lines[which];
      if (value === null || line === undefined) return;
      if (line.known === 0 || value < line.low) {
        line.low = value;
        line.lowFirst = false;
      }
      if (line.known === 0 || value > line.high) {
        line.high = value;
        line.lowFirst = true;
      }
      line.known += 1;
    });
  }
  const known = lines.map((line) => line.known * 2 >= end - at && line.known > 0);
  return [
    lines.map((line, n) => (known[n] ? (line.lowFirst ? line.low : line.high) : null)),
    lines.map((line, n) => (known[n] ? (line.lowFirst ? line.high : line.low) : null)),
  ];
}

/** Breaks the lines wherever two rows are further apart than `longest`, milliseconds. */
export function withGaps(rows: readonly ChartRow[], longest: number): ChartRow[] {
  const out: ChartRow[] = [];
  for (const row of rows) {
    const last = out.at(-1);
    if (last && row.at - last.at > longest) {
      out.push({ at: last.at + 1, values: row.values.map(() => null) });
    }
    out.push(row);
  }
  return out;
}

export interface Choice {
  readonly names: readonly string[];
  readonly rows: readonly ChartRow[];
  /** How many more there are, none of them higher than those chosen. */
  readonly left: number;
}

/** At most `most` lines: those that rise highest in these rows. */
export function chooseSeries(
  rows: readonly ChartRow[],
  names: readonly string[],
  most: number,
): Choice {
  if (names.length <= most) return { names, rows, left: 0 };
  const peaks = names.map(() => -1);
  for (const { values } of rows) {
    values.forEach((value, n) => {
      peaks[n] = Math.max(peaks[n] ?? -1, value ?? -1);
    });
  }
  const chosen = names
    .map((_, n) => n)
    .sort((a, b) => (peaks[b] ?? 0) - (peaks[a] ?? 0))
    .slice(0, most)
    .sort((a, b) => a - b);
  return {
    names: chosen.map((n) => names[n] ?? ''),
    rows: rows.map(({ at, values, extents }) => ({
      at,
      values: chosen.map((n) => values[n] ?? null),
      ...(extents ? { extents: chosen.map((n) => extents[n] ?? null) } : {}),
    })),
    left: names.length - most,
  };
}

/** The lag at which Patroni no longer fails over to a member; null where none is known, or drawn. */
export function failoverLimit({ config }: ClusterView, unit: Unit): number | null {
  return unit === 'bytes' && config.is === 'ok' ? config.value.maximumLagOnFailover : null;
}
