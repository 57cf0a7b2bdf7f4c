import { expect, it } from 'vitest';
import { sparkPath } from './sparkline';

const box = { width: 40, height: 10, least: 10 };

it('draws up to the highest value', () => {
  expect(sparkPath([0, 20, 10], box)).toBe('M0 10L20 0L40 5');
});
it('leaves gaps open and gives a lonely point a width', () => {
  expect(sparkPath([20, null, 10, null, 20], box)).toBe('M0 0h1M20 5h1M40 0h1');
});
it('keeps jitter under the least scale flat', () => {
  expect(sparkPath([1, 0], box)).toBe('M0 9L40 10');
});
it('draws nothing of nothing', () => {
  expect(sparkPath([], box)).toBe('');
  expect(sparkPath([null, null], box)).toBe('');
});
