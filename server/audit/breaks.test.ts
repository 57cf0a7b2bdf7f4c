import { expect, test } from 'vitest';
import type { Break } from '@/lib/audit/breaks';
import { FakeClock } from '../fake-clock';
import { StandingBreaks } from './breaks';

test('a break that the store tells of is an alarm from the start on, until it is acknowledged', async () => {
  const clock = new FakeClock();
  let breaks: readonly Break[] = [{ key: 'row 5', says: 'Row 9 was gone.' }];
  let changes = 0;
  const standing = new StandingBreaks({
    ...{ clock, chain: { writable: true, breaks: async () => breaks } },
    onState: () => {
      changes += 1;
    },
    onError: (error) => {
      throw error;
    },
  });
  standing.renew();
  await clock.pass(0);
  expect(standing.trouble).toEqual([
    {
      severity: 'alarm',
      says: 'The audit was found broken. Row 9 was gone. What is known of that: howdah audit verify.',
    },
  ]);
  await clock.pass(60_000);
  expect(changes).toBe(1);
  breaks = [];
  await clock.pass(60_000);
  expect([standing.trouble, changes]).toEqual([[], 2]);
  standing.close();
});
