/** What the address says: whether the policy is edited, and who is being drained. */
export interface RoutingQuery {
  readonly edit: boolean;
  /** A member's name; null: nobody. */
  readonly drain: string | null;
}

export const parseRoutingQuery = (params: URLSearchParams): RoutingQuery => ({
  edit: params.has('edit'),
  drain: params.get('drain') || null,
});

export function formatRoutingQuery({ edit, drain }: RoutingQuery): URLSearchParams {
  const params = new URLSearchParams();
  if (edit) params.set('edit', 'policy');
  if (drain !== null) params.set('drain', drain);
  return params;
}
