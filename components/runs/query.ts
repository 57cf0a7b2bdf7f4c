import type { ClusterId } from '@/lib/topology/cluster-id';
import { type RunKind, runKinds } from './words';

/** All that decides which runs of a cluster are listed. */
export interface RunsPageQuery {
  /** Null: every kind. */
  readonly kind: RunKind | null;
}

export function parseRunsQuery(params: URLSearchParams): RunsPageQuery {
  return { kind: runKinds.find((kind) => kind === params.get('kind')) ?? null };
}

export function formatRunsQuery({ kind }: RunsPageQuery): URLSearchParams {
  const params = new URLSearchParams();
  if (kind !== null) params.set('kind', kind);
  return params;
}

export const runsHref = (cluster: ClusterId): string => `/cluster/${cluster}/runs`;

/** The address of a run. */
export const runHref = (cluster: ClusterId, run: string): string =>
  `/cluster/${cluster}/runs/${encodeURIComponent(run)}`;

/** The run that an address names; what can't be read is no run's. */
export function runOfPath(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
