'use client';

import { useRef } from 'react';

interface Asked<E> {
  readonly data: unknown;
  readonly error: E | null;
  readonly isPlaceholderData: boolean;
}

/**
 * Why what was asked for can't be shown, until it can. TanStack Query takes an error back as soon as
 * it asks again, so that what asks again by itself would flash, and be read aloud each time.
 */
export function useStandingError<E>({ data, error, isPlaceholderData }: Asked<E>): E | null {
  const standing = useRef<E | null>(null);
  if (error !== null) standing.current = error;
  else if (data !== undefined && !isPlaceholderData) standing.current = null;
  return standing.current;
}
