'use client';

import { byRank, capital, grantInWords } from '@/components/account/roles-in-words';
import { Age } from '@/components/stream/age';
import { cn } from '@/components/ui/cn';
import { Table, Td, Th } from '@/components/ui/table';
import type { Account } from '@/lib/access/account';
import { StateBadge } from './state-badge';
import { loginsInWords } from './words';

interface Shown {
  readonly accounts: readonly Account[];
  /** The one of who looks. */
  readonly own: string | null;
  readonly onOpen: (account: Account) => void;
}

/** Where there is room: a row for each. */
export function AccountsTable({ accounts, own, onOpen }: Shown) {
  return (
    <Table label="Accounts" className="[&_tbody_tr:last-child>*]:border-b-0">
      <thead>
        <tr>
          <Th className="pl-4">Who</Th>
          <Th>May</Th>
          <Th>Signs in by</Th>
          <Th>Last seen</Th>
          <Th className="pr-4">State</Th>
        </tr>
      </thead>
      <tbody>
        {accounts.map((account) => (
          <tr
            key={account.id}
            data-testid="account-row"
            data-email={account.email}
            className={cn('hover:bg-sunken', account.disabledAt !== null && 'text-muted')}
          >
            <th
              scope="row"
              className="border-b border-line py-2 pr-3 pl-4 text-left align-top font-normal"
            >
              <Who account={account} own={own} onOpen={onOpen} />
            </th>
            <Td>
              <Roles account={account} />
            </Td>
            <Td className="whitespace-nowrap">{loginsInWords(account.logins)}</Td>
            <Td className="whitespace-nowrap">
              <Seen account={account} />
            </Td>
            <Td className="pr-4 whitespace-nowrap">
              <StateBadge account={account} />
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

/** On a phone: a card for each. */
export function AccountCards({ accounts, own, onOpen }: Shown) {
  return (
    <ul className="divide-y divide-line">
      {accounts.map((account) => (
        <li
          key={account.id}
          data-testid="account-row"
          data-email={account.email}
          className={cn(
            'flex flex-col gap-1 px-4 py-3',
            account.disabledAt !== null && 'text-muted',
          )}
        >
          <div className="flex items-start justify-between gap-3">
            <Who account={account} own={own} onOpen={onOpen} />
            <StateBadge account={account} />
          </div>
          <Roles account={account} />
          <p className="text-sm text-muted">
            signs in by {loginsInWords(account.logins)}, {account.seenAt !== null && 'last seen '}
            <Seen account={account} />
          </p>
        </li>
      ))}
    </ul>
  );
}

function Who({ account, own, onOpen }: Omit<Shown, 'accounts'> & { account: Account }) {
  return (
    <div className="min-w-0">
      <button
        type="button"
        aria-haspopup="dialog"
        className="text-left font-medium text-accent hover:underline"
        onClick={() => onOpen(account)}
      >
        {account.name}
      </button>
      {account.id === own && <span className="text-muted"> (you)</span>}
      <p className="text-sm text-muted">{account.email}</p>
    </div>
  );
}

function Roles({ account }: { account: Account }) {
  if (account.grants.length === 0) return <p className="text-sm text-muted">Nothing yet</p>;
  const most = 3;
  const grants = byRank(account.grants);
  return (
    <ul className="text-sm">
      {grants.slice(0, most).map((grant) => (
        <li key={grant.id}>
          {capital(grantInWords(grant))}
          {grant.source === 'groups' && <span className="text-muted"> by a group</span>}
        </li>
      ))}
      {grants.length > most && <li className="text-muted">and {grants.length - most} more</li>}
    </ul>
  );
}

function Seen({ account }: { account: Account }) {
  if (account.seenAt === null) return <span className="text-muted">not signed in</span>;
  return <Age at={account.seenAt} />;
}
