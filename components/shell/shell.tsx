'use client';

import dynamic from 'next/dynamic';
import { usePathname } from 'next/navigation';
import type { ReactNode } from 'react';
import { seesNothing } from '@/components/account/may';
import { useAccount } from '@/components/account/use-account';
import { useConnection } from '@/components/stream/use-stream';
import { cn } from '@/components/ui/cn';
import { Announcer } from './announcer';
import { Banners, LOST_BANNER } from './banners';
import { CommandPalette } from './command-palette';
import { Rail } from './rail';
import { TopBar } from './top-bar';

/** Few ever see these, and those not twice. */
const FirstPassword = dynamic(
  () => import('@/components/account/first-password').then((m) => m.FirstPassword),
  { ssr: false },
);
const NoRoles = dynamic(() => import('@/components/account/no-roles').then((m) => m.NoRoles), {
  ssr: false,
});

/** What every page stands in: where to go, where one is, and whether what is shown is true. */
export function Shell({ children }: { children: ReactNode }) {
  const lost = useConnection((view) => view.phase === 'lost' || view.outdated === 'wire');
  const me = useAccount();
  const path = usePathname();
  if (me?.mustChangePassword) return <FirstPassword />;
  // Whoever may see nothing is refused the stream: nothing is out of date for it.
  const stale = lost && !seesNothing(me);
  const nothing = seesNothing(me) && path !== '/account';
  return (
    <div className="flex min-h-dvh flex-col">
      <a
        href="#content"
        className="sr-only z-50 rounded-md bg-accent px-3 py-2 text-accent-ink focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        Skip to the content
      </a>
      <Rail />
      <div className="flex min-w-0 flex-1 flex-col pb-16 sm:pb-0 sm:pl-18">
        <TopBar />
        <Banners />
        <main
          id="content"
          tabIndex={-1}
          className={cn('min-w-0 flex-1 outline-none', stale && 'stale')}
          {...(stale ? { 'aria-describedby': LOST_BANNER } : {})}
        >
          {nothing ? <NoRoles /> : children}
        </main>
      </div>
      <CommandPalette />
      <Announcer />
    </div>
  );
}
