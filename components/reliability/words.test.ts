import { describe, expect, test } from 'vitest';
import type { ChangeWithin } from '@/lib/history/reliability';
import {
  budgetWords,
  changeCost,
  changeLoss,
  changeWords,
  doubtWords,
  lengthWords,
  lostWords,
  outageWords,
  watchedWords,
} from './words';

test.each([
  [0, '0 ms'],
  [12_340, '12.3 s'],
  [119_999, '120 s'],
  [129_000, '2.15 min'],
  [1_296_000, '21.6 min'],
  [259_200_000, '4,320 min'],
])('%s ms are said as %s', (ms, words) => expect(lengthWords(ms)).toBe(words));

describe('what is not known is said', () => {
  const counts = { planned: 0, unplanned: 2, restarts: 0 };
  test('of outages', () => {
    expect(outageWords({ ...counts, unplanned: 0, outageMs: 0, notMeasured: 0 }).sum).toBe(
      'none seen',
    );
    expect(outageWords({ ...counts, outageMs: 0, notMeasured: 2 }).sum).toBe('not measured');
    expect(outageWords({ ...counts, outageMs: 4200, notMeasured: 1 })).toEqual({
      ...{ sum: '4.2 s', note: '1 more not measured' },
    });
  });

  test('of what was lost', () => {
    expect(lostWords({ lostBytes: null, lostUnknown: 2 }).sum).toBe('not known');
    expect(lostWords({ lostBytes: null, lostUnknown: 0 }).sum).toBe('none known');
    expect(lostWords({ lostBytes: 0, lostUnknown: 1 })).toEqual({
      ...{ sum: 'none known', note: 'not known of 1' },
    });
    expect(lostWords({ lostBytes: 2048, lostUnknown: 0 }).sum).toBe('at least 2 kB');
  });

  test('of the budget', () => {
    const left = (leftMs: number | null, notMeasured = 0) =>
      budgetWords({ budget: { allowedMs: 1, leftMs }, notMeasured });
    expect(left(1_200_000)).toBe('20 min');
    expect(left(1_200_000, 1)).toBe('at most 20 min');
    expect(left(0)).toBe('none');
    expect(left(null)).toBe('unknown');
    expect(left(-180_000, 1)).toBe('over by 3 min');
  });

  test('of the time watched', () => {
    const day = 86_400_000;
    expect(watchedWords({ watchedMs: 30 * day, presentMs: 30 * day })).toBe('100 % of 30 d');
    expect(watchedWords({ watchedMs: 30 * day - 1, presentMs: 30 * day })).toBe('99.9 % of 30 d');
    expect(watchedWords({ watchedMs: 1000, presentMs: 30 * day })).toBe('under 0.1 % of 30 d');
    expect(watchedWords({ watchedMs: 0, presentMs: day })).toBe('not at all');
  });

  test('of an objective', () => {
    const figures = { watchedMs: 7_200_000, notMeasured: 2 };
    expect(doubtWords({ is: 'met' }, figures)).toBeNull();
    expect(doubtWords({ is: 'unknown', why: 'little-watched' }, figures)).toBe('only 2 h watched');
    expect(doubtWords({ is: 'unknown', why: 'not-measured' }, figures)).toBe(
      '2 outages unmeasured',
    );
  });
});

test('a change of leadership is told with what it cost', () => {
  const change = (
    part: Partial<ChangeWithin['failover']>,
    outageMs: number | null,
  ): ChangeWithin => ({
    failover: {
      ...{
        cluster: 'a',
        czxid: '1',
        kind: 'failover',
        cause: 'automatic',
        from: 'pg-a',
        to: 'pg-b',
      },
      ...{ began: 1, led: 2, outageMs: 5000, lostBytes: 0, ...part },
    },
    outageMs,
  });
  expect(changeWords(change({}, 5000))).toBe('Failover from pg-a to pg-b');
  expect(changeWords(change({ kind: 'switchover', from: null }, 5000))).toBe('Switchover to pg-b');
  expect(changeWords(change({ kind: 'restart' }, 5000))).toBe('pg-b took the leadership anew');
  expect(changeCost(change({}, 5000))).toBe('no writes for at most 5 s');
  expect(changeCost(change({}, 2000))).toBe('no writes for at most 5 s, 2 s of it in this period');
  expect(changeCost(change({ outageMs: null }, null))).toBe('outage not measured');
  expect(changeLoss(change({ lostBytes: 1 }, 5000))).toBe('at least 1 byte lost');
  expect(changeLoss(change({ lostBytes: null }, 5000))).toBe('loss not known');
  expect(changeLoss(change({ kind: 'restart', lostBytes: null }, 5000))).toBeNull();
});
