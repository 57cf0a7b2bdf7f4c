import type { LagPoint, LagSample } from '@/lib/topology/event';
import type { Stage, Unit } from './query';

export interface ChartRow {
  readonly at: number;
  /** One for each name asked for; null is a gap in that line. */
  readonly values: readonly (number | null)[];
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

/**
 * The rows of the chart: every sample while they are few, else the lowest and the highest of each
 * stretch of time, in the order in which they came, so that no peak and no dip is lost. Stretches
 * lie on a fixed grid: as the window slides, what is already drawn keeps its form.
 */
export function chartRows(samples: readonly LagSample[], ask: ChartAsk): ChartRow[] {
  const inside = window(samples, ask.from, ask.to);
  const rows =
    inside.length <= ask.most
      ? inside.map((sample) => ({ at: sample.at, values: ask.names.map(figureOf(sample, ask)) }))
      : squeeze(inside, ask);
  return withGaps(rows, Math.max(GAP_MS, ((ask.to - ask.from) / ask.most) * 3));
}

/** Samples are in order of time: what is outside is never looked at. */
function window(samples: readonly LagSample[], from: number, to: number): readonly LagSample[] {
  let low = 0;
  let high = samples.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((samples[middle]?.at ?? 0) < from) low = middle + 1;
    else high = middle;
  }
  const inside = samples.slice(low);
  const end = inside.findIndex((sample) => sample.at > to);
  return end < 0 ? inside : inside.slice(0, end);
}

function figureOf(sample: LagSample, ask: Pick<ChartAsk, 'unit' | 'stage'>) {
  return (name: string): number | null => {
    const point: LagPoint | undefined = sample.members[name];
    if (point === undefined) return null;
    return ask.unit === 'time' ? point.ms : point[ask.stage];
  };
}

function squeeze(samples: readonly LagSample[], ask: ChartAsk): ChartRow[] {
  const width = (ask.to - ask.from) / Math.floor(ask.most / 2);
  const rows: ChartRow[] = [];
  let at = 0;
  while (at < samples.length) {
    const slot = Math.floor((samples[at]?.at ?? 0) / width);
    const start = at;
    while (at < samples.length && Math.floor((samples[at]?.at ?? 0) / width) === slot) at += 1;
    const ends = ask.names.map((name) =>
      extremes(samples.slice(start, at), (s) => figureOf(s, ask)(name)),
    );
    rows.push(
      { at: (slot + 0.25) * width, values: ends.map(([first]) => first) },
      { at: (slot + 0.75) * width, values: ends.map(([, second]) => second) },
    );
  }
  return rows;
}

/** Lowest and highest in the order in which they came. A stretch mostly unknown is unknown. */
function extremes(
  samples: readonly LagSample[],
  value: (sample: LagSample) => number | null,
): readonly [number | null, number | null] {
  let low: number | null = null;
  let high: number | null = null;
  let lowFirst = true;
  let known = 0;
  for (const sample of samples) {
    const v = value(sample);
    if (v === null) continue;
    known += 1;
    if (low === null || v < low) {
      low = v;
      lowFirst = false;
    }
    if (high === null || v > high) {
      high = v;
      lowFirst = true;
    }
  }
  if (known * 2 < samples.length) return [null, null];
  return lowFirst ? [low, high] : [high, low];
}

function withGaps(rows: readonly ChartRow[], longest: number): ChartRow[] {
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
  /** How many more there are, none of them higher than those chosen. */
  readonly left: number;
}

/** At most `most` lines: those that rose highest in the window. */
export function chooseSeries(
  samples: readonly LagSample[],
  ask: Omit<ChartAsk, 'most'>,
  most: number,
): Choice {
  if (ask.names.length <= most) return { names: ask.names, left: 0 };
  const peaks = new Map(ask.names.map((name) => [name, -1]));
  for (const sample of window(samples, ask.from, ask.to)) {
    const value = figureOf(sample, ask);
    for (const name of ask.names) {
      peaks.set(name, Math.max(peaks.get(name) ?? -1, value(name) ?? -1));
    }
  }
  const chosen = new Set(
    [...ask.names].sort((a, b) => (peaks.get(b) ?? 0) - (peaks.get(a) ?? 0)).slice(0, most),
  );
  return {
    names: ask.names.filter((name) => chosen.has(name)),
    left: ask.names.length - chosen.size,
  };
}
