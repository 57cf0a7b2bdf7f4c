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
 * @param question what was asked for, in other words for something else: another error, or none.
 */
export function useStandingError<E>(
  { data, error, isPlaceholderData }: Asked<E>,
  question: string,
): E | null {
  const standing = useRef<{ readonly question: string; readonly error: E } | null>(null);
  if (error !== null) standing.current = { question, error };
  else if (data !== undefined && !isPlaceholderData) standing.current = null;
  return standing.current?.question === question ? standing.current.error : null;
}
