'use client';

import { KeyRound, UserRound } from 'lucide-react';
import type { ComponentProps } from 'react';
import { Button } from '@/components/ui/button';
import { useAsked } from './use-account';

/** What somebody is called in the bar, before it is known as well. */
export function useOwnName(): string {
  const { me, fault } = useAsked();
  return me?.name ?? (fault === null ? 'Being asked who you are' : 'It is not known who you are');
}

/** Who is signed in: the button of the menu. */
export function AccountTrigger(props: ComponentProps<typeof Button>) {
  const { me } = useAsked();
  const name = useOwnName();
  const Icon = me?.kind === 'emergency' ? KeyRound : UserRound;
  return (
    <Button
      tone="quiet"
      size="sm"
      className="-mr-2 px-1.5"
      aria-label={`Account: ${name}`}
      data-testid="account"
      {...props}
    >
      <Icon className="size-4" aria-hidden />
      <span className="max-w-40 truncate max-xl:hidden">{me === null ? '…' : shortName(name)}</span>
    </Button>
  );
}

/** "ann" of "ann@example.org": which one it is, in the little room of a bar. */
const shortName = (name: string): string => name.split('@')[0] || name;
