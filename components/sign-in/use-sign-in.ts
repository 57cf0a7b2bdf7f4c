'use client';

import { useState } from 'react';
import { pathAfter } from '@/components/account/sign-in-path';
import { askIn } from './ask';

interface SignIn {
  readonly pending: boolean;
  /** Why the last attempt led nowhere, in one sentence. */
  readonly failure: string | null;
  readonly reset: () => void;
  readonly attempt: (
    way: Parameters<typeof askIn>[0],
    body: Parameters<typeof askIn>[1],
  ) => Promise<void>;
}

/** One attempt at a time; a good one leads on, by a new page, so that everything begins anew. */
export function useSignIn(to: string | null): SignIn {
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const attempt: SignIn['attempt'] = async (way, body) => {
    if (pending) return;
    setPending(true);
    setFailure(null);
    try {
      const said = await askIn(way, body);
      // Stays pending: the next page is on its way.
      window.location.assign(way === 'provider' ? urlIn(said) : pathAfter(to));
    } catch (error) {
      setFailure(error instanceof Error ? error.message : String(error));
      setPending(false);
    }
  };
  return { pending, failure, reset: () => setFailure(null), attempt };
}

function urlIn(said: unknown): string {
  const url = (said as { url?: unknown } | null)?.url;
  // What Howdah was told of the provider is no reason to run anything here.
  if (typeof url === 'string' && /^https?:\/\//.test(url)) return url;
  throw new Error('Howdah did not say where the provider is.');
}
