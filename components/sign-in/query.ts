/** What the address of the way in says. */
export interface SignInQuery {
  /** Where somebody wanted to go. */
  readonly to: string | null;
  /** Why the provider's answer was not taken. */
  readonly error: string | null;
  readonly way: 'account' | 'emergency' | null;
}

export const parseSignInQuery = (params: URLSearchParams): SignInQuery => ({
  to: params.get('to'),
  error: params.get('error'),
  way: (['account', 'emergency'] as const).find((way) => way === params.get('way')) ?? null,
});

export function formatSignInQuery({ to, error, way }: SignInQuery): URLSearchParams {
  const params = new URLSearchParams();
  if (to !== null) params.set('to', to);
  if (error !== null) params.set('error', error);
  if (way !== null) params.set('way', way);
  return params;
}
