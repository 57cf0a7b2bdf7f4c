import type { Range, Unit } from './query';

/** A round top for the axis and its ticks: powers of two for sizes, 1-2-5 for times. */
export function axisOf(highest: number, unit: Unit): { top: number; ticks: readonly number[] } {
  const top =
    unit === 'bytes' ? sizeAbove(Math.max(highest, 1024)) : timeAbove(Math.max(highest, 1000));
  return { top, ticks: [0, top / 4, top / 2, (top * 3) / 4, top] };
}

function sizeAbove(bytes: number): number {
  return 2 ** Math.ceil(Math.log2(bytes));
}

/** Tops whose quarters read well as s, min or h. */
const times = [
  1, 2, 4, 10, 20, 40, 60, 120, 240, 480, 1200, 2400, 3600, 7200, 14_400, 28_800, 57_600, 86_400,
];

function timeAbove(ms: number): number {
  const seconds = ms / 1000;
  const found = times.find((t) => t >= seconds);
  return (found ?? 86_400 * Math.ceil(seconds / 86_400)) * 1000;
}

const steps: Record<Range, readonly [wide: number, narrow: number]> = {
  '5m': [1, 2],
  '15m': [3, 5],
  '30m': [5, 10],
  '1h': [10, 20],
};

/** Whole minutes of the reader's clock inside the window. */
export function timeTicks(
  range: Range,
  { from, to }: { readonly from: number; readonly to: number },
  narrow: boolean,
): number[] {
  const step = steps[range][narrow ? 1 : 0] * 60_000;
  const zone = new Date(to).getTimezoneOffset() * 60_000;
  const ticks: number[] = [];
  for (let at = Math.ceil((from - zone) / step) * step + zone; at <= to; at += step) ticks.push(at);
  return ticks;
}

/** Keeps labels at the ends of lines from standing on each other. Positions in, positions out. */
export function spread(wanted: readonly number[], least: number, bottom: number): number[] {
  const order = wanted.map((y, n) => ({ y, n })).sort((a, b) => a.y - b.y);
  for (let n = 1; n < order.length; n += 1) {
    const above = order[n - 1];
    const here = order[n];
    if (above && here) here.y = Math.max(here.y, above.y + least);
  }
  let limit = bottom;
  for (const here of order.toReversed()) {
    here.y = Math.min(here.y, limit);
    limit = here.y - least;
  }
  const out = [...wanted];
  for (const { y, n } of order) out[n] = y;
  return out;
}
