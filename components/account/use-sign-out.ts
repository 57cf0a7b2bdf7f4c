'use client';

import { useState } from 'react';
import { signOut } from './leave';

/** The way out, and why it led nowhere: wherever it is offered, that has to be said there. */
export function useSignOut(): { readonly failure: string | null; readonly leave: () => void } {
  const [failure, setFailure] = useState<string | null>(null);
  return {
    failure,
    leave: () => {
      setFailure(null);
      signOut().catch((error: unknown) => {
        setFailure(error instanceof Error ? error.message : String(error));
      });
    },
  };
}
