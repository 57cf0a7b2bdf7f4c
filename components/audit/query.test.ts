import { describe, expect, it } from 'vitest';
import {
  type AuditPageQuery,
  everything,
  exportHref,
  filterOf,
  formatAuditQuery,
  isNarrowed,
  parseAuditQuery,
} from './query';

const whole: AuditPageQuery = {
  ...{ period: null, from: Date.UTC(2026, 10, 1), until: Date.UTC(2026, 10, 2), result: 'open' },
  ...{ cluster: 'main~.2Fservice~orders', action: 'switchover', person: 'ann', by: 'howdah' },
  ...{ search: 'maintenance', item: 'act 12' },
};
const all: AuditPageQuery = { ...everything, item: null };

describe('the address of the audit', () => {
  it('says all that is shown, and nothing where that is everything', () => {
    expect(parseAuditQuery(formatAuditQuery(whole))).toEqual(whole);
    expect(formatAuditQuery(all).toString()).toBe('');
    expect(parseAuditQuery(new URLSearchParams())).toEqual(all);
  });

  it('is taken for everything where it says what there is not', () => {
    const wrong = 'period=ever&from=yesterday&action=nothing&result=fine&by=me';
    expect(parseAuditQuery(new URLSearchParams(wrong))).toEqual(all);
  });

  it('narrows nothing by saying which item is looked at', () => {
    expect(isNarrowed({ ...all, item: 'act 12' })).toBe(false);
    expect(isNarrowed({ ...all, search: 'x' })).toBe(true);
  });
});

describe('what the server is asked for', () => {
  it('is the same by the page and by the export', () => {
    expect(filterOf(whole, 0)).toEqual({
      ...{ from: whole.from, until: whole.until, cluster: whole.cluster },
      ...{ actions: ['switchover'], actor: 'ann', results: ['open'], by: 'howdah' },
      search: 'maintenance',
    });
    const href = new URL(exportHref(whole, 0, 'csv'), 'http://howdah');
    expect(Object.fromEntries(href.searchParams)).toMatchObject({
      ...{ format: 'csv', actions: 'switchover', actor: 'ann', from: String(whole.from) },
    });
  });

  it('counts a period from now, and forgets other bounds for it', () => {
    const day = filterOf({ ...whole, period: 'day' }, Date.UTC(2026, 10, 20));
    expect(day.from).toBe(Date.UTC(2026, 10, 19));
    expect('until' in day).toBe(false);
  });

  it('is everything where nothing is said', () => {
    expect(filterOf(all, 1)).toEqual({});
    expect(exportHref(all, 1, 'jsonl')).toBe('/api/audit/export?format=jsonl');
  });
});
