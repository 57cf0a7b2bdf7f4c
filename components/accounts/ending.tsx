'use client';

import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useId, useState } from 'react';
import { whyNotDone } from '@/components/account/failures';
import { useTRPC } from '@/components/trpc';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { Notice } from '@/components/ui/notice';
import type { AboutAccount } from './account-dialog';
import { RemoveAccount } from './remove-account';
import { ResetPassword } from './reset-password';

/** What takes something away from somebody: last, and each with what it comes to. */
export function Ending({
  account,
  isOwn,
  onChanged,
  onRemoved,
}: AboutAccount & { readonly onRemoved: () => void }) {
  const trpc = useTRPC();
  const [asking, setAsking] = useState<'password' | 'disable' | 'remove' | null>(null);
  const setDisabled = useMutation(
    trpc.accounts.setDisabled.mutationOptions({
      onSuccess: () => {
        setAsking(null);
        onChanged();
      },
    }),
  );
  const close = (): void => {
    setDisabled.reset();
    setAsking(null);
  };
  const disabled = account.disabledAt !== null;
  const none = account.logins.length > 0 && !account.logins.includes('password');
  const yours = isOwn ? 'Not of one’s own account: another administrator does that.' : null;
  return (
    <section aria-labelledby="more-title" className="border-t border-line">
      <h3 id="more-title" className="px-4 pt-4 pb-1 font-semibold">
        Password and access
      </h3>
      <Line
        says="A password to begin with, instead of the present one. It ends their sessions and tokens."
        off={
          isOwn
            ? 'Your own is changed on the page of your account.'
            : none
              ? 'They sign in at the provider, and have none here.'
              : null
        }
        verb="Give a new password"
        onAsk={() => setAsking('password')}
      />
      {disabled ? (
        <Line
          says="They may sign in again, with the roles they have."
          off={null}
          verb={setDisabled.isPending ? 'Enabling …' : 'Enable'}
          onAsk={() => setDisabled.mutate({ id: account.id, disabled: false })}
        />
      ) : (
        <Line
          says="They are signed out and can’t sign in; their tokens are refused. It can be undone."
          off={yours}
          verb="Disable"
          onAsk={() => setAsking('disable')}
        />
      )}
      {disabled && setDisabled.error && (
        <Notice state="critical" alert className="mx-4 mb-2">
          {whyNotDone(setDisabled.error)}
        </Notice>
      )}
      <Line
        says="The account, its roles, sessions and tokens, for good. What they did stays in the audit."
        off={yours}
        verb="Remove"
        onAsk={() => setAsking('remove')}
      />
      {asking === 'password' && (
        <ResetPassword account={account} onChanged={onChanged} onClose={close} />
      )}
      {asking === 'disable' && (
        <ConfirmDialog
          title={`Disable ${account.name}`}
          verb={`Disable ${account.name}`}
          pending={setDisabled.isPending}
          failure={setDisabled.error && whyNotDone(setDisabled.error)}
          onConfirm={() => setDisabled.mutate({ id: account.id, disabled: true })}
          onClose={close}
        >
          <p>
            {account.email} is signed out everywhere within seconds, can’t sign in, and tokens of
            theirs are refused, until somebody enables the account again.
          </p>
        </ConfirmDialog>
      )}
      {asking === 'remove' && (
        <RemoveAccount
          account={account}
          onRemoved={() => {
            onChanged();
            onRemoved();
          }}
          onClose={close}
        />
      )}
    </section>
  );
}

function Line({
  says,
  off,
  verb,
  onAsk,
}: {
  says: ReactNode;
  /** Why it can't be done; null: it can. */
  off: string | null;
  verb: string;
  onAsk: () => void;
}) {
  const id = useId();
  return (
    <div className="flex items-center justify-between gap-4 px-4 py-2">
      <p id={id} className="min-w-0 text-sm text-muted">
        {off ?? says}
      </p>
      <Button
        size="sm"
        aria-describedby={id}
        aria-disabled={off !== null}
        onClick={() => {
          if (off === null) onAsk();
        }}
      >
        {verb}
      </Button>
    </div>
  );
}
