export const ranges = { '5m': 5, '15m': 15, '30m': 30, '1h': 60 } as const;
/** How often the chart is drawn anew: a second of an hour is a fifth of a pixel. */
export const redrawMs = { '5m': 1000, '15m': 3000, '30m': 5000, '1h': 10_000 } as const;
export type Range = keyof typeof ranges;
export type Unit = 'bytes' | 'time';
export const stages = ['sent', 'write', 'flush', 'replay'] as const;
export type Stage = (typeof stages)[number];

/** What the address says of the cluster page: which lag is drawn, and over how long. */
export interface ClusterQuery {
  readonly range: Range;
  readonly unit: Unit;
  readonly stage: Stage;
}

export function parseClusterQuery(params: URLSearchParams): ClusterQuery {
  const range = params.get('range');
  return {
    range: (Object.keys(ranges) as Range[]).find((key) => key === range) ?? '5m',
    unit: params.get('unit') === 'time' ? 'time' : 'bytes',
    stage: stages.find((stage) => stage === params.get('stage')) ?? 'replay',
  };
}

export function formatClusterQuery(query: ClusterQuery): URLSearchParams {
  const params = new URLSearchParams();
  if (query.range !== '5m') params.set('range', query.range);
  if (query.unit !== 'bytes') params.set('unit', query.unit);
  if (query.stage !== 'replay') params.set('stage', query.stage);
  return params;
}
