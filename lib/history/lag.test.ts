import { describe, expect, test } from 'vitest';
import { bucketMs, type LagQuery, type RolledUp, sourcesOf } from './lag';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const keeping = { samples: DAY, '10s': 7 * DAY, '1m': 90 * DAY, '1h': 730 * DAY };
const now = 1000 * DAY;
/** Made up to the hour, and by the hour up to the day. */
const rolledUp: RolledUp = { '10s': now - HOUR, '1m': now - HOUR, '1h': now - DAY };
const sources = (ask: Pick<LagQuery, 'from' | 'until' | 'buckets'>) =>
  sourcesOf(ask, { keeping, rolledUp, now }).map(({ resolution, from, until }) => [
    resolution,
    (from - now) / HOUR,
    (until - now) / HOUR,
  ]);

describe('lag is read', () => {
  test('as it was sampled where every second can be seen', () => {
    expect(sources({ from: now - HOUR, until: now, buckets: 1000 })).toEqual([['samples', -1, 0]]);
  });

  test('from the coarsest figures that the buckets allow, and finer where those are not made yet', () => {
    expect(sources({ from: now - 24 * HOUR, until: now, buckets: 1000 })).toEqual([
      ['1m', -24, -1],
      ['samples', -1, 0],
    ]);
    expect(sources({ from: now - 720 * HOUR, until: now, buckets: 300 })).toEqual([
      ['1h', -720, -24],
      ['1m', -24, -1],
      ['samples', -1, 0],
    ]);
  });

  test('from coarser figures where finer ones are no longer kept', () => {
    expect(sources({ from: now - 200 * HOUR, until: now - 100 * HOUR, buckets: 36_000 })).toEqual([
      ['1m', -200, -168],
      ['10s', -168, -100],
    ]);
    expect(sources({ from: now - 100 * 24 * HOUR, until: now - 2400, buckets: 9e9 })[0]).toEqual([
      '1h',
      -2400,
      -2160,
    ]);
  });

  test('each moment from one place, and no moment from none', () => {
    for (const days of [0.01, 1, 8, 100, 365]) {
      for (const buckets of [10, 300, 5000]) {
        const ask = { from: now - days * DAY, until: now, buckets };
        const found = sourcesOf(ask, { keeping, rolledUp, now });
        expect(found[0]?.from).toBe(ask.from);
        expect(found.at(-1)?.until).toBe(ask.until);
        for (const [n, { from }] of found.entries()) {
          if (n > 0) expect(from).toBe(found[n - 1]?.until);
        }
      }
    }
  });
});

test('a bucket is a whole number of the steps it is made of', () => {
  const over = (ms: number, buckets: number) =>
    bucketMs({ from: now - ms, until: now, buckets }) / 1000;
  expect(over(HOUR, 1000)).toBe(4);
  expect(over(DAY, 700)).toBe(180);
  expect(over(365 * DAY, 700)).toBe(13 * 3600);
});
