import { clockMinute, clockTime, shortDay } from '@/components/stream/moment';
import type { Unit } from './query';

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

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000] as const;
/** Steps that read well: of the clock up to half a day, then whole days. */
const steps = [
  ...[1000, 2000, 5000, 10_000, 15_000, 30_000],
  ...[MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE],
  ...[HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR],
  ...[DAY, 2 * DAY, 5 * DAY, 7 * DAY, 15 * DAY, 30 * DAY, 60 * DAY],
];

/** Round moments of the reader's clock inside the window: whole minutes, hours or midnights. */
export function timeTicks(
  { from, to }: { readonly from: number; readonly to: number },
  narrow: boolean,
): number[] {
  const most = narrow ? 3 : 7;
  const step =
    steps.find((one) => (to - from) / one <= most) ??
    Math.ceil((to - from) / most / (60 * DAY)) * 60 * DAY;
  const ticks: number[] = [];
  // The zone's offset of each tick: within months a clock is changed.
  const zone = (at: number) => new Date(at).getTimezoneOffset() * MINUTE;
  for (let local = Math.ceil((from - zone(from)) / step) * step; ; local += step) {
    const at = local + zone(local + zone(from));
    if (!(at <= to)) return ticks;
    // Where a clock is put forward an hour is missing, and one moment would have two ticks.
    if (at >= from && at !== ticks.at(-1)) ticks.push(at);
  }
}

/** What a tick is called: the time while a window is hours wide, else the date. */
export const tickWords = ({ from, to }: { from: number; to: number }): ((at: number) => string) => {
  const span = to - from;
  if (span < 5 * MINUTE) return clockTime;
  return span <= 2 * DAY ? clockMinute : shortDay;
};

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

/** Where within a chart its plot is, pixels: for what is laid over it. */
export const plot = { height: 240, top: 20, bottom: 24 } as const;
export function plotSides(narrow: boolean): { readonly left: number; readonly right: number } {
  return narrow ? { left: 60, right: 8 } : { left: 72, right: 136 };
}
