import { type AuditAction, type AuditResult, auditActions, auditResults } from '@/lib/audit/entry';
import type { ClusterId } from '@/lib/topology/cluster-id';

const HOUR_MS = 3_600_000;

/** The stretches that are offered, up to now. */
export const periods = {
  hour: { label: 'The last hour', ms: HOUR_MS },
  day: { label: 'The last 24 hours', ms: 24 * HOUR_MS },
  week: { label: 'The last 7 days', ms: 7 * 24 * HOUR_MS },
  month: { label: 'The last 30 days', ms: 30 * 24 * HOUR_MS },
} as const;
export type PeriodName = keyof typeof periods;

export const bys = ['everyone', 'howdah', 'others'] as const;
export type By = (typeof bys)[number];
export const results = [...auditResults, 'open'] as const;
export type Result = AuditResult | 'open';

/** All that decides what of the audit is shown. Null narrows nothing. */
export interface AuditPageQuery {
  readonly period: PeriodName | null;
  /** Milliseconds since the epoch; said instead of a period. */
  readonly from: number | null;
  readonly until: number | null;
  readonly cluster: ClusterId | null;
  readonly action: AuditAction | null;
  readonly person: string;
  readonly result: Result | null;
  readonly by: By;
  readonly search: string;
  /** The item that is looked at whole, by its key; null: none. */
  readonly item: string | null;
}

/** What each filter shows, and changes. */
export interface Narrowing {
  readonly query: AuditPageQuery;
  readonly setQuery: (part: Partial<AuditPageQuery>) => void;
}

export const everything: Omit<AuditPageQuery, 'item'> = {
  ...{ period: null, from: null, until: null, cluster: null, action: null },
  ...{ person: '', result: null, by: 'everyone', search: '' },
};

/** The end of the year 9999, as far as the server reads. */
const LATEST_MS = 253_402_300_799_999;

const momentIn = (text: string | null): number | null => {
  const at = Date.parse(text ?? '');
  return at >= 0 && at <= LATEST_MS ? at : null;
};

export function parseAuditQuery(params: URLSearchParams): AuditPageQuery {
  const one = <T extends string>(name: string, of: readonly T[]): T | null =>
    of.find((item) => item === params.get(name)) ?? null;
  return {
    period: one('period', Object.keys(periods) as PeriodName[]),
    from: momentIn(params.get('from')),
    until: momentIn(params.get('until')),
    cluster: params.get('cluster') || null,
    action: one('action', Object.keys(auditActions) as AuditAction[]),
    person: params.get('person') ?? '',
    result: one('result', results),
    by: one('by', bys) ?? 'everyone',
    search: params.get('q') ?? '',
    item: params.get('item') || null,
  };
}

export function formatAuditQuery(query: AuditPageQuery): URLSearchParams {
  const { period, from, until, cluster, action, person, result, by, search, item } = query;
  const params = new URLSearchParams();
  if (period !== null) params.set('period', period);
  if (from !== null) params.set('from', new Date(from).toISOString());
  if (until !== null) params.set('until', new Date(until).toISOString());
  if (cluster !== null) params.set('cluster', cluster);
  if (action !== null) params.set('action', action);
  if (person !== '') params.set('person', person);
  if (result !== null) params.set('result', result);
  if (by !== 'everyone') params.set('by', by);
  if (search !== '') params.set('q', search);
  if (item !== null) params.set('item', item);
  return params;
}

/** Whether not everything is shown. */
export const isNarrowed = (query: AuditPageQuery): boolean =>
  formatAuditQuery({ ...query, item: null }).size > 0;

/** What the server is asked for. `now`: what periods are counted from. */
export function filterOf(query: AuditPageQuery, now: number) {
  const { period, cluster, action, result, by } = query;
  const from = period === null ? query.from : now - periods[period].ms;
  const until = period === null ? query.until : null;
  const [person, search] = [query.person.trim(), query.search.trim()];
  return {
    ...(from === null ? {} : { from }),
    ...(until === null ? {} : { until }),
    ...(cluster === null ? {} : { cluster }),
    ...(action === null ? {} : { actions: [action] }),
    ...(person === '' ? {} : { actor: person }),
    ...(result === null ? {} : { results: [result] }),
    ...(by === 'everyone' ? {} : { by }),
    ...(search === '' ? {} : { search }),
  };
}

/** Where all that is shown, and what is older of it, can be had as a file. */
export function exportHref(query: AuditPageQuery, now: number, format: 'csv' | 'jsonl'): string {
  const params = new URLSearchParams({ format });
  for (const [name, value] of Object.entries(filterOf(query, now))) {
    params.set(name, String(value));
  }
  return `/api/audit/export?${params}`;
}
