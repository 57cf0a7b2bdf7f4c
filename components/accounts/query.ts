/** What of everybody's accounts is shown. */
export interface AccountsQuery {
  readonly view: 'accounts' | 'tokens';
  readonly search: string;
  /** The account that is looked at; null: none. */
  readonly account: string | null;
}

export const parseAccountsQuery = (params: URLSearchParams): AccountsQuery => ({
  view: params.get('view') === 'tokens' ? 'tokens' : 'accounts',
  search: params.get('q') ?? '',
  account: params.get('account') || null,
});

export function formatAccountsQuery({ view, search, account }: AccountsQuery): URLSearchParams {
  const params = new URLSearchParams();
  if (view !== 'accounts') params.set('view', view);
  if (search !== '') params.set('q', search);
  if (account !== null) params.set('account', account);
  return params;
}
