'use client';

import { useSearchParams } from 'next/navigation';
import { useCallback, useMemo } from 'react';

/**
 * A page's state as its URL holds it, so that sending the link sends the view. `parse` and
 * `format` must be stable. Replaces the entry of the history instead of adding one per keystroke.
 */
export function useQueryState<T>(
  parse: (params: URLSearchParams) => T,
  format: (state: T) => URLSearchParams,
): readonly [T, (part: Partial<T>) => void] {
  const params = useSearchParams();
  const text = params.toString();
  const state = useMemo(() => parse(new URLSearchParams(text)), [parse, text]);
  const set = useCallback(
    (part: Partial<T>) => {
      // Read afresh: two changes in one event must not undo each other.
      const now = parse(new URLSearchParams(window.location.search));
      const next = format({ ...now, ...part }).toString();
      const { pathname, hash } = window.location;
      window.history.replaceState(null, '', `${pathname}${next === '' ? '' : `?${next}`}${hash}`);
    },
    [parse, format],
  );
  return [state, set];
}
