'use client';

import { useEffect, useState } from 'react';
import { pathAfter } from '@/components/account/sign-in-path';
import { Button } from '@/components/ui/button';
import { Mark } from '@/components/ui/mark';
import { Notice } from '@/components/ui/notice';
import { useQueryState } from '@/components/ui/use-query-state';
import { formatSignInQuery, parseSignInQuery } from './query';
import { refusalByCode } from './refusals';
import { useSignIn } from './use-sign-in';
import { useWays } from './use-ways';
import { EmergencyWay, PasswordWay, ProviderWay } from './ways';

/** The way in. It knows nothing of any cluster, and works while accounts can't be asked. */
export function SignInPage() {
  const [query, setQuery] = useQueryState(parseSignInQuery, formatSignInQuery);
  const [alive, setAlive] = useState(false);
  useEffect(() => setAlive(true), []);
  const { ways, reached, beganAway } = useWays();
  const signIn = useSignIn(query.to);
  const emergency = query.way === 'emergency' || (query.way === null && beganAway);
  const refused = signIn.failure ?? refusalByCode(query.error);
  const go = (way: 'account' | 'emergency') => {
    signIn.reset();
    setQuery({ way, error: null });
  };
  return (
    <main className="flex min-h-dvh flex-col items-center px-4 py-8 sm:justify-center sm:py-16">
      <div className="flex w-full max-w-96 flex-col gap-5">
        <p className="flex items-center gap-2 text-xl font-semibold">
          <Mark className="text-accent" />
          Howdah
        </p>
        <div className="flex flex-col gap-4 rounded-lg border border-line bg-surface p-5 sm:p-6">
          <h1 className="text-lg font-semibold">
            {emergency ? 'Sign in with the emergency token' : 'Sign in'}
          </h1>
          {!reached && (
            <Notice state="critical">Howdah can’t be reached. It is asked again by itself.</Notice>
          )}
          {ways?.ready === false && (
            <Notice state="attention">
              Accounts can’t be asked now: Howdah’s database does not answer. The emergency token
              lets you in meanwhile.
            </Notice>
          )}
          {refused !== null && (
            <Notice state="critical" alert>
              {refused}
            </Notice>
          )}
          {emergency ? (
            <EmergencyWay signIn={signIn} alive={alive} />
          ) : (
            <>
              <PasswordWay signIn={signIn} alive={alive} />
              {ways !== null && ways.provider !== null && (
                <>
                  <Or />
                  <ProviderWay
                    {...{ signIn, alive, name: ways.provider, to: pathAfter(query.to) }}
                  />
                </>
              )}
            </>
          )}
        </div>
        <Button
          tone="quiet"
          size="sm"
          className="-ml-2 self-start text-muted"
          onClick={() => go(emergency ? 'account' : 'emergency')}
        >
          {emergency ? 'Sign in with an account' : 'Use the emergency token'}
        </Button>
      </div>
    </main>
  );
}

function Or() {
  return (
    <div aria-hidden className="flex items-center gap-3 text-sm text-muted">
      <span className="h-px flex-1 bg-line" />
      or
      <span className="h-px flex-1 bg-line" />
    </div>
  );
}
