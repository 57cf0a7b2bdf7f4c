'use client';

import type { ReactNode } from 'react';
import { AccountProvider } from '@/components/account/use-account';
import { ShortcutsProvider } from '@/components/shell/shortcuts';
import { StreamProvider } from '@/components/stream/use-stream';
import { TrpcProvider } from '@/components/trpc';
import { TooltipProvider } from '@/components/ui/tooltip';

export function Providers({
  build,
  session,
  children,
}: {
  build: string | null;
  session: string;
  children: ReactNode;
}) {
  return (
    <TrpcProvider>
      <StreamProvider build={build} session={session}>
        <AccountProvider>
          <TooltipProvider delayDuration={300}>
            <ShortcutsProvider>{children}</ShortcutsProvider>
          </TooltipProvider>
        </AccountProvider>
      </StreamProvider>
    </TrpcProvider>
  );
}
