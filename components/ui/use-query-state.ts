'use client';

import { useSearchParams } from 'next/navigation';
import { useCallback, useEffect, useMemo, useSyncExternalStore } from 'react';

/**
 * A page's state as its URL holds it, so that sending the link sends the view. `parse` and
 * `format` must be stable. Replaces the entry of the history instead of adding one per keystroke.
 *
 * The address bar itself is read, not the router's idea of it: the router follows in a transition,
 * and a field that waited for it would lose letters to a quick typist.
 */
export function useQueryState<T>(
  parse: (params: URLSearchParams) => T,
  format: (state: T) => URLSearchParams,
): readonly [T, (part: Partial<T>) => void] {
  // Rendered on the server from this; in the browser it makes navigation by links render us.
  const routed = useSearchParams().toString();
  const text = useSyncExternalStore(subscribe, inAddressBar, () => routed);
  // A link to the same page renders it before the address bar has changed: then look again.
  // biome-ignore lint/correctness/useExhaustiveDependencies: that it was routed is the reason to look
  useEffect(() => {
    for (const listener of listeners) listener();
  }, [routed]);
  const state = useMemo(() => parse(new URLSearchParams(text)), [parse, text]);
  const set = useCallback(
    (part: Partial<T>) => {
      const now = parse(new URLSearchParams(window.location.search));
      const next = format({ ...now, ...part }).toString();
      const { pathname, hash } = window.location;
      window.history.replaceState(null, '', `${pathname}${next === '' ? '' : `?${next}`}${hash}`);
      for (const listener of listeners) listener();
    },
    [parse, format],
  );
  return [state, set];
}

const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener('popstate', listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('popstate', listener);
  };
}

const inAddressBar = (): string => new URLSearchParams(window.location.search).toString();
