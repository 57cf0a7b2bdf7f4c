'use client';

import { useMutation, useQuery } from '@tanstack/react-query';
import { whyNotDone, whyNotShown } from '@/components/account/failures';
import { SessionsList } from '@/components/account/sessions-list';
import { useAccount } from '@/components/account/use-account';
import { useTRPC } from '@/components/trpc';
import { Button } from '@/components/ui/button';
import { Failed } from '@/components/ui/failed';
import { Notice } from '@/components/ui/notice';
import { Rows } from '@/components/ui/rows';
import type { AboutAccount } from './account-dialog';

/** Where somebody is signed in; each can be ended, or all at once. */
export function TheirSessions({ account, onChanged }: AboutAccount) {
  const trpc = useTRPC();
  const own = useAccount()?.session ?? null;
  const asked = useQuery(
    trpc.accounts.sessions.queryOptions({ id: account.id }, { refetchInterval: 10_000 }),
  );
  const end = useMutation(
    trpc.accounts.endSessions.mutationOptions({
      onSuccess: () => {
        void asked.refetch();
        onChanged();
      },
    }),
  );
  const sessions = asked.data;
  const ending = end.isPending ? (end.variables.session ?? 'all') : null;
  return (
    <section aria-labelledby="sessions-title" className="border-t border-line pb-1">
      <div className="flex items-center justify-between gap-3 px-4 pt-4 pb-2">
        <h3 id="sessions-title" className="font-semibold">
          Signed in
        </h3>
        {sessions && sessions.length > 0 && sessions.every(({ id }) => id !== own) && (
          <Button
            size="sm"
            aria-disabled={end.isPending}
            onClick={() => {
              if (!end.isPending) end.mutate({ id: account.id });
            }}
          >
            {ending === 'all' ? 'Ending …' : 'End all'}
          </Button>
        )}
      </div>
      {asked.error && <Failed says={whyNotShown(asked.error)} again={() => void asked.refetch()} />}
      {end.error && (
        <Notice state="critical" alert className="mx-4 mb-2">
          {whyNotDone(end.error)}
        </Notice>
      )}
      {!sessions && !asked.error && <Rows says="Loading the sessions" count={1} />}
      {sessions?.length === 0 && <p className="px-4 pb-3 text-muted">Nowhere.</p>}
      {sessions && sessions.length > 0 && (
        <SessionsList
          sessions={sessions}
          own={own}
          ending={ending}
          onEnd={({ id }) => end.mutate({ id: account.id, session: id })}
        />
      )}
    </section>
  );
}
