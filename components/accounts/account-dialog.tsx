'use client';

import { Age } from '@/components/stream/age';
import { Button } from '@/components/ui/button';
import { Dialog, DialogContent, DialogDescription } from '@/components/ui/dialog';
import type { Account } from '@/lib/access/account';
import { EditRoles } from './edit-roles';
import { Ending } from './ending';
import { StateBadge } from './state-badge';
import { TheirSessions } from './their-sessions';
import { loginsInWords } from './words';

export interface AboutAccount {
  readonly account: Account;
  /** Of who looks: some things nobody does to themselves. */
  readonly isOwn: boolean;
  readonly onChanged: () => void;
}

/** One account: what it may, where it is signed in, and how it ends. */
export function AccountDialog({
  onClose,
  ...about
}: AboutAccount & { readonly onClose: () => void }) {
  const { account, isOwn } = about;
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent title={account.name} place="side">
        <DialogDescription className="sr-only">
          The account of {account.name}: roles, sessions, password.
        </DialogDescription>
        <div className="flex min-h-0 flex-1 flex-col overflow-y-auto">
          <div className="flex flex-col gap-1 p-4">
            <p className="flex flex-wrap items-center gap-2">
              <span className="min-w-0">{account.email}</span>
              {isOwn && <span className="text-muted">(you)</span>}
              <StateBadge account={account} />
            </p>
            <p className="flex flex-wrap gap-x-4 text-sm text-muted">
              <span>signs in by {loginsInWords(account.logins)}</span>
              <span>
                added <Age at={account.createdAt} />
              </span>
              <span>
                {account.seenAt === null ? (
                  'not signed in'
                ) : (
                  <>
                    last seen <Age at={account.seenAt} />
                  </>
                )}
              </span>
            </p>
          </div>
          <EditRoles {...about} />
          <TheirSessions {...about} />
          <Ending {...about} onRemoved={onClose} />
        </div>
        <div className="flex justify-end border-t border-line p-4">
          <Button onClick={onClose}>Close</Button>
        </div>
      </DialogContent>
    </Dialog>
  );
}
