import { type Kind, kinds } from '@/lib/history/kinds';
import type { ClusterId } from '@/lib/topology/cluster-id';
import { type Cause, causes } from '@/lib/topology/event';

/** All that decides which events the timeline shows. */
export interface TimelineQuery {
  /** Null: every kind. */
  readonly kind: Kind | null;
  /** Null: every cluster. */
  readonly cluster: ClusterId | null;
  /** Null: every member, and what is about none. */
  readonly member: string | null;
  /** Null: whatever the cause, or none. */
  readonly cause: Cause | null;
  readonly search: string;
}

export function parseTimelineQuery(params: URLSearchParams): TimelineQuery {
  return {
    kind: kinds.find((kind) => kind === params.get('kind')) ?? null,
    cluster: params.get('cluster') || null,
    member: params.get('member') || null,
    cause: causes.find((cause) => cause === params.get('cause')) ?? null,
    search: params.get('q') ?? '',
  };
}

export function formatTimelineQuery(query: TimelineQuery): URLSearchParams {
  const { kind, cluster, member, cause, search } = query;
  const params = new URLSearchParams();
  if (kind !== null) params.set('kind', kind);
  if (cluster !== null) params.set('cluster', cluster);
  if (member !== null) params.set('member', member);
  if (cause !== null) params.set('cause', cause);
  if (search !== '') params.set('q', search);
  return params;
}
