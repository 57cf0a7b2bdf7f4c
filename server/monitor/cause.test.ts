import { expect, test } from 'vitest';
import type { EventCode } from '@/lib/topology/event';
import { causeNow, causeOf } from './cause';

const of = (code: EventCode, moving: boolean, zxid: string | null = null) =>
  causeOf(
    { code, written: zxid === null ? null : { at: 1, zxid } },
    causeNow(moving, 900, 1000),
    (one) => one === 'aa',
  );

test('what somebody changes in ZooKeeper is Howdah’s while it does it, and else somebody’s', () => {
  expect(of('leader-changed', true)).toBe('howdah');
  expect(of('request-set', true)).toBe('howdah');
  expect(of('request-set', false)).toBe('request');
  expect(of('request-cleared', false)).toBe('request');
  expect(of('config-changed', false, 'bb')).toBe('request');
  expect(of('config-changed', true, 'bb')).toBe('request');
  expect(of('config-changed', false, 'aa')).toBe('howdah');
  expect(of('mode-changed', false, 'aa')).toBe('howdah');
  expect(of('member-joined', true)).toBeNull();
});

test('a leadership that moves without a request is nobody’s doing', () => {
  expect(causeNow(false, null, 1000)).toBe('automatic');
  expect(causeNow(false, 1000, 62_000)).toBe('automatic');
  expect(causeNow(false, 1000, 2000)).toBe('request');
});
