'use client';

import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { whyNotDone } from '@/components/account/failures';
import { GrantEditor } from '@/components/account/grant-editor';
import { useTRPC } from '@/components/trpc';
import { Button } from '@/components/ui/button';
import { Copyable } from '@/components/ui/copyable';
import { Dialog, DialogContent, DialogDescription } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Notice } from '@/components/ui/notice';
import { passwordFault } from '@/lib/access/account';
import { distinct, type Grant } from '@/lib/access/roles';
import { makeFirstPassword } from './first-password';
import { PasswordGiven } from './password-given';

/** Somebody new, with a password to begin with and what they may. */
export function AddAccount({ onAdded, onClose }: { onAdded: () => void; onClose: () => void }) {
  const trpc = useTRPC();
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState(makeFirstPassword);
  const [grants, setGrants] = useState<readonly Grant[]>([
    { role: 'viewer', scope: { of: 'all' } },
  ]);
  const add = useMutation(trpc.accounts.add.mutationOptions({ onSuccess: onAdded }));
  const done = add.isSuccess;
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        title={done ? `${name.trim()} has an account` : 'Add an account'}
        place="side"
        // A click beside it must lose neither what was typed nor what is shown once.
        onInteractOutside={(event) => event.preventDefault()}
      >
        <DialogDescription className="sr-only">
          Somebody who may sign in, and what they may do.
        </DialogDescription>
        {done ? (
          <Given email={email.trim()} password={password} onClose={onClose} />
        ) : (
          <form
            className="flex min-h-0 flex-1 flex-col"
            onSubmit={(event) => {
              event.preventDefault();
              if (add.isPending || passwordFault(password, email) !== null) return;
              const fresh = [...distinct(grants)];
              add.mutate({ name, email: email.trim().toLowerCase(), password, grants: fresh });
            }}
          >
            <div className="flex min-h-0 flex-1 flex-col gap-5 overflow-y-auto p-4">
              <Field label="Name">
                {(ids) => (
                  <Input
                    {...ids}
                    required
                    maxLength={100}
                    value={name}
                    onChange={(event) => setName(event.target.value)}
                  />
                )}
              </Field>
              <Field
                label="E-mail address"
                hint="By which they sign in, and are named in the audit."
              >
                {(ids) => (
                  <Input
                    {...ids}
                    type="email"
                    autoCapitalize="none"
                    required
                    maxLength={254}
                    value={email}
                    onChange={(event) => setEmail(event.target.value)}
                  />
                )}
              </Field>
              <PasswordGiven password={password} email={email} onChange={setPassword} />
              <fieldset className="flex min-w-0 flex-col gap-2">
                <legend className="mb-1 font-medium">What they may</legend>
                <GrantEditor grants={grants} onChange={setGrants} mine={null} />
                {grants.length === 0 && (
                  <p className="text-sm text-muted">Without a role they see no cluster.</p>
                )}
              </fieldset>
            </div>
            <div className="flex flex-col gap-3 border-t border-line p-4">
              {add.error && (
                <Notice state="critical" alert>
                  {whyNotDone(add.error)}
                </Notice>
              )}
              <div className="flex flex-wrap justify-end gap-2">
                <Button onClick={onClose}>Cancel</Button>
                <Button type="submit" tone="accent" aria-disabled={add.isPending}>
                  {add.isPending ? 'Adding …' : 'Add the account'}
                </Button>
              </div>
            </div>
          </form>
        )}
      </DialogContent>
    </Dialog>
  );
}

/** What is handed to them, and can't be looked up later. */
export function Given({
  email,
  password,
  onClose,
}: {
  email: string;
  password: string;
  onClose: () => void;
}) {
  return (
    <>
      <div className="flex min-h-0 flex-1 flex-col gap-4 overflow-y-auto p-4">
        <Notice state="attention" alert>
          Give it to them now: it is shown this once. They have to change it when they sign in as{' '}
          <strong>{email}</strong>.
        </Notice>
        <Copyable label="The password" text={password} />
      </div>
      <div className="flex justify-end border-t border-line p-4">
        <Button onClick={onClose}>Done</Button>
      </div>
    </>
  );
}
