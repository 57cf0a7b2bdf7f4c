'use client';

import { formatAge } from '@/lib/units';
import { useSince } from './clock';
import { exactMoment, wholeSeconds } from './moment';

/** "4 min ago", with the exact moment in the reader's zone and in UTC on hover. */
export function Age({ at, className }: { at: number; className?: string }) {
  return (
    <time dateTime={new Date(at).toISOString()} title={exactMoment(at)} className={className}>
      {useSince(at, formatAge)}
    </time>
  );
}

/** "for 4 min": how long something has held. */
export function Elapsed({ since, className }: { since: number; className?: string }) {
  return (
    <time dateTime={new Date(since).toISOString()} title={exactMoment(since)} className={className}>
      {useSince(since, wholeSeconds)}
    </time>
  );
}
