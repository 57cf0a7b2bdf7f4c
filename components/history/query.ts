import { type Kind, kinds } from '@/lib/history/kinds';
import type { ClusterId } from '@/lib/topology/cluster-id';

/** All that decides which events the timeline shows. */
export interface TimelineQuery {
  /** Null: every kind. */
  readonly kind: Kind | null;
  /** Null: every cluster. */
  readonly cluster: ClusterId | null;
  readonly search: string;
}

export function parseTimelineQuery(params: URLSearchParams): TimelineQuery {
  return {
    kind: kinds.find((kind) => kind === params.get('kind')) ?? null,
    cluster: params.get('cluster') || null,
    search: params.get('q') ?? '',
  };
}

export function formatTimelineQuery({ kind, cluster, search }: TimelineQuery): URLSearchParams {
  const params = new URLSearchParams();
  if (kind !== null) params.set('kind', kind);
  if (cluster !== null) params.set('cluster', cluster);
  if (search !== '') params.set('q', search);
  return params;
}
