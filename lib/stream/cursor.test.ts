import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatCursor, newCursor, parseCursor } from './cursor';
import { emptyStream, reduce, SAMPLES_KEPT } from './reducer';

const at = fc.integer({ min: -1, max: 2 ** 40 });
const cursor = fc.record({
  epoch: fc.string(),
  ensembles: at,
  probing: at,
  history: at,
  fleet: at,
  clusters: fc.dictionary(
    fc.string().filter((id) => id !== '__proto__'),
    fc.record(
      { view: at, samples: at, events: at, operation: at, routing: at },
      { noNullPrototype: true },
    ),
    { noNullPrototype: true },
  ),
});

describe('a cursor', () => {
  test('comes back as it went, and has nothing that an event id can’t have', () => {
    fc.assert(
      fc.property(cursor, (one) => {
        const text = formatCursor(one);
        expect(text).not.toMatch(/[\s\0]/);
        expect(parseCursor(text, one.epoch)).toEqual(one);
      }),
    );
  });

  test('that is damaged, or of another process, is a new one', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json().map(encodeURIComponent)), (text) => {
        expect(parseCursor(text, 'an-epoch-nobody-guesses')).toEqual(
          newCursor('an-epoch-nobody-guesses'),
        );
      }),
    );
    expect(parseCursor(null, 'e')).toEqual(newCursor('e'));
    expect(parseCursor(formatCursor({ ...newCursor('old'), fleet: 9 }), 'e')).toEqual(
      newCursor('e'),
    );
  });
});

describe('the fold of the stream', () => {
  const sample = (seq: number) => ({ seq, at: seq, members: {} });
  const samples = (seqs: number[], reset = false) => ({
    type: 'samples' as const,
    id: 'a',
    reset,
    samples: seqs.map(sample),
  });
  const kept = (frames: ReturnType<typeof samples>[]) =>
    frames
      .reduce(reduce, emptyStream)
      .clusters.get('a')
      ?.samples.map(({ seq }) => seq);

  test('counts a sample that is told twice once', () =>
    expect(kept([samples([1, 2]), samples([2, 3])])).toEqual([1, 2, 3]));
  test('drops what was there at a reset', () =>
    expect(kept([samples([1, 2]), samples([9], true)])).toEqual([9]));
  test('keeps no more than an hour', () => {
    const many = Array.from({ length: SAMPLES_KEPT + 10 }, (_, i) => i);
    expect(kept([samples(many)])?.length).toBe(SAMPLES_KEPT);
    expect(kept([samples(many)])?.[0]).toBe(10);
  });
  test('tells "not told yet" from "none"', () => {
    expect(emptyStream.fleetKnown).toBe(false);
    const told = reduce(emptyStream, { type: 'fleet', full: true, changed: [], gone: [] });
    expect(told).toMatchObject({ fleetKnown: true, fleet: new Map() });
    expect(
      reduce(emptyStream, { type: 'cluster', id: 'a', view: null }).clusters.get('a')?.view,
    ).toBeNull();
  });
  test('a beat changes nothing', () =>
    expect(reduce(emptyStream, { type: 'beat', now: 1 })).toBe(emptyStream));
});
