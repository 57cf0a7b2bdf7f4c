/**
 * A trend as the `d` of an SVG path, gaps left open. Scaled to its own highest value, and never
 * finer than `least`: a few bytes of jitter are not a mountain range.
 */
export function sparkPath(
  values: readonly (number | null)[],
  box: { readonly width: number; readonly height: number; readonly least: number },
): string {
  let top = box.least;
  for (const value of values) if (value !== null && value > top) top = value;
  const step = values.length > 1 ? box.width / (values.length - 1) : 0;
  let path = '';
  let pen = false;
  values.forEach((value, n) => {
    if (value === null) {
      pen = false;
      return;
    }
    const x = round(n * step);
    const y = round(box.height - (value / top) * box.height);
    path += `${pen ? 'L' : 'M'}${x} ${y}`;
    // A point between two gaps would be invisible: give it a width.
    if (!pen && (values[n + 1] ?? null) === null) path += 'h1';
    pen = true;
  });
  return path;
}

const round = (n: number): number => Math.round(n * 10) / 10;
