import { expect, test } from 'vitest';
import type { EventCode } from '@/lib/topology/event';
import { causeNow, causeOf } from './cause';

const of = (code: EventCode, operation: string | null, zxid: string | null = null) =>
  causeOf(
    { code, written: zxid === null ? null : { at: 1, zxid } },
    causeNow(operation, 900, 1000),
    (one) => one === 'aa',
  );

test('what somebody changes in ZooKeeper is Howdah’s while it does it, and else somebody’s', () => {
  expect(of('leader-changed', 'A switchover')).toBe('howdah');
  expect(of('request-set', 'A switchover')).toBe('howdah');
  expect(of('request-set', null)).toBe('request');
  expect(of('request-cleared', null)).toBe('request');
  expect(of('config-changed', null, 'bb')).toBe('request');
  expect(of('config-changed', 'A switchover', 'bb')).toBe('request');
  expect(of('config-changed', null, 'aa')).toBe('howdah');
  expect(of('mode-changed', null, 'aa')).toBe('howdah');
  expect(of('member-joined', 'A switchover')).toBeNull();
});

test('a leadership that moves without a request is nobody’s doing', () => {
  expect(causeNow(null, null, 1000)).toBe('automatic');
  expect(causeNow(null, 1000, 62_000)).toBe('automatic');
  expect(causeNow(null, 1000, 2000)).toBe('request');
});
