'use client';

import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTRPC } from '@/components/trpc';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { Failed } from '@/components/ui/failed';
import { Notice } from '@/components/ui/notice';
import { Panel } from '@/components/ui/panel';
import { Rows } from '@/components/ui/rows';
import { whyNotDone, whyNotShown } from './failures';
import { SessionsList } from './sessions-list';

/** One's own sessions: to be ended where they should not be. */
export function SessionsPanel({ own }: { own: string | null }) {
  const trpc = useTRPC();
  const asked = useQuery(
    trpc.account.sessions.queryOptions(undefined, { refetchInterval: 15_000 }),
  );
  const [asking, setAsking] = useState(false);
  const onSuccess = () => {
    setAsking(false);
    void asked.refetch();
  };
  const end = useMutation(trpc.account.endSession.mutationOptions({ onSuccess }));
  const endOthers = useMutation(trpc.account.endOtherSessions.mutationOptions({ onSuccess }));
  const sessions = asked.data;
  const others = sessions?.filter(({ id }) => id !== own).length ?? 0;
  return (
    <Panel
      id="sessions"
      title="Where you are signed in"
      aside={
        others > 0 && (
          <Button size="sm" onClick={() => setAsking(true)}>
            End all others
          </Button>
        )
      }
    >
      {asked.error && <Failed says={whyNotShown(asked.error)} again={() => void asked.refetch()} />}
      {end.error && (
        <Notice state="critical" alert className="m-4 mb-0">
          {whyNotDone(end.error)}
        </Notice>
      )}
      {!sessions && !asked.error && <Rows says="Loading your sessions" count={2} />}
      {sessions && (
        <SessionsList
          sessions={sessions}
          own={own}
          ending={end.isPending ? end.variables.id : null}
          onEnd={({ id }) => end.mutate({ id })}
        />
      )}
      {asking && (
        <ConfirmDialog
          title="End all other sessions"
          verb={`End ${others === 1 ? 'the other session' : `${others} other sessions`}`}
          pending={endOthers.isPending}
          failure={endOthers.error && whyNotDone(endOthers.error)}
          onConfirm={() => endOthers.mutate()}
          onClose={() => {
            endOthers.reset();
            setAsking(false);
          }}
        >
          <p>You are signed out everywhere but here, within seconds.</p>
        </ConfirmDialog>
      )}
    </Panel>
  );
}
