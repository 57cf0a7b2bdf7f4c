import { expect, test } from 'vitest';
import { Rate } from './rate';

test('is counted over whole seconds that have passed', () => {
  const rate = new Rate(500);
  for (let at = 500; at < 2500; at += 100) rate.add(3, at);
  expect(rate.perSecond(2499)).toBe(30);
  expect(rate.perSecond(2500)).toBe(30);
});

test('falls to nothing five seconds after the last', () => {
  const rate = new Rate(0);
  rate.add(50, 10);
  expect(rate.perSecond(999)).toBe(0);
  expect(rate.perSecond(1000)).toBe(50);
  expect(rate.perSecond(5999)).toBe(10);
  expect(rate.perSecond(6000)).toBe(0);
});

test('a long silence leaves nothing behind', () => {
  const rate = new Rate(0);
  for (let at = 0; at < 6000; at += 10) rate.add(1, at);
  expect(rate.perSecond(3_600_000)).toBe(0);
  rate.add(5, 3_600_000);
  expect(rate.perSecond(3_601_000)).toBe(1);
});
