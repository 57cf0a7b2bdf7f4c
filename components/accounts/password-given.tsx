'use client';

import { RefreshCw } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { passwordFault } from '@/lib/access/account';
import { makeFirstPassword } from './first-password';

/** A password for somebody else: made here, or typed. It is theirs until their next sign-in only. */
export function PasswordGiven({
  password,
  email,
  onChange,
}: {
  password: string;
  email: string;
  onChange: (password: string) => void;
}) {
  const fault = passwordFault(password, email);
  return (
    <Field
      label="Password to begin with"
      hint={
        fault === null ? (
          'They have to change it when they sign in.'
        ) : (
          <span className="text-critical">{fault}</span>
        )
      }
    >
      {(ids) => (
        <div className="flex gap-2">
          <Input
            {...ids}
            className="font-mono"
            autoCapitalize="none"
            autoCorrect="off"
            required
            maxLength={128}
            aria-invalid={fault !== null}
            value={password}
            onChange={(event) => onChange(event.target.value)}
          />
          <Button
            size="icon"
            aria-label="Make another"
            onClick={() => onChange(makeFirstPassword())}
          >
            <RefreshCw className="size-4" aria-hidden />
          </Button>
        </div>
      )}
    </Field>
  );
}
