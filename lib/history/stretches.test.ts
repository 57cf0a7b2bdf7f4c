import { expect, test } from 'vitest';
import { lengthWithin, united, without } from './stretches';

const all = (...pairs: [number, number][]) => pairs.map(([from, until]) => ({ from, until }));

test('stretches that touch or overlap are one, in whatever order they come', () => {
  expect(united(all([30, 40], [0, 10], [5, 20], [20, 22]))).toEqual(all([0, 22], [30, 40]));
  expect(united(all([0, 50], [10, 20]))).toEqual(all([0, 50]));
});

test('holes are cut out, at an end, in the middle and over several', () => {
  expect(without(all([0, 10], [20, 30]), all([8, 22], [25, 26]))).toEqual(
    all([0, 8], [22, 25], [26, 30]),
  );
  expect(without(all([0, 10]), all([0, 10]))).toEqual([]);
});

test('what lies within a stretch is counted to its ends', () => {
  expect(lengthWithin(all([0, 10], [20, 30]), { from: 5, until: 21 })).toBe(6);
  expect(lengthWithin(all([0, 10]), { from: 10, until: 20 })).toBe(0);
});
