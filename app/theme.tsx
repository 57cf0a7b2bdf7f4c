'use client';

import { ThemeProvider } from 'next-themes';
import { type ReactNode, useState } from 'react';

export function Theme({ nonce, children }: { nonce?: string | undefined; children: ReactNode }) {
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
      {children}
    </ThemeProvider>
  );
}

/** Tells those that put styles into the page by themselves, as dialogs do to stop its scrolling. */
function shared(nonce: string | undefined): string | undefined {
  if (typeof window !== 'undefined') Object.assign(window, { __webpack_nonce__: nonce });
  return nonce;
}
