import type { LagHistory, MemberLag } from '@/lib/history/lag';
import type { ChartRow, Extent } from './lag-data';

/** Apart by more than so many times what is usual there is a gap. */
const GAP_STEPS = 3;

interface Moment {
  readonly at: number;
  readonly width: number;
}

/**
 * The rows of a chart of what is kept: for each bucket its lowest and its highest, so that no peak
 * and no dip is lost, and behind both what the bucket was. A name that nothing is known of is a gap.
 */
export function keptRows(history: LagHistory, names: readonly string[]): ChartRow[] {
  const found = names.map((name) => history.members.find(({ member }) => member === name));
  const indexes = found.map((one) => new Map(one?.at.map((at, n) => [at, n])));
  const moments = momentsOf(found.filter((one) => one !== undefined));
  const usual = usualDistance(moments);
  return moments.flatMap(({ at, width }, index): ChartRow[] => {
    const extents = found.map((one, which) => {
      const n = indexes[which]?.get(at);
      return one === undefined || n === undefined ? null : extentOf(one, n);
    });
    const before = moments[index - 1];
    const apart = before ? GAP_STEPS * Math.max(before.width, width, usual) : 0;
    const gap: ChartRow[] =
      before && at - before.at > apart
        ? [{ at: before.at + before.width, values: names.map(() => null) }]
        : [];
    const middle = at + width / 2;
    if (extents.every((one) => one === null || one.min === one.max)) {
      return [...gap, { at: middle, values: extents.map((one) => one?.max ?? null), extents }];
    }
    return [
      ...gap,
      { at: middle - width / 4, values: extents.map((one) => one?.min ?? null), extents },
      { at: middle + width / 4, values: extents.map((one) => one?.max ?? null), extents },
    ];
  });
}

/** The widths of the buckets that were read, narrowest and widest; null: there are none. */
export function widthsOf({ members }: LagHistory): readonly [number, number] | null {
  const all = new Set(members.flatMap(({ width }) => width));
  return all.size === 0 ? null : [Math.min(...all), Math.max(...all)];
}

function momentsOf(members: readonly MemberLag[]): readonly Moment[] {
  const widths = new Map<number, number>();
  for (const { at, width } of members) {
    for (const [n, moment] of at.entries()) widths.set(moment, width[n] ?? 0);
  }
  return [...widths].map(([at, width]) => ({ at, width })).sort((a, b) => a.at - b.at);
}

/** What nine of ten do not exceed: who is not looked at is sampled less often. */
function usualDistance(moments: readonly Moment[]): number {
  const distances = moments.slice(1).map(({ at }, n) => at - (moments[n]?.at ?? 0));
  return distances.sort((a, b) => a - b)[Math.floor((distances.length - 1) * 0.9)] ?? 0;
}

function extentOf({ min, max, mean }: MemberLag, n: number): Extent | null {
  const [low, high, middle] = [min[n] ?? null, max[n] ?? null, mean[n] ?? null];
  return low === null || high === null ? null : { min: low, max: high, mean: middle ?? high };
}
