import { expect, it } from 'vitest';
import { saysSignedOut } from './leave';

it('is said by an answer that says so, and by nothing else', () => {
  expect(saysSignedOut({ data: { failure: 'signed-out' } })).toBe(true);
  expect(saysSignedOut({ data: { failure: 'unavailable' } })).toBe(false);
  expect(saysSignedOut({ data: null })).toBe(false);
  expect(saysSignedOut(new TypeError('Failed to fetch'))).toBe(false);
  expect(saysSignedOut(null)).toBe(false);
});
