import { expect, test } from 'vitest';
import { formatPastQuery, parsePastQuery, pastHref, stretchAround } from './query';

const HOUR = 3_600_000;

test('a moment of the past is an address, and is read back as it was', () => {
  const query = { at: Date.UTC(2026, 10, 26, 3, 12, 7, 123), span: '1h', speed: 60 } as const;
  expect(parsePastQuery(formatPastQuery(query))).toEqual(query);
  expect(pastHref('main~x~orders', query.at)).toBe(
    '/cluster/main~x~orders/past?at=2026-11-26T03%3A12%3A07.123Z',
  );
});

test('an address that makes no sense shows what is shown without one', () => {
  const nonsense = new URLSearchParams('at=yesterday&span=9y&speed=7');
  expect(parsePastQuery(nonsense)).toEqual({ at: null, span: '10m', speed: 1 });
  expect(parsePastQuery(new URLSearchParams('at=-000001-01-01T00:00:00Z')).at).toBeNull();
});

test('what is in sight stands still while the moment is within it', () => {
  const at = 100 * HOUR;
  const from = stretchAround(at, { span: HOUR, before: null, playing: false });
  expect(from).toBe(at - HOUR / 2);
  const same = (moment: number, playing: boolean) =>
    stretchAround(moment, { span: HOUR, before: from, playing });
  expect(same(from, false)).toBe(from);
  expect(same(from + HOUR - 1, true)).toBe(from);
  // Played past its end, what comes next; jumped to, what lies around.
  expect(same(from + HOUR, true)).toBe(from + HOUR);
  expect(same(at - 2 * HOUR, false)).toBe(at - 2.5 * HOUR);
});
