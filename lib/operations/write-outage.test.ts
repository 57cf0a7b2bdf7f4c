import { describe, expect, test } from 'vitest';
import { beginWriteLog, tried, type WriteAttempt, writeFigures } from './write-outage';

type Line = readonly [member: string, is: WriteAttempt['is'], sentAt: number, endedAt: number];

function after(...lines: readonly Line[]) {
  const log = lines.reduce((before, [member, is, sentAt, endedAt]) => {
    const times = { sentAt, endedAt };
    const attempt: WriteAttempt =
      is === 'committed'
        ? { is, ...times }
        : is === 'refused'
          ? { is, ...times, says: 'no', hopeless: false }
          : { is, ...times, says: 'perhaps' };
    return tried(before, member, attempt);
  }, beginWriteLog(0));
  return writeFigures(log);
}

describe('for how long nobody could write', () => {
  test('is nothing while one goes on accepting, whatever the standbys say', () => {
    expect(
      after(
        ['a', 'committed', 0, 5],
        ['b', 'refused', 0, 6],
        ['b', 'refused', 100, 101],
        ['a', 'committed', 100, 106],
      ),
    ).toMatchObject({
      ...{ attempts: 4, succeeded: 2, since: null, outages: [], longestMs: null },
      lastOk: { member: 'a', at: 106 },
    });
  });

  test('is from the last that was confirmed to the first that is again', () => {
    const lines: Line[] = [
      ['a', 'committed', 0, 5],
      ['a', 'refused', 100, 102],
      ['b', 'refused', 100, 103],
    ];
    expect(after(...lines)).toMatchObject({ since: 5, outages: [] });
    expect(after(...lines, ['b', 'committed', 2100, 2110], ['a', 'refused', 2150, 2151])).toEqual({
      ...{ attempts: 5, succeeded: 2, unsure: 0, since: null, longestMs: 2105, forgotten: 0 },
      lastOk: { member: 'b', at: 2110 },
      outages: [{ from: 'a', to: 'b', startedAt: 5, endedAt: 2110, atMostMs: 2110, unsure: 0 }],
      ...{ twoWriters: null, blind: [] },
    });
  });

  test('counts what may have been committed as told to nobody', () => {
    const { outages, unsure, since } = after(
      ['a', 'committed', 0, 5],
      ['a', 'unsure', 100, 1100],
      ['a', 'unsure', 2100, 3100],
      ['a', 'committed', 3200, 3210],
    );
    expect(outages).toEqual([
      { from: 'a', to: 'a', startedAt: 5, endedAt: 3210, atMostMs: 3210, unsure: 2 },
    ]);
    expect([unsure, since]).toEqual([2, null]);
  });

  test('that had begun before the first attempt is not said to be bounded', () => {
    expect(after(['b', 'refused', 0, 5])).toMatchObject({ since: null, lastOk: null });
    const first: Line[] = [
      ['b', 'refused', 0, 5],
      ['b', 'unsure', 100, 1100],
    ];
    expect(after(...first)).toMatchObject({ since: 0, lastOk: null });
    const { outages, longestMs } = after(...first, ['b', 'committed', 1900, 1910]);
    expect(outages).toMatchObject([{ from: null, to: 'b', startedAt: 0, atMostMs: null }]);
    // Nor is how long it was: only one whose beginning was seen is measured.
    expect(longestMs).toBeNull();
    const next = after(...first, ['b', 'committed', 1900, 1910], ['c', 'committed', 3100, 3110]);
    expect([next.outages.length, next.longestMs]).toEqual([2, 1200]);
    // A standby that had refused by then is no outage.
    expect(after(['b', 'refused', 0, 2], ['a', 'committed', 0, 9]).outages).toEqual([]);
  });

  test('is a hand-over also where no attempt failed in between', () => {
    const { outages } = after(['a', 'committed', 0, 5], ['b', 'committed', 50, 60]);
    expect(outages).toMatchObject([{ from: 'a', to: 'b', startedAt: 5, endedAt: 60 }]);
  });
});

describe('two that accept writes', () => {
  test('are told as such, and no hand-over between them is', () => {
    const { twoWriters, outages, longestMs, since } = after(
      ['a', 'committed', 0, 5],
      ['b', 'committed', 50, 55],
      ['a', 'committed', 100, 105],
      ['b', 'committed', 150, 155],
      ['a', 'refused', 200, 205],
    );
    expect(twoWriters).toEqual({ members: ['a', 'b'], startedAt: 55, endedAt: 155, commits: 3 });
    expect([outages, longestMs, since]).toEqual([[], null, null]);
  });

  test('are no two where one is back long after, or was sent before the other', () => {
    const later = after(
      ['a', 'committed', 0, 5],
      ['b', 'committed', 2000, 2005],
      ['a', 'committed', 4000, 4005],
    );
    expect(later.twoWriters).toBeNull();
    expect(later.outages).toHaveLength(2);
    const late = after(
      ['a', 'committed', 0, 5],
      ['b', 'committed', 700, 710],
      ['a', 'committed', 100, 900],
    );
    expect(late.twoWriters).toBeNull();
  });
});

test('where nothing can succeed is named until it does', () => {
  const hopeless = { is: 'refused', sentAt: 0, endedAt: 1, says: 'no password', hopeless: true };
  const log = tried(beginWriteLog(0), 'a', hopeless as WriteAttempt);
  expect(writeFigures(log).blind).toEqual([{ member: 'a', says: 'no password' }]);
  const better = tried(log, 'a', { is: 'committed', sentAt: 2, endedAt: 3 });
  expect(writeFigures(better).blind).toEqual([]);
});

test('of a storm of outages the newest are kept, and the longest is known', () => {
  const lines = Array.from({ length: 100 }, (_, n): Line[] => [
    ['a', 'committed', n * 5000, n * 5000 + 10],
    ['a', 'refused', n * 5000 + 100, n * 5000 + 110],
  ]).flat();
  const { outages, forgotten, longestMs } = after(...lines);
  expect([outages.length, forgotten, longestMs]).toEqual([50, 49, 5000]);
});
