import { expect, test } from 'vitest';
import { countsOf, readCounts } from './counts';

test('both reports are understood, and a missing one counts nothing', () => {
  expect(countsOf({ numPassedTests: 3, numFailedTests: 1 })).toEqual({ passed: 3, failed: 1 });
  expect(countsOf({ stats: { expected: 4, unexpected: 1, flaky: 1, skipped: 2 } })).toEqual({
    passed: 5,
    failed: 1,
  });
  expect(readCounts('/nowhere.json')).toEqual({ passed: 0, failed: 0 });
});
