import { expect, test } from 'vitest';
import {
  formatReliabilityQuery,
  parseObjective,
  parseReliabilityQuery,
  reliabilityHref,
} from './query';

test.each([
  ['99.95', 99.95],
  ['99,9', 99.9],
  ['90', 90],
  ['100', 100],
  ['100.01', null],
  ['89.9', null],
  ['1e2', null],
  ['', null],
  [null, null],
])('an objective of %j is %s', (text, percent) => expect(parseObjective(text)).toBe(percent));

test('an address survives being read and written, and what it does not say is the usual', () => {
  const query = { period: '1y', cluster: 'main~.2Fservice~orders', objective: 99.9 } as const;
  expect(parseReliabilityQuery(formatReliabilityQuery(query))).toEqual(query);
  expect(parseReliabilityQuery(new URLSearchParams('period=2y&objective=nine'))).toEqual({
    ...{ period: '30d', cluster: null, objective: null },
  });
  expect(reliabilityHref({})).toBe('/reliability');
  expect(reliabilityHref({ cluster: 'a', period: '7d' })).toBe('/reliability?period=7d&cluster=a');
});
