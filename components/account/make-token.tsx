'use client';

import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTRPC } from '@/components/trpc';
import { Button } from '@/components/ui/button';
import { Copyable } from '@/components/ui/copyable';
import { Dialog, DialogContent, DialogDescription } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Input, Select } from '@/components/ui/input';
import { Notice } from '@/components/ui/notice';
import { distinct, type Grant } from '@/lib/access/roles';
import { whyNotDone } from './failures';
import { GrantEditor } from './grant-editor';
import type { Me } from './use-account';

const lifetimes = [
  [7, 'a week'],
  [30, '30 days'],
  [90, '90 days'],
  [180, '180 days'],
  [365, 'a year'],
  [730, 'two years'],
] as const;

/** Makes a token of no more than one may oneself, and shows its secret once. */
export function MakeToken({
  me,
  onMade,
  onClose,
}: {
  me: Me;
  onMade: () => void;
  onClose: () => void;
}) {
  const trpc = useTRPC();
  const make = useMutation(trpc.account.makeToken.mutationOptions({ onSuccess: onMade }));
  const [name, setName] = useState('');
  const [days, setDays] = useState(90);
  const [grants, setGrants] = useState<readonly Grant[]>(() => least(me.grants));
  const secret = make.data ?? null;
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        title={secret === null ? 'Make an API token' : `The token ${name.trim()}`}
        place="side"
        // A click beside it must lose neither what was typed nor what is shown once.
        onInteractOutside={(event) => event.preventDefault()}
      >
        <DialogDescription className="sr-only">
          A token for scripts, which may do no more than you.
        </DialogDescription>
        {secret !== null ? (
          <Made secret={secret} onClose={onClose} />
        ) : (
          <form
            className="flex min-h-0 flex-1 flex-col"
            onSubmit={(event) => {
              event.preventDefault();
              if (grants.length > 0 && !make.isPending) {
                make.mutate({ name, days, grants: [...distinct(grants)] });
              }
            }}
          >
            <div className="flex min-h-0 flex-1 flex-col gap-5 overflow-y-auto p-4">
              <Field label="Name" hint="What it is for: it stands beside all that is done with it.">
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
              <fieldset className="flex min-w-0 flex-col gap-2">
                <legend className="mb-1 font-medium">What it may do</legend>
                <GrantEditor grants={grants} onChange={setGrants} mine={me.grants} />
                <p className="text-sm text-muted">
                  {grants.length === 0
                    ? 'A token needs a role.'
                    : 'It never may more than you: if your own roles change, so does what it may.'}
                </p>
              </fieldset>
              <Field label="Good for">
                {(ids) => (
                  <Select
                    {...ids}
                    className="min-h-9 self-start"
                    value={days}
                    onChange={(event) => setDays(Number(event.target.value))}
                  >
                    {lifetimes.map(([count, words]) => (
                      <option key={count} value={count}>
                        {words}
                      </option>
                    ))}
                  </Select>
                )}
              </Field>
            </div>
            <div className="flex flex-col gap-3 border-t border-line p-4">
              {make.error && (
                <Notice state="critical" alert>
                  {whyNotDone(make.error)}
                </Notice>
              )}
              <div className="flex flex-wrap justify-end gap-2">
                <Button onClick={onClose}>Cancel</Button>
                <Button
                  type="submit"
                  tone="accent"
                  disabled={grants.length === 0}
                  aria-disabled={make.isPending}
                >
                  {make.isPending ? 'Making …' : 'Make the token'}
                </Button>
              </div>
            </div>
          </form>
        )}
      </DialogContent>
    </Dialog>
  );
}

/** Looking at what one may look at oneself: whoever wants more of a token says so. */
const least = (mine: readonly Grant[]): readonly Grant[] => {
  const widest = mine.find(({ scope }) => scope.of === 'all') ?? mine[0];
  return widest ? [{ role: 'viewer', scope: widest.scope }] : [];
};

function Made({ secret, onClose }: { secret: string; onClose: () => void }) {
  return (
    <>
      <div className="flex min-h-0 flex-1 flex-col gap-5 overflow-y-auto p-4">
        <Notice state="attention" alert>
          This is the only time that it is shown: Howdah does not keep it. Put it where the script
          finds it and nobody else does.
        </Notice>
        <Copyable label="The token" text={secret} />
        <div className="flex flex-col gap-2">
          <h3 className="font-medium">Try it</h3>
          <pre className="rounded-md border border-line bg-sunken p-3 font-mono text-sm break-all whitespace-pre-wrap select-all">
            {`curl -H 'Authorization: Bearer ${secret}' \\\n  ${window.location.origin}/api/trpc/account.me`}
          </pre>
          <p className="text-sm text-muted">It answers whose token that is, and what it may.</p>
        </div>
      </div>
      <div className="flex justify-end border-t border-line p-4">
        <Button onClick={onClose}>Done</Button>
      </div>
    </>
  );
}
