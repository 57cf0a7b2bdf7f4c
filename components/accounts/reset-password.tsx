'use client';

import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { whyNotDone } from '@/components/account/failures';
import { useTRPC } from '@/components/trpc';
import { Button } from '@/components/ui/button';
import { Dialog, DialogContent, DialogDescription } from '@/components/ui/dialog';
import { Notice } from '@/components/ui/notice';
import { type Account, passwordFault } from '@/lib/access/account';
import { Given } from './add-account';
import { makeFirstPassword } from './first-password';
import { PasswordGiven } from './password-given';

/** Somebody has forgotten theirs, or another knows it. */
export function ResetPassword({
  account,
  onChanged,
  onClose,
}: {
  account: Account;
  onChanged: () => void;
  onClose: () => void;
}) {
  const trpc = useTRPC();
  const [password, setPassword] = useState(makeFirstPassword);
  const reset = useMutation(trpc.accounts.resetPassword.mutationOptions({ onSuccess: onChanged }));
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        title={`A new password for ${account.name}`}
        onInteractOutside={(event) => event.preventDefault()}
      >
        <DialogDescription className="sr-only">
          It replaces the present one, and ends their sessions and tokens.
        </DialogDescription>
        {reset.isSuccess ? (
          <Given email={account.email} password={password} onClose={onClose} />
        ) : (
          <form
            className="flex flex-col"
            onSubmit={(event) => {
              event.preventDefault();
              if (reset.isPending || passwordFault(password, account.email) !== null) return;
              reset.mutate({ id: account.id, password });
            }}
          >
            <div className="flex flex-col gap-4 p-4">
              <p>
                The present password no longer works, {account.email} is signed out everywhere, and
                their API tokens are revoked.
              </p>
              <PasswordGiven password={password} email={account.email} onChange={setPassword} />
              {reset.error && (
                <Notice state="critical" alert>
                  {whyNotDone(reset.error)}
                </Notice>
              )}
            </div>
            <div className="flex flex-wrap justify-end gap-2 border-t border-line p-4">
              <Button onClick={onClose}>Cancel</Button>
              <Button type="submit" tone="danger" aria-disabled={reset.isPending}>
                {reset.isPending ? 'Asking…' : 'Set the new password'}
              </Button>
            </div>
          </form>
        )}
      </DialogContent>
    </Dialog>
  );
}
