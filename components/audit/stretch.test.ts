import { expect, it } from 'vitest';
import { inputOf, momentOf } from './stretch';

it('a moment survives its field, to the minute, in whatever zone', () => {
  const at = Date.UTC(2026, 10, 26, 9, 36);
  expect(inputOf(at)).toMatch(/^2026-11-2[567]T\d\d:\d\d$/);
  expect(momentOf(inputOf(at))).toBe(at);
});

it('what is no moment yet is none', () => {
  expect(momentOf('')).toBeNull();
  expect(momentOf('2026-11')).toBeNull();
  expect(inputOf(null)).toBe('');
});
