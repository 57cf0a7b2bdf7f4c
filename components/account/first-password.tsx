'use client';

import { useEffect } from 'react';
import { Button } from '@/components/ui/button';
import { Mark } from '@/components/ui/mark';
import { Notice } from '@/components/ui/notice';
import { PasswordForm } from './password-form';
import { useAccount } from './use-account';
import { useSignOut } from './use-sign-out';

/** In place of every page, until a password that somebody else has given is changed. */
export function FirstPassword() {
  const me = useAccount();
  const { failure, leave } = useSignOut();
  useEffect(() => {
    document.title = 'Choose a password · Howdah';
  }, []);
  return (
    <main className="flex min-h-dvh flex-col items-center px-4 py-8 sm:justify-center sm:py-16">
      <div className="flex w-full max-w-96 flex-col gap-5">
        <p className="flex items-center gap-2 text-xl font-semibold">
          <Mark className="text-accent" />
          Howdah
        </p>
        <div className="flex flex-col gap-4 rounded-lg border border-line bg-surface p-5 sm:p-6">
          <h1 className="text-lg font-semibold">Choose a password of your own</h1>
          <p>
            Whoever gave you the present one knows it too. What you do here is recorded under your
            name, so nothing else is shown until it is changed.
          </p>
          {/* By a new page: the stream was refused until now. */}
          <PasswordForm email={me?.name ?? ''} onChanged={() => window.location.reload()} />
        </div>
        <div className="flex flex-wrap items-center justify-between gap-2 text-sm text-muted">
          <span className="min-w-0">Signed in as {me?.name}</span>
          <Button tone="quiet" size="sm" className="text-muted" onClick={leave}>
            Sign out
          </Button>
        </div>
        {failure !== null && (
          <Notice state="critical" alert>
            {failure}
          </Notice>
        )}
      </div>
    </main>
  );
}
