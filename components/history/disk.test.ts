import { expect, test } from 'vitest';
import { diskSays, isOverBudget } from './disk';

const GB = 2 ** 30;

test('what history takes is said as far as it is known', () => {
  const disk = { bytes: 1.2 * GB, bytesPerDay: 34 * 2 ** 20, budgetBytes: 10 * GB };
  expect(diskSays(disk)).toBe(
    'History takes 1.2 GB, grows by 34 MB a day before the old goes, budget 10 GB.',
  );
  expect(diskSays({ ...disk, bytesPerDay: null, budgetBytes: null })).toBe('History takes 1.2 GB.');
});

test('what is over its budget is told from what has none', () => {
  const disk = { bytes: GB + 1, bytesPerDay: null };
  expect(isOverBudget({ ...disk, budgetBytes: GB })).toBe(true);
  expect(isOverBudget({ ...disk, budgetBytes: 2 * GB })).toBe(false);
  expect(isOverBudget({ ...disk, budgetBytes: null })).toBe(false);
});
