import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Ring } from './ring';

const seqs = (entries: readonly { seq: number }[]) => entries.map(({ seq }) => seq);

describe('a ring', () => {
  const ring = new Ring<{ seq: number }>(4);
  // Sequence numbers are from a counter that others use as well.
  for (const seq of [10, 20, 30, 40, 50, 60, 70]) ring.push({ seq });

  test('gives what is newer than the last entry somebody has', () => {
    expect(ring.since(50)).toEqual({ reset: false, entries: [{ seq: 60 }, { seq: 70 }] });
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
          const one = new Ring<{ seq: number }>(most);
          let last = 0;
          for (let seq = 1; seq <= count; seq += 1) {
            one.push({ seq });
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
