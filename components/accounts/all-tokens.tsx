'use client';

import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { whyNotDone, whyNotShown } from '@/components/account/failures';
import { TokensList } from '@/components/account/tokens-list';
import { RevokeToken } from '@/components/account/tokens-panel';
import { useTRPC } from '@/components/trpc';
import { Failed } from '@/components/ui/failed';
import { Panel } from '@/components/ui/panel';
import { Rows } from '@/components/ui/rows';
import type { ApiToken } from '@/lib/access/account';
import { selectTokens } from './words';

/** Everybody's tokens. */
export function AllTokens({ search }: { search: string }) {
  const trpc = useTRPC();
  const asked = useQuery(trpc.accounts.tokens.queryOptions(undefined, { refetchInterval: 10_000 }));
  const [doomed, setDoomed] = useState<ApiToken | null>(null);
  const revoke = useMutation(
    trpc.accounts.revokeToken.mutationOptions({
      onSuccess: () => {
        setDoomed(null);
        void asked.refetch();
      },
    }),
  );
  const shown = selectTokens(asked.data ?? [], search);
  return (
    <Panel id="all-tokens" title="API tokens of everybody">
      {asked.error && <Failed says={whyNotShown(asked.error)} again={() => void asked.refetch()} />}
      {!asked.data && !asked.error && <Rows says="Loading the tokens" count={4} />}
      {asked.data && shown.length === 0 && (
        <p className="p-4 text-muted">
          {asked.data.length === 0
            ? 'Nobody has made a token yet: everybody makes theirs on the page of their account.'
            : 'No token fits that.'}
        </p>
      )}
      {shown.length > 0 && <TokensList tokens={shown} withOwner onRevoke={setDoomed} />}
      {doomed !== null && (
        <RevokeToken
          token={doomed}
          pending={revoke.isPending}
          failure={revoke.error && whyNotDone(revoke.error)}
          onConfirm={() => revoke.mutate({ id: doomed.id })}
          onClose={() => {
            revoke.reset();
            setDoomed(null);
          }}
        />
      )}
    </Panel>
  );
}
