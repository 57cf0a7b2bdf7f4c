import { readFileSync } from 'node:fs';

export interface Counts {
  readonly passed: number;
  readonly failed: number;
}

/** Reads the JSON report of vitest or Playwright; zeros when there is none. */
export function readCounts(file: string): Counts {
  try {
    return countsOf(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return { passed: 0, failed: 0 };
  }
}

/** A flaky Playwright test passed in the end, so it counts as passed. */
export function countsOf(report: unknown): Counts {
  const { numPassedTests, numFailedTests, stats } = report as Record<string, unknown>;
  if (stats && typeof stats === 'object') {
    const { expected, unexpected, flaky } = stats as Record<string, unknown>;
    return { passed: count(expected) + count(flaky), failed: count(unexpected) };
  }
  return { passed: count(numPassedTests), failed: count(numFailedTests) };
}

const count = (value: unknown) => (typeof value === 'number' ? value : 0);
