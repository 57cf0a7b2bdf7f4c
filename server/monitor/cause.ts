import type { Cause, EventCode } from '@/lib/topology/event';

/** When a view was put together, and why the leadership moved if it did. */
export interface Seen {
  readonly at: number;
  readonly cause: Cause;
}

/** Changes that have a cause worth telling. */
export const isLeadership = ({ code }: { readonly code: EventCode }): boolean =>
  code === 'leader-changed' || code === 'leader-lost' || code === 'writes-resumed';

/** A request is cleared within a change of leader: what comes so soon after it is its doing. */
const REQUEST_LASTS_MS = 60_000;

/**
 * Why the leadership of a cluster moves now. @param operation what Howdah does to it, if anything
 * @param requestedAt when a request was last seen in ZooKeeper
 */
export function causeNow(operation: string | null, requestedAt: number | null, now: number): Cause {
  if (operation !== null) return 'howdah';
  const requested = requestedAt !== null && now - requestedAt < REQUEST_LASTS_MS;
  return requested ? 'request' : 'automatic';
}
