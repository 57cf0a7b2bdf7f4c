import type { ClusterId } from '@/lib/topology/cluster-id';

const DAY_MS = 86_400_000;

/** The periods that are offered, up to now. The longer one is, the more it costs to ask anew. */
export const periods = {
  '7d': { label: '7 days', ms: 7 * DAY_MS, renewMs: 30_000 },
  '30d': { label: '30 days', ms: 30 * DAY_MS, renewMs: 30_000 },
  '90d': { label: '90 days', ms: 90 * DAY_MS, renewMs: 300_000 },
  '1y': { label: 'A year', ms: 365 * DAY_MS, renewMs: 300_000 },
} as const;
export type PeriodName = keyof typeof periods;
export const periodNames = Object.keys(periods) as PeriodName[];

/** What the address says of a report. */
export interface ReliabilityQuery {
  readonly period: PeriodName;
  /** Null: the fleet. */
  readonly cluster: ClusterId | null;
  /** Percent; null: none is said, so the one that was set last. */
  readonly objective: number | null;
}

export const DEFAULT_OBJECTIVE = 99.95;

/** Percent from 90 to 100, with a point or a comma; null for anything else. */
export function parseObjective(text: string | null): number | null {
  if (text === null || !/^\d{2,3}([.,]\d{1,6})?$/.test(text)) return null;
  const percent = Number(text.replace(',', '.'));
  return percent >= 90 && percent <= 100 ? percent : null;
}

export function parseReliabilityQuery(params: URLSearchParams): ReliabilityQuery {
  return {
    period: periodNames.find((name) => name === params.get('period')) ?? '30d',
    cluster: params.get('cluster') || null,
    objective: parseObjective(params.get('objective')),
  };
}

export function formatReliabilityQuery(query: ReliabilityQuery): URLSearchParams {
  const { period, cluster, objective } = query;
  const params = new URLSearchParams();
  if (period !== '30d') params.set('period', period);
  if (cluster !== null) params.set('cluster', cluster);
  if (objective !== null) params.set('objective', String(objective));
  return params;
}

/** The address of a report. */
export function reliabilityHref(query: Partial<ReliabilityQuery>): string {
  const all = { period: '30d', cluster: null, objective: null, ...query } as const;
  const params = formatReliabilityQuery(all).toString();
  return `/reliability${params === '' ? '' : `?${params}`}`;
}
