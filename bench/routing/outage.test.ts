import { expect, test } from 'vitest';
import type { Beat } from '@/sandbox';
import { longestGap } from './outage';

const beat = (endedAt: number, ok = true): Beat => ({
  ...{ begunAt: endedAt - 5, endedAt, ok, error: ok ? null : 'refused' },
});

test('an outage ends when anybody has written, and one from before is another', () => {
  const one = [beat(100), beat(1100), beat(1300, false), beat(2600)];
  const other = [beat(1150), beat(1500, false), beat(2450), beat(2500)];
  expect(longestGap([...one, ...other], 1120)).toBe(1300);
});
