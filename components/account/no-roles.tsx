'use client';

import Link from 'next/link';
import { Button } from '@/components/ui/button';
import { useAccount } from './use-account';

/** Somebody is known, and may see nothing yet: whom to ask, and for what. */
export function NoRoles() {
  const me = useAccount();
  return (
    <div className="mx-auto flex max-w-xl flex-col items-start gap-4 px-4 py-16">
      <h1 className="text-xl font-semibold">You may see no cluster yet</h1>
      <p>
        You are signed in as <strong>{me?.name}</strong>, and nobody has given you a role. Ask an
        administrator of Howdah to make you a viewer or an operator of the clusters you need: they
        appear here by themselves within moments.
      </p>
      <Button asChild>
        <Link href="/account">Your account</Link>
      </Button>
    </div>
  );
}
