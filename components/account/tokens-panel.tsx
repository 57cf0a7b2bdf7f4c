'use client';

import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTRPC } from '@/components/trpc';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { Failed } from '@/components/ui/failed';
import { Panel } from '@/components/ui/panel';
import { Rows } from '@/components/ui/rows';
import type { ApiToken } from '@/lib/access/account';
import { whyNotDone, whyNotShown } from './failures';
import { MakeToken } from './make-token';
import { TokensList } from './tokens-list';
import type { Me } from './use-account';

/** One's own tokens, for scripts. */
export function TokensPanel({ me }: { me: Me }) {
  const trpc = useTRPC();
  const asked = useQuery(trpc.account.tokens.queryOptions(undefined, { refetchInterval: 15_000 }));
  const [making, setMaking] = useState(false);
  const [doomed, setDoomed] = useState<ApiToken | null>(null);
  const revoke = useMutation(
    trpc.account.revokeToken.mutationOptions({
      onSuccess: () => {
        setDoomed(null);
        void asked.refetch();
      },
    }),
  );
  const none = me.grants.length === 0;
  return (
    <Panel
      id="tokens"
      title="API tokens"
      aside={
        !none && (
          <Button size="sm" onClick={() => setMaking(true)}>
            Make a token
          </Button>
        )
      }
    >
      {asked.error && <Failed says={whyNotShown(asked.error)} again={() => void asked.refetch()} />}
      {!asked.data && !asked.error && <Rows says="Loading your tokens" count={2} />}
      {asked.data?.length === 0 && (
        <p className="p-4 text-muted">
          {none
            ? 'A token may do what you may: you have no role yet.'
            : 'You have no token. Make one for a script: it may do no more than you, on less if you like, and until a day you set.'}
        </p>
      )}
      {asked.data && asked.data.length > 0 && (
        <TokensList tokens={asked.data} withOwner={false} onRevoke={setDoomed} />
      )}
      {making && (
        <MakeToken me={me} onMade={() => void asked.refetch()} onClose={() => setMaking(false)} />
      )}
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

export function RevokeToken({
  token,
  ...rest
}: {
  token: ApiToken;
  pending: boolean;
  failure: string | null;
  onConfirm: () => void;
  onClose: () => void;
}) {
  return (
    <ConfirmDialog title={`Revoke ${token.name}`} verb={`Revoke ${token.name}`} {...rest}>
      <p>
        Whatever uses it is refused within seconds, for good: a revoked token can’t be restored.
      </p>
    </ConfirmDialog>
  );
}
