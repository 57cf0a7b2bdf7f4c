'use client';

import { LogOut, ScrollText, UserRound, UsersRound } from 'lucide-react';
import Link from 'next/link';
import {
  Menu,
  MenuContent,
  MenuItem,
  MenuLabel,
  MenuLine,
  MenuTrigger,
} from '@/components/ui/menu';
import { anywhere, onEverything } from '@/lib/access/who';
import { AccountTrigger, useOwnName } from './account-trigger';
import { capital, rolesInWords } from './roles-in-words';
import { useAccount, useMaySee } from './use-account';
import { useSignOut } from './use-sign-out';

/** The menu of the account, open from the first: it is fetched when somebody wants it. */
export function OpenedMenu() {
  const name = useOwnName();
  const me = useAccount();
  const audit = useMaySee(anywhere('operator'));
  const accounts = useMaySee(onEverything('admin'));
  const { failure, leave } = useSignOut();
  return (
    <Menu defaultOpen>
      <MenuTrigger asChild>
        <AccountTrigger />
      </MenuTrigger>
      <MenuContent align="end" className="w-[min(20rem,calc(100vw-1rem))]">
        <MenuLabel className="px-2 py-1.5">
          <span className="block font-semibold">{name}</span>
          {me !== null && (
            <span className="block text-sm text-muted">{capital(rolesInWords(me.grants))}</span>
          )}
        </MenuLabel>
        <MenuLine />
        <MenuItem asChild>
          <Link href="/account">
            <UserRound className="size-4" aria-hidden />
            Account
          </Link>
        </MenuItem>
        {accounts && (
          <MenuItem asChild>
            <Link href="/accounts">
              <UsersRound className="size-4" aria-hidden />
              Accounts
            </Link>
          </MenuItem>
        )}
        {audit && (
          <MenuItem asChild>
            <Link href="/audit">
              <ScrollText className="size-4" aria-hidden />
              Audit
            </Link>
          </MenuItem>
        )}
        <MenuLine />
        <MenuItem
          onSelect={(event) => {
            // Open until it is done: a failure is said in it.
            event.preventDefault();
            leave();
          }}
        >
          <LogOut className="size-4" aria-hidden />
          Sign out
        </MenuItem>
        {failure !== null && (
          <p role="alert" className="px-2 py-1.5 text-sm text-critical">
            {failure}
          </p>
        )}
      </MenuContent>
    </Menu>
  );
}
