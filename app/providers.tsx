'use client';

import { ThemeProvider } from 'next-themes';
import { type ReactNode, useState } from 'react';
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
  // The document's own, whatever a later answer has: the policy that came with the document counts.
  const [own] = useState(() => shared(nonce));
  return (
    <ThemeProvider
      attribute="class"
      defaultTheme="system"
      enableSystem
      disableTransitionOnChange
      {...(own === undefined ? {} : { nonce: own })}
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

/** Tells those that put styles into the page by themselves, as dialogs do to stop its scrolling. */
function shared(nonce: string | undefined): string | undefined {
  if (typeof window !== 'undefined') Object.assign(window, { __webpack_nonce__: nonce });
  return nonce;
}
