/** How much of the past is in sight at once, milliseconds. */
export const spans = {
  '10m': 600_000,
  '1h': 3_600_000,
  '6h': 21_600_000,
  '1d': 86_400_000,
} as const;
export type SpanName = keyof typeof spans;
export const spanNames = Object.keys(spans) as SpanName[];

export const speeds = [1, 10, 60] as const;
export type Speed = (typeof speeds)[number];

/** What the address says of a moment of the past. */
export interface PastQuery {
  /** Milliseconds since the epoch; null: none is said. */
  readonly at: number | null;
  readonly span: SpanName;
  readonly speed: Speed;
}

/** The end of the year 9999, as far as the server reads. */
const LATEST_MS = 253_402_300_799_999;

export function parsePastQuery(params: URLSearchParams): PastQuery {
  const at = Date.parse(params.get('at') ?? '');
  return {
    at: at >= 0 && at <= LATEST_MS ? at : null,
    span: spanNames.find((name) => name === params.get('span')) ?? '10m',
    speed: speeds.find((speed) => String(speed) === params.get('speed')) ?? 1,
  };
}

export function formatPastQuery({ at, span, speed }: PastQuery): URLSearchParams {
  const params = new URLSearchParams();
  if (at !== null) params.set('at', new Date(at).toISOString());
  if (span !== '10m') params.set('span', span);
  if (speed !== 1) params.set('speed', String(speed));
  return params;
}

/** The address of a cluster at a moment. */
export function pastHref(cluster: string, at: number): string {
  return `/cluster/${cluster}/past?${formatPastQuery({ at, span: '10m', speed: 1 })}`;
}

/**
 * What is in sight: it stands still while the moment is within, so that the eye can rest. Whoever
 * plays on past its end sees what comes next; whoever jumps, what lies around.
 */
export function stretchAround(
  at: number,
  { span, before, playing }: { span: number; before: number | null; playing: boolean },
): number {
  if (before !== null && at >= before && at < before + span) return before;
  return Math.max(0, Math.round(playing ? at : at - span / 2));
}
