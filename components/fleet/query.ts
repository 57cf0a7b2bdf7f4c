import type { Health } from '@/lib/topology/view';

export const sortKeys = [
  'health',
  'name',
  'leader',
  'members',
  'lag',
  'timeline',
  'mode',
  'changed',
] as const;

export type SortKey = (typeof sortKeys)[number];
export type Direction = 'asc' | 'desc';

/** All that decides which rows the fleet page shows, and in which order. */
export interface FleetQuery {
  readonly search: string;
  /** Null: every state. */
  readonly state: Health | null;
  readonly sort: SortKey;
  readonly direction: Direction;
}

const states: readonly Health[] = ['critical', 'attention', 'unknown', 'good'];

/** Where the interesting end of each column is. */
export const firstDirection: Record<SortKey, Direction> = {
  health: 'desc',
  name: 'asc',
  leader: 'asc',
  members: 'desc',
  lag: 'desc',
  timeline: 'desc',
  mode: 'asc',
  changed: 'desc',
};

/** Whatever the address says; a word that means nothing is taken for the default. */
export function parseFleetQuery(params: URLSearchParams): FleetQuery {
  const sort = sortKeys.find((key) => key === params.get('sort')) ?? 'health';
  const direction = params.get('dir');
  return {
    search: params.get('q') ?? '',
    state: states.find((state) => state === params.get('state')) ?? null,
    sort,
    direction: direction === 'asc' || direction === 'desc' ? direction : firstDirection[sort],
  };
}

export function formatFleetQuery(query: FleetQuery): URLSearchParams {
  const params = new URLSearchParams();
  if (query.search !== '') params.set('q', query.search);
  if (query.state !== null) params.set('state', query.state);
  if (query.sort !== 'health') params.set('sort', query.sort);
  if (query.direction !== firstDirection[query.sort]) params.set('dir', query.direction);
  return params;
}
