import { describe, expect, test } from 'vitest';
import { backoff, MOST_BACKOFF_MS, nextOnGrid, phaseOf, ranks } from './probe-timing';

describe('phases', () => {
  test.each([3, 10, 100, 3000])('of %i members leave no gap of three times the even one', (n) => {
    const phases = Array.from({ length: n }, (_, i) => phaseOf(i)).sort((a, b) => a - b);
    const gaps = phases.map((phase, i) => (phases[i + 1] ?? (phases[0] ?? 0) + 1) - phase);
    expect(Math.max(...gaps)).toBeLessThan(3 / n);
    expect(Math.min(...gaps)).toBeGreaterThan(1 / 3 / n);
  });

  test('of the members of some clusters only are spread as well', () => {
    // Every seventh cluster of three.
    const some = Array.from({ length: 3000 }, (_, i) => i).filter(
      (i) => Math.floor(i / 3) % 7 === 0,
    );
    const bins = new Array<number>(20).fill(0);
    for (const i of some) {
      const bin = Math.floor(phaseOf(i) * bins.length);
      bins[bin] = (bins[bin] ?? 0) + 1;
    }
    expect(Math.max(...bins)).toBeLessThan(2 * Math.min(...bins));
  });
});

test('the next moment of a phase is never before what was asked for, and less than an interval after', () => {
  for (const [from, interval, phase] of [
    [1_000_000, 5000, 0.3],
    [1_000_001.5, 250, 0],
    [999_999, 1000, 0.999],
  ] as const) {
    const at = nextOnGrid(from, interval, phase);
    expect(at).toBeGreaterThanOrEqual(from);
    expect(at).toBeLessThan(from + interval);
    expect(nextOnGrid(at + 1, interval, phase) - at).toBeCloseTo(interval, 3);
  }
});

describe('who fails', () => {
  const idle = { interval: 5000, rank: ranks.idle };

  test('is asked more and more rarely, up to a bound, and never in step with others', () => {
    expect(backoff(1, idle, 0.5)).toBe(5000);
    expect(backoff(2, { interval: 1000, rank: ranks.attended }, 0.5)).toBe(1000);
    expect(backoff(3, { interval: 1000, rank: ranks.attended }, 0.5)).toBe(8000);
    expect(backoff(40, idle, 0.5)).toBe(MOST_BACKOFF_MS);
    expect(backoff(3, idle, 0)).toBeLessThan(backoff(3, idle, 0.9));
  });

  test('is asked on at full pace while it is operated on', () => {
    expect(backoff(40, { interval: 250, rank: ranks.urgent }, 0.9)).toBe(250);
  });

  test('is not asked more often than others where the interval is long', () => {
    expect(backoff(9, { interval: 60_000, rank: ranks.idle }, 0.5)).toBe(60_000);
  });
});
