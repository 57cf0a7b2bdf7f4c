'use client';

import { useMutation } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useTRPC } from '@/components/trpc';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Notice } from '@/components/ui/notice';
import { PasswordField } from '@/components/ui/password-field';
import { LEAST_PASSWORD, passwordFault } from '@/lib/access/account';
import { whyNotDone } from './failures';

/** One's own password: the present one, and the one to be. */
export function PasswordForm({ email, onChanged }: { email: string; onChanged?: () => void }) {
  const trpc = useTRPC();
  const [present, setPresent] = useState('');
  const [next, setNext] = useState('');
  const [left, setLeft] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const change = useMutation(
    trpc.account.changePassword.mutationOptions({
      onSuccess: () => {
        setPresent('');
        setNext('');
        setLeft(false);
        onChanged?.();
      },
    }),
  );
  const fault = next === '' ? null : passwordFault(next, email);
  return (
    <form
      method="post"
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        setLeft(true);
        if (fault !== null) field.current?.focus();
        else if (!change.isPending) change.mutate({ current: present, next });
      }}
    >
      {/* By which a password manager knows whose it is. */}
      <input type="text" name="username" autoComplete="username" value={email} readOnly hidden />
      <Field label="Present password">
        {(ids) => (
          <PasswordField
            {...ids}
            autoComplete="current-password"
            required
            value={present}
            onChange={(event) => setPresent(event.target.value)}
          />
        )}
      </Field>
      <Field
        label="New password"
        hint={
          left && fault !== null ? (
            <span className="text-critical">{fault}</span>
          ) : (
            `At least ${LEAST_PASSWORD} characters. A few words that only you put together do well.`
          )
        }
      >
        {(ids) => (
          <PasswordField
            {...ids}
            ref={field}
            autoComplete="new-password"
            required
            aria-invalid={left && fault !== null}
            value={next}
            onChange={(event) => setNext(event.target.value)}
            onLeave={() => setLeft(next !== '')}
          />
        )}
      </Field>
      {change.error && (
        <Notice state="critical" alert>
          {whyNotDone(change.error)}
        </Notice>
      )}
      {change.isSuccess && !onChanged && (
        <Notice state="good" alert>
          It is changed. You are signed out everywhere but here.
        </Notice>
      )}
      <Button type="submit" tone="accent" className="self-start" aria-disabled={change.isPending}>
        {change.isPending ? 'Changing …' : 'Change the password'}
      </Button>
    </form>
  );
}
