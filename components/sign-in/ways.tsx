'use client';

import { LogIn } from 'lucide-react';
import type { FormEvent } from 'react';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { PasswordField } from '@/components/ui/password-field';
import type { useSignIn } from './use-sign-in';

interface WayProps {
  readonly signIn: ReturnType<typeof useSignIn>;
  /** False while the page can't answer yet: a form sent then would go nowhere. */
  readonly alive: boolean;
}

/** Fields are read when the form is sent: a password manager may have filled them before we were here. */
function read(event: FormEvent<HTMLFormElement>): (name: string) => string {
  event.preventDefault();
  const form = new FormData(event.currentTarget);
  return (name) => String(form.get(name) ?? '');
}

export function PasswordWay({ signIn, alive }: WayProps) {
  return (
    <form
      method="post"
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        const typed = read(event);
        void signIn.attempt('sign-in', { email: typed('email'), password: typed('password') });
      }}
    >
      <Field label="E-mail address">
        {(ids) => (
          <Input
            {...ids}
            name="email"
            type="email"
            inputMode="email"
            autoComplete="username"
            autoCapitalize="none"
            autoFocus
            required
            maxLength={254}
          />
        )}
      </Field>
      <Field label="Password">
        {(ids) => (
          <PasswordField
            {...ids}
            name="password"
            autoComplete="current-password"
            required
            maxLength={1000}
          />
        )}
      </Field>
      <Submit signIn={signIn} alive={alive} verb="Sign in" />
    </form>
  );
}

export function EmergencyWay({ signIn, alive }: WayProps) {
  return (
    <form
      method="post"
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        const typed = read(event);
        void signIn.attempt('emergency', { token: typed('token') });
      }}
    >
      <Field
        label="Emergency token"
        hint="It stands in a file on Howdah’s host. It may do everything for an hour, and its use is recorded."
      >
        {(ids) => (
          <PasswordField
            {...ids}
            name="token"
            autoComplete="off"
            autoFocus
            required
            maxLength={1000}
          />
        )}
      </Field>
      <Submit signIn={signIn} alive={alive} verb="Sign in with the emergency token" />
    </form>
  );
}

export function ProviderWay({ signIn, alive, name, to }: WayProps & { name: string; to: string }) {
  return (
    <Button
      className="w-full whitespace-normal"
      aria-disabled={signIn.pending || !alive}
      onClick={() => void signIn.attempt('provider', { to })}
    >
      <LogIn className="size-4" aria-hidden />
      Sign in with {name}
    </Button>
  );
}

/** Not disabled while it works: that would take the focus from it. */
function Submit({ signIn, alive, verb }: WayProps & { verb: string }) {
  return (
    <Button
      type="submit"
      tone="accent"
      className="w-full whitespace-normal"
      disabled={!alive}
      aria-disabled={signIn.pending}
    >
      {signIn.pending ? 'Signing in …' : verb}
    </Button>
  );
}
