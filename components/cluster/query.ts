import { type OperationKind, operationKinds } from '@/lib/operations/kinds';

/** How far back a chart goes that is drawn from what the stream has told, in minutes. */
export const liveRanges = { '5m': 5, '15m': 15, '30m': 30, '1h': 60 } as const;
export type LiveRange = keyof typeof liveRanges;
/** And one that is drawn from what is kept. */
export const keptRanges = {
  '6h': 360,
  '1d': 1440,
  '7d': 10_080,
  '30d': 43_200,
  '90d': 129_600,
  '1y': 525_600,
} as const;
export type KeptRange = keyof typeof keptRanges;

/** How often the chart is drawn anew: a second of an hour is a fifth of a pixel. */
export const redrawMs = { '5m': 1000, '15m': 3000, '30m': 5000, '1h': 10_000 } as const;
export type Range = LiveRange | KeptRange;
export const ranges = [...Object.keys(liveRanges), ...Object.keys(keptRanges)] as Range[];
export const isLive = (range: Range): range is LiveRange => range in liveRanges;

export type Unit = 'bytes' | 'time';
export const stages = ['sent', 'write', 'flush', 'replay'] as const;
export type Stage = (typeof stages)[number];

/** A stretch of the past, milliseconds since the epoch. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** What the address says of the cluster page: which lag is drawn, and over how long. */
export interface ClusterQuery {
  readonly range: Range;
  /** A stretch that stands still, whatever the range; null: up to now. */
  readonly past: Stretch | null;
  readonly unit: Unit;
  readonly stage: Stage;
  /** The operation that is being decided on, and for whom; null: none. */
  readonly op: OperationKind | null;
  readonly member: string | null;
}

/** A configuration is decided on where it is edited. */
const decidable = operationKinds.filter((kind) => kind !== 'configuration');

/** Shorter ones have nothing to show: a sample is taken once a second. */
const SHORTEST_MS = 10_000;
/** Longer ones neither: so long lag is kept by default, and a bit. */
const LONGEST_MS = 800 * 86_400_000;

/** The stretch itself, or the one nearest to it of which something can be shown. */
export function showable({ from, to }: Stretch, now: number): Stretch {
  const end = Math.min(to, now);
  const span = Math.max(SHORTEST_MS, Math.min(LONGEST_MS, end - from));
  const begin = Math.max(0, Math.round(Math.min(from, end - span)));
  return { from: Math.max(begin, Math.round(end - LONGEST_MS)), to: Math.round(end) };
}

export function parseClusterQuery(params: URLSearchParams): ClusterQuery {
  const [from, to] = [params.get('from'), params.get('to')].map((text) => Date.parse(text ?? ''));
  const past =
    from !== undefined &&
    to !== undefined &&
    from >= 0 &&
    to - from >= SHORTEST_MS &&
    to - from <= LONGEST_MS;
  return {
    range: ranges.find((key) => key === params.get('range')) ?? '5m',
    past: past ? { from, to } : null,
    unit: params.get('unit') === 'time' ? 'time' : 'bytes',
    stage: stages.find((stage) => stage === params.get('stage')) ?? 'replay',
    op: decidable.find((kind) => kind === params.get('op')) ?? null,
    // Longer than any name is none.
    member: params.get('member')?.slice(0, 256) || null,
  };
}

export function formatClusterQuery(query: ClusterQuery): URLSearchParams {
  const params = new URLSearchParams();
  if (query.range !== '5m') params.set('range', query.range);
  if (query.past !== null) {
    params.set('from', inSeconds(query.past.from));
    params.set('to', inSeconds(query.past.to));
  }
  if (query.unit !== 'bytes') params.set('unit', query.unit);
  if (query.stage !== 'replay') params.set('stage', query.stage);
  if (query.op !== null) params.set('op', query.op);
  if (query.op !== null && query.member !== null) params.set('member', query.member);
  return params;
}

/** "2026-11-24T14:03:12Z": as one reads it, and as it is read back. */
const inSeconds = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`;
