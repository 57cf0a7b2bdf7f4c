'use client';

import { useCallback, useSyncExternalStore } from 'react';

/** Kept: to ask for a list anew at every render costs more than to read it. */
const lists = new Map<string, MediaQueryList>();

function listOf(query: string): MediaQueryList {
  const kept = lists.get(query) ?? window.matchMedia(query);
  lists.set(query, kept);
  return kept;
}

/** Whether a media query holds; false while rendered on the server. */
export function useMedia(query: string): boolean {
  const subscribe = useCallback(
    (listener: () => void) => {
      const list = listOf(query);
      list.addEventListener('change', listener);
      return () => list.removeEventListener('change', listener);
    },
    [query],
  );
  return useSyncExternalStore(
    subscribe,
    () => listOf(query).matches,
    () => false,
  );
}
