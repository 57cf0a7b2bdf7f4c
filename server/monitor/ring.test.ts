import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Ring } from './ring';

interface Entry {
  readonly seq: number;
  readonly at: number;
}

const entry = (seq: number, at = 0): Entry => ({ seq, at });
const seqs = (entries: readonly { seq: number }[]) => entries.map(({ seq }) => seq);

describe('a ring', () => {
  const ring = new Ring<Entry>(4);
  // Sequence numbers are from a counter that others use as well.
  for (const seq of [10, 20, 30, 40, 50, 60, 70]) ring.push(entry(seq));

  test('gives what is newer than the last entry somebody has', () => {
    expect(ring.since(50)).toEqual({ reset: false, entries: [entry(60), entry(70)] });
    expect(ring.since(70)).toEqual({ reset: false, entries: [] });
  });

  test('says when entries in between are gone', () => {
    expect(ring.since(10).reset).toBe(true);
    expect(ring.since(0).reset).toBe(true);
  });

  test('keeps no more than a quarter over its size, and nobody is told of a gap in vain', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 0, max: 100 }),
        (most, count) => {
          const one = new Ring<Entry>(most);
          let last = 0;
          for (let seq = 1; seq <= count; seq += 1) {
            one.push(entry(seq));
            const { reset, entries } = one.since(last);
            // Whoever follows every entry misses none.
            expect(seqs(entries)).toEqual(last === 0 ? [seq] : [seq]);
            expect(reset).toBe(last === 0);
            last = seq;
          }
          expect(one.entries.length).toBeLessThanOrEqual(Math.max(most * 1.25, 1));
          expect(one.last).toBe(count);
          for (let seq = 1; seq <= count; seq += 1) {
            const { reset, entries } = one.since(seq);
            const kept = seqs(entries);
            expect(reset || kept.length === count - seq).toBe(true);
          }
        },
      ),
    );
  });
});

test('what is older than it may be goes, however few entries there are', () => {
  const ring = new Ring<Entry>(1000, 60_000);
  for (let n = 1; n <= 200; n += 1) ring.push(entry(n, n * 5000));
  const kept = ring.entries;
  expect(kept.length).toBeLessThanOrEqual(15);
  expect(kept.at(-1)).toEqual(entry(200, 1_000_000));
  expect(kept[0]?.at).toBeGreaterThanOrEqual(1_000_000 - 75_000);
  expect(ring.since(100).reset).toBe(true);
});
