'use client';

import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { whyNotDone } from '@/components/account/failures';
import { GrantEditor } from '@/components/account/grant-editor';
import { byRank, capital, grantInWords } from '@/components/account/roles-in-words';
import { useTRPC } from '@/components/trpc';
import { Button } from '@/components/ui/button';
import { Notice } from '@/components/ui/notice';
import { distinct, type Grant } from '@/lib/access/roles';
import type { AboutAccount } from './account-dialog';

/** What somebody may: given here, and by the groups they are in at the provider. */
export function EditRoles({ account, onChanged }: AboutAccount) {
  const trpc = useTRPC();
  const local = account.grants.filter(({ source }) => source === 'local').map(plain);
  const byGroups = account.grants.filter(({ source }) => source === 'groups');
  const [edited, setEdited] = useState<readonly Grant[] | null>(null);
  const save = useMutation(
    trpc.accounts.setGrants.mutationOptions({
      onSuccess: () => {
        setEdited(null);
        onChanged();
      },
    }),
  );
  const grants = edited ?? local;
  const changed = edited !== null && meaning(edited) !== meaning(local);
  return (
    <section aria-labelledby="roles-title" className="flex flex-col gap-3 border-t border-line p-4">
      <h3 id="roles-title" className="font-semibold">
        Roles
      </h3>
      <GrantEditor grants={grants} onChange={setEdited} mine={null} />
      {byGroups.length > 0 && (
        <div className="rounded-md border border-line bg-sunken px-3 py-2 text-sm">
          <p className="text-muted">
            By groups at the provider, as of the last sign-in. They change there:
          </p>
          <ul>
            {byRank(byGroups).map((grant) => (
              <li key={grant.id}>{capital(grantInWords(grant))}</li>
            ))}
          </ul>
        </div>
      )}
      {save.error && (
        <Notice state="critical" alert>
          {whyNotDone(save.error)}
        </Notice>
      )}
      {changed && (
        <div className="flex flex-wrap items-center gap-2">
          <Button
            tone="accent"
            aria-disabled={save.isPending}
            onClick={() => {
              if (save.isPending) return;
              save.mutate({ id: account.id, grants: [...distinct(grants)] });
            }}
          >
            {save.isPending ? 'Saving …' : 'Save the roles'}
          </Button>
          <Button
            onClick={() => {
              save.reset();
              setEdited(null);
            }}
          >
            Leave them as they are
          </Button>
          <p className="text-sm text-muted">It holds within seconds, on pages that are open too.</p>
        </div>
      )}
    </section>
  );
}

const plain = ({ role, scope }: Grant): Grant => ({ role, scope });

const meaning = (grants: readonly Grant[]): string =>
  distinct(grants)
    .map(({ role, scope }) => JSON.stringify([role, Object.entries(scope).sort()]))
    .sort()
    .join();
