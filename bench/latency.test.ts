import { expect, test } from 'vitest';
import { latencies } from './latency';

const changes = [
  { name: 'a', at: 1 },
  { name: 'b', at: 2 },
  { name: 'a', at: 3 },
];

test('each change is timed from when it was made to when it was seen', () => {
  const seen = [
    { name: 'a', at: 1.01 },
    { name: 'b', at: 2.02 },
    { name: 'a', at: 3.03 },
  ];
  expect(latencies(changes, seen).map(Math.round)).toEqual([10, 20, 30]);
});

test('a change that was passed over counts as seen with the next', () => {
  const seen = [
    { name: 'a', at: 1.01 },
    { name: 'a', at: 3.03 },
  ];
  expect(latencies(changes, seen).map(Math.round)).toEqual([10, 1030, 30]);
});

test('a change that was never seen is not left out', () => {
  expect(latencies(changes, [{ name: 'a', at: 1.01 }])).toEqual([
    expect.closeTo(10),
    Infinity,
    Infinity,
  ]);
});
