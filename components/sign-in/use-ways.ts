'use client';

import { useEffect, useState } from 'react';
import { askWays, type Ways } from './ask';

/** While accounts are away, or Howdah is, it is looked again whether they are back. */
const RENEW_MS = 4_000;

interface Known {
  /** Null until that is known. */
  readonly ways: Ways | null;
  readonly reached: boolean;
  /** Accounts were away when this page was opened: forms don't change places under who types. */
  readonly beganAway: boolean;
}

/** Which ways in there are. */
export function useWays(): Known {
  const [ways, setWays] = useState<Ways | null>(null);
  const [beganAway, setBeganAway] = useState<boolean | null>(null);
  const [reached, setReached] = useState(true);
  useEffect(() => {
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout> | null = null;
    const ask = (): void => {
      askWays(stop.signal)
        .then(
          (told) => {
            setWays(told);
            setBeganAway((before) => before ?? !told.ready);
            setReached(true);
          },
          () => setReached(stop.signal.aborted),
        )
        .finally(() => {
          if (!stop.signal.aborted) timer = setTimeout(ask, RENEW_MS);
        })
        .catch(() => {});
    };
    ask();
    return () => {
      stop.abort();
      if (timer !== null) clearTimeout(timer);
    };
  }, []);
  return { ways, reached, beganAway: beganAway ?? false };
}
