'use client';

import { KeyRound, LogOut, ScrollText, UserRound, UsersRound } from 'lucide-react';
import Link from 'next/link';
import { Button } from '@/components/ui/button';
import {
  Menu,
  MenuContent,
  MenuItem,
  MenuLabel,
  MenuLine,
  MenuTrigger,
} from '@/components/ui/menu';
import { anywhere, onEverything } from '@/lib/access/who';
import { capital, rolesInWords } from './roles-in-words';
import { useAsked, useMaySee } from './use-account';
import { useSignOut } from './use-sign-out';

/** Who is signed in, what they may, and the way out. */
export function AccountMenu() {
  const { me, fault } = useAsked();
  const audit = useMaySee(anywhere('operator'));
  const accounts = useMaySee(onEverything('admin'));
  const { failure, leave } = useSignOut();
  const emergency = me?.kind === 'emergency';
  const Icon = emergency ? KeyRound : UserRound;
  const name =
    me?.name ?? (fault === null ? 'Being asked who you are' : 'It is not known who you are');
  return (
    <Menu>
      <MenuTrigger asChild>
        <Button
          tone="quiet"
          size="sm"
          className="-mr-2 px-1.5"
          aria-label={`Account: ${name}`}
          data-testid="account"
        >
          <Icon className="size-4" aria-hidden />
          <span className="max-w-40 truncate max-xl:hidden">
            {me === null ? '…' : shortName(name)}
          </span>
        </Button>
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

/** "ann" of "ann@example.org": which one it is, in the little room of a bar. */
const shortName = (name: string): string => name.split('@')[0] || name;
