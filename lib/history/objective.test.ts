import { describe, expect, test } from 'vitest';
import { availabilityOf, availabilityWords, budgetOf, judge, type Measured } from './objective';

const [MINUTE, DAY] = [60_000, 86_400_000];
const month: Measured = {
  ...{ periodMs: 30 * DAY, presentMs: 30 * DAY, watchedMs: 30 * DAY },
  ...{ outageMs: 0, notMeasured: 0 },
};

describe('an objective', () => {
  test('is met up to exactly what it allows, and missed beyond', () => {
    // 0.05 % of 30 days.
    const allowed = 21.6 * MINUTE;
    expect(judge(month, 99.95)).toEqual({ is: 'met' });
    expect(judge({ ...month, outageMs: allowed }, 99.95)).toEqual({ is: 'met' });
    expect(judge({ ...month, outageMs: allowed + 1 }, 99.95)).toEqual({ is: 'missed' });
    expect(judge(month, 100)).toEqual({ is: 'met' });
    expect(judge({ ...month, outageMs: 1 }, 100)).toEqual({ is: 'missed' });
  });

  test('can not be told where an outage was not measured, unless those that were are too much', () => {
    const some = { ...month, notMeasured: 1 };
    expect(judge(some, 99.95)).toEqual({ is: 'unknown', why: 'not-measured' });
    expect(judge({ ...some, outageMs: 22 * MINUTE }, 99.95)).toEqual({ is: 'missed' });
  });

  test('can not be told where less than nine tenths, or than a day, was watched', () => {
    const little = { is: 'unknown', why: 'little-watched' };
    expect(judge({ ...month, watchedMs: 27 * DAY }, 99.95)).toEqual({ is: 'met' });
    expect(judge({ ...month, watchedMs: 27 * DAY - 1 }, 99.95)).toEqual(little);
    expect(judge({ ...month, watchedMs: 0 }, 99.95)).toEqual({ is: 'unknown', why: 'not-watched' });
    const young = { ...month, presentMs: DAY - 1, watchedMs: DAY - 1 };
    expect(judge(young, 99.95)).toEqual(little);
    expect(judge({ ...young, presentMs: DAY, watchedMs: DAY }, 99.95)).toEqual({ is: 'met' });
  });

  test('is missed by the time watched, and by more than the whole period allows however little was', () => {
    const days = { ...month, presentMs: 2 * DAY, watchedMs: 2 * DAY, outageMs: 2 * MINUTE };
    expect(judge(days, 99.95)).toEqual({ is: 'missed' });
    const hour = { ...month, presentMs: 60 * MINUTE, watchedMs: 60 * MINUTE };
    expect(judge({ ...hour, outageMs: 2 * MINUTE }, 99.95).is).toBe('unknown');
    expect(judge({ ...hour, outageMs: 22 * MINUTE }, 99.95)).toEqual({ is: 'missed' });
    expect(judge({ ...hour, outageMs: 1 }, 100)).toEqual({ is: 'missed' });
  });

  test('leaves a budget for the time in which the cluster was there', () => {
    expect(budgetOf({ ...month, outageMs: 1.6 * MINUTE }, 99.95)).toEqual({
      allowedMs: 21.6 * MINUTE,
      leftMs: 20 * MINUTE,
    });
    expect(budgetOf({ ...month, outageMs: MINUTE }, 100).leftMs).toBe(-MINUTE);
    expect(budgetOf({ ...month, notMeasured: 1 }, 99.95).leftMs).toBe(21.6 * MINUTE);
    expect(budgetOf({ ...month, watchedMs: DAY }, 99.95).leftMs).toBeNull();
  });
});

describe('availability', () => {
  test('is of the time watched, and not known of none', () => {
    expect(availabilityOf({ watchedMs: 1000, outageMs: 250 })).toBe(75);
    expect(availabilityOf({ watchedMs: 1000, outageMs: 2000 })).toBe(0);
    expect(availabilityOf({ watchedMs: 0, outageMs: 0 })).toBeNull();
  });

  test.each([
    [{ watchedMs: 0, outageMs: 0 }, 'unknown'],
    [{ watchedMs: DAY, outageMs: 0 }, '100 %'],
    // A second of a day is 0.001 %, so two digits are told.
    [{ watchedMs: DAY, outageMs: 1 }, '99.99 %'],
    [{ watchedMs: 10 * DAY, outageMs: 0.005 * DAY }, '99.95 %'],
    [{ watchedMs: 30 * DAY, outageMs: 21.6 * MINUTE }, '99.95 %'],
    [{ watchedMs: 30 * DAY, outageMs: 21.6 * MINUTE + 1 }, '99.9499 %'],
    [{ watchedMs: 365 * DAY, outageMs: 1000 }, '99.99999 %'],
    [{ watchedMs: 10 * MINUTE, outageMs: 9000 }, '98 %'],
    [{ watchedMs: 1000, outageMs: 5000 }, '0 %'],
  ])('of %j is said as %s', (measured, words) =>
    expect(availabilityWords({ ...measured, notMeasured: 0 })).toBe(words),
  );

  test('is at most what it would be without the outages that were not measured', () => {
    expect(availabilityWords({ watchedMs: DAY, outageMs: 0, notMeasured: 1 })).toBe(
      'at most 100 %',
    );
    expect(availabilityWords({ watchedMs: 0, outageMs: 0, notMeasured: 1 })).toBe('unknown');
  });
});
