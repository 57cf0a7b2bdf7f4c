import type { LagHistory, MemberLag } from '@/lib/history/lag';
import { type ChartRow, type Extent, withGaps } from './lag-data';

/** Apart by more than so many times what is usual there is a gap. */
const GAP_STEPS = 3;

/**
 * The rows of a chart of what is kept: for each bucket its lowest and its highest, so that no peak
 * and no dip is lost, and behind both what the bucket was. A name that nothing is known of is a gap.
 */
export function keptRows(history: LagHistory, names: readonly string[]): ChartRow[] {
  const found = names.map((name) => history.members.find(({ member }) => member === name));
  const indexes = found.map((one) => new Map(one?.at.map((at, n) => [at, n])));
  const moments = [...new Set(found.flatMap((one) => one?.at ?? []))].sort((a, b) => a - b);
  const apart = median(moments.slice(1).map((at, n) => at - (moments[n] ?? 0)));
  const rows = moments.flatMap((at) => {
    const extents = found.map((one, which) => {
      const n = indexes[which]?.get(at);
      return one === undefined || n === undefined ? null : extentOf(one, n);
    });
    const plain = extents.every((one) => one === null || one.min === one.max);
    const middle = at + history.stepMs / 2;
    if (plain) return [{ at: middle, values: extents.map((one) => one?.max ?? null), extents }];
    const quarter = history.stepMs / 4;
    return [
      { at: middle - quarter, values: extents.map((one) => one?.min ?? null), extents },
      { at: middle + quarter, values: extents.map((one) => one?.max ?? null), extents },
    ];
  });
  return withGaps(rows, GAP_STEPS * Math.max(history.stepMs, apart));
}

function extentOf({ min, max, mean }: MemberLag, n: number): Extent | null {
  const [low, high, middle] = [min[n] ?? null, max[n] ?? null, mean[n] ?? null];
  return low === null || high === null ? null : { min: low, max: high, mean: middle ?? high };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}
