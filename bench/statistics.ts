/** The value below which so many percent of the values lie (nearest rank); NaN of none. */
export function percentile(values: readonly number[], percent: number): number {
  if (values.length === 0) return Number.NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const rank = Math.ceil((percent / 100) * sorted.length);
  return sorted[Math.min(sorted.length, Math.max(1, rank)) - 1] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => percentile(values, 50);

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** "1.2 (1.1-1.4)": the median of the rounds and their extremes. */
export function spread(values: readonly number[]): string {
  if (values.length < 2) return figure(values[0] ?? Number.NaN);
  return `${figure(median(values))} (${figure(Math.min(...values))}-${figure(Math.max(...values))})`;
}

/** Three significant digits. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return '-';
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en');
  return String(Number(value.toPrecision(3)));
}

/** For JSON: three decimals, null for what could not be measured. */
export function rounded(value: number): number | null {
  return Number.isFinite(value) ? Math.round(value * 1000) / 1000 : null;
}
