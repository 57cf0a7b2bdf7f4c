import type { ChartRow } from './lag-data';

/** Where a value lies on an axis, in pixels. */
export type Position = (value: number) => number | undefined;

/** The `d` of each line, straight from point to point, broken where a value is unknown. */
export function pathsOf(
  rows: readonly ChartRow[],
  lines: number,
  { x, y }: { readonly x: Position; readonly y: Position },
): string[] {
  const parts: string[] = Array.from({ length: lines }, () => '');
  const down: boolean[] = Array.from({ length: lines }, () => false);
  rows.forEach(({ at, values }, row) => {
    const px = tenth(x(at));
    for (let n = 0; n < lines; n += 1) {
      const value = values[n] ?? null;
      if (value !== null) {
        parts[n] += `${down[n] ? 'L' : 'M'}${px} ${tenth(y(value))}`;
        // A point between two gaps would be invisible: give it a width.
        if (!down[n] && (rows[row + 1]?.values[n] ?? null) === null) parts[n] += 'h1';
      }
      down[n] = value !== null;
    }
  });
  return parts;
}

const tenth = (pixels: number | undefined): number => Math.round((pixels ?? 0) * 10) / 10;
