'use client';

import { formatAge } from '@/lib/units';
import { useNow } from './clock';
import { exactMoment, wholeSeconds } from './moment';

/** "4 min ago", with the exact moment in the reader's zone and in UTC on hover. */
export function Age({ at, className }: { at: number; className?: string }) {
  const now = useNow();
  return (
    <time dateTime={new Date(at).toISOString()} title={exactMoment(at)} className={className}>
      {formatAge(now - at)}
    </time>
  );
}

/** "for 4 min": how long something has held. */
export function Elapsed({ since, className }: { since: number; className?: string }) {
  const now = useNow();
  return (
    <time dateTime={new Date(since).toISOString()} title={exactMoment(since)} className={className}>
      {wholeSeconds(now - since)}
    </time>
  );
}
