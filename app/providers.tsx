'use client';

import { ThemeProvider } from 'next-themes';
import type { ReactNode } from 'react';
import { ShortcutsProvider } from '@/components/shell/shortcuts';
import { StreamProvider } from '@/components/stream/use-stream';
import { TrpcProvider } from '@/components/trpc';
import { TooltipProvider } from '@/components/ui/tooltip';

export function Providers({
  nonce,
  build,
  children,
}: {
  nonce?: string | undefined;
  build: string | null;
  children: ReactNode;
}) {
  return (
    <ThemeProvider
      attribute="class"
      defaultTheme="system"
      enableSystem
      disableTransitionOnChange
      {...(nonce === undefined ? {} : { nonce })}
    >
      <TrpcProvider>
        <StreamProvider build={build}>
          <TooltipProvider delayDuration={300}>
            <ShortcutsProvider>{children}</ShortcutsProvider>
          </TooltipProvider>
        </StreamProvider>
      </TrpcProvider>
    </ThemeProvider>
  );
}
