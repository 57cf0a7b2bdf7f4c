'use client';

import { useQuery } from '@tanstack/react-query';
import { UserPlus } from 'lucide-react';
import { useCallback, useDeferredValue, useEffect, useRef, useState } from 'react';
import { whyNotShown } from '@/components/account/failures';
import { Known } from '@/components/account/known';
import { useMay } from '@/components/account/use-account';
import { useShortcut } from '@/components/shell/shortcuts';
import { useTRPC } from '@/components/trpc';
import { Button } from '@/components/ui/button';
import { Failed } from '@/components/ui/failed';
import { Forbidden } from '@/components/ui/forbidden';
import { Panel } from '@/components/ui/panel';
import { Rows } from '@/components/ui/rows';
import { SearchField } from '@/components/ui/search-field';
import { Segmented } from '@/components/ui/segmented';
import { useMedia } from '@/components/ui/use-media';
import { useQueryState } from '@/components/ui/use-query-state';
import { onEverything, refusal } from '@/lib/access/who';
import { AccountDialog } from './account-dialog';
import { AccountCards, AccountsTable } from './accounts-table';
import { AddAccount } from './add-account';
import { AllTokens } from './all-tokens';
import { formatAccountsQuery, parseAccountsQuery } from './query';
import { selectAccounts } from './words';

/** Everybody's accounts, for who looks after them. */
export function AccountsPage() {
  return (
    <Known says="Loading the accounts">
      {(me) => {
        const refused = refusal(onEverything('admin'), me);
        return refused === null ? (
          <Accounts own={me.account} />
        ) : (
          <Forbidden title="Accounts are looked after by others" says={refused.says} />
        );
      }}
    </Known>
  );
}

function Accounts({ own }: { own: string | null }) {
  const trpc = useTRPC();
  const [query, setQuery] = useQueryState(parseAccountsQuery, formatAccountsQuery);
  const search = useDeferredValue(query.search);
  const [adding, setAdding] = useState(false);
  // While accounts can't be asked, nothing of them can be changed.
  const mayNot = useMay(onEverything('admin'));
  const asked = useQuery(trpc.accounts.list.queryOptions(undefined, { refetchInterval: 10_000 }));
  const room = useMedia('(min-width: 48rem)');
  const field = useRef<HTMLInputElement>(null);
  useShortcut(
    '/',
    useCallback(() => field.current?.select(), []),
  );
  const renew = (): void => void asked.refetch();
  const accounts = asked.data;
  const shown = selectAccounts(accounts ?? [], search);
  const opened = accounts?.find(({ id }) => id === query.account) ?? null;
  // What was looked at may have been removed by somebody else.
  const gone = accounts !== undefined && query.account !== null && opened === null;
  useEffect(() => {
    if (gone) setQuery({ account: null });
  }, [gone, setQuery]);
  const List = room ? AccountsTable : AccountCards;
  return (
    <div className="flex flex-col gap-3 p-3 sm:p-4">
      <h1 className="sr-only">Accounts</h1>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <SearchField
          ref={field}
          aria-label="Search accounts and tokens"
          placeholder="Name, address or role"
          value={query.search}
          onChange={(event) => setQuery({ search: event.target.value })}
        />
        <Segmented
          label="What is shown"
          value={query.view}
          choices={[
            { value: 'accounts', label: 'Accounts' },
            { value: 'tokens', label: 'API tokens' },
          ]}
          onChange={(view) => setQuery({ view })}
        />
        <Button
          className="ml-auto"
          aria-disabled={mayNot !== null}
          title={mayNot ?? undefined}
          {...(mayNot === null ? {} : { 'aria-description': mayNot })}
          onClick={() => {
            if (mayNot === null) setAdding(true);
          }}
        >
          <UserPlus className="size-4" aria-hidden />
          Add an account
        </Button>
      </div>
      {query.view === 'tokens' && <AllTokens search={search} />}
      {query.view === 'accounts' && (
        <Panel
          id="accounts"
          title="Accounts"
          aside={accounts && <Count of={accounts.length} shown={shown.length} />}
        >
          {asked.error && <Failed says={whyNotShown(asked.error)} again={renew} />}
          {!accounts && !asked.error && <Rows says="Loading the accounts" count={6} />}
          {accounts && shown.length === 0 && (
            <div className="flex flex-col items-start gap-3 p-4 text-muted">
              <p>{accounts.length === 0 ? 'There is no account yet.' : 'No account fits that.'}</p>
              {search !== '' && (
                <Button size="sm" onClick={() => setQuery({ search: '' })}>
                  Show all
                </Button>
              )}
            </div>
          )}
          {shown.length > 0 && (
            <List accounts={shown} own={own} onOpen={({ id }) => setQuery({ account: id })} />
          )}
        </Panel>
      )}
      {opened !== null && (
        <AccountDialog
          key={opened.id}
          account={opened}
          isOwn={opened.id === own}
          onChanged={renew}
          onClose={() => setQuery({ account: null })}
        />
      )}
      {adding && <AddAccount onAdded={renew} onClose={() => setAdding(false)} />}
    </div>
  );
}

function Count({ of, shown }: { of: number; shown: number }) {
  return (
    <p className="text-sm text-muted" aria-live="polite">
      {shown === of ? of.toLocaleString() : `${shown} of ${of}`}
    </p>
  );
}
