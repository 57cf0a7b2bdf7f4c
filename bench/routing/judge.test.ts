import { expect, test } from 'vitest';
import type { Read } from '@/sandbox';
import { judge, LIMIT_MS } from './judge';

const read = (openedAt: number, value: number | null): Read => ({
  ...{ openedAt, value, endedAt: openedAt + 5, connection: openedAt, member: 'reads-2' },
  ...{ ok: value !== null, error: value === null ? 'refused' : null },
});

test('what is too old counts once there was time to notice, and failures are no reads', () => {
  const old = LIMIT_MS + 1;
  const reads = [
    ...[read(900, LIMIT_MS), read(1200, old), read(2900, old)],
    ...[read(3001, old + 500), read(3100, 20), read(3200, null), read(3300, LIMIT_MS)],
  ];
  expect(judge(reads, { since: 1000, noticesMs: 2000 })).toEqual({
    ...{ judged: 3, stale: 1, lastMs: 2001, oldestMs: old + 500, failed: ['refused'] },
  });
});

test('nothing too old', () => {
  expect(judge([read(9000, 5)], { since: 1000, noticesMs: 2000 })).toMatchObject({
    ...{ judged: 1, stale: 0, lastMs: 0 },
  });
});
