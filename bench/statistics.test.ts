import { expect, test } from 'vitest';
import { figure, median, percentile, rounded, spread } from './statistics';

test('a percentile is a value that was measured', () => {
  const values = [5, 1, 4, 2, 3];
  expect(percentile(values, 50)).toBe(3);
  expect(percentile(values, 95)).toBe(5);
  expect(percentile(values, 1)).toBe(1);
  expect(median([1, 2])).toBe(1);
  expect(percentile([], 50)).toBeNaN();
});

test('figures have three digits, and what was not measured is not a number', () => {
  expect(figure(0.123456)).toBe('0.123');
  expect(figure(12_345.6)).toBe('12,346');
  expect(figure(Number.NaN)).toBe('-');
  expect(rounded(Number.NaN)).toBeNull();
  expect(rounded(1.23456)).toBe(1.235);
});

test('several rounds show their extremes', () => {
  expect(spread([2, 1, 4])).toBe('2 (1-4)');
  expect(spread([2])).toBe('2');
});
