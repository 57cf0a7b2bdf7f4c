'use client';

import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { whyNotDone } from '@/components/account/failures';
import { rolesInWords } from '@/components/account/roles-in-words';
import { DangerDialog } from '@/components/operations/danger-dialog';
import { useConnection } from '@/components/stream/use-stream';
import { useTRPC } from '@/components/trpc';
import type { Account } from '@/lib/access/account';

/** Removes an account for good: whose it is has to be typed. */
export function RemoveAccount({
  account,
  onRemoved,
  onClose,
}: {
  account: Account;
  onRemoved: () => void;
  onClose: () => void;
}) {
  const trpc = useTRPC();
  const [typed, setTyped] = useState('');
  const connected = useConnection((view) => view.phase !== 'lost');
  const remove = useMutation(trpc.accounts.remove.mutationOptions({ onSuccess: onRemoved }));
  return (
    <DangerDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Remove the account of ${account.name}`}
      consequence={
        <>
          {account.email} is signed out everywhere, and the account is gone for good with its roles,
          sessions and tokens. To keep somebody out for a while, disable it instead.
        </>
      }
      danger="loses"
      phrase={account.email}
      typed={typed}
      onTyped={setTyped}
      verb={`Remove ${account.email}`}
      obstacle={connected ? null : 'Howdah can’t be reached, so nothing can be asked of it.'}
      pending={remove.isPending}
      failure={remove.error && whyNotDone(remove.error)}
      onConfirm={() => remove.mutate({ id: account.id })}
    >
      <p>
        <span className="text-muted">Present roles:</span> {rolesInWords(account.grants)}.
      </p>
    </DangerDialog>
  );
}
