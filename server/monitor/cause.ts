import type { Cause, EventCode, Written } from '@/lib/topology/event';

/** When a view was put together, and why the leadership moved if it did. */
export interface Seen {
  readonly at: number;
  readonly cause: Cause;
  /** What Howdah does there that moves the leadership; null: nothing. */
  readonly moving?: Moving | null;
}

/** An operation of Howdah's that moves a leadership, or a request for it. */
export type Moving = 'switchover' | 'failover';

/** Changes that have a cause worth telling. */
const isLeadership = ({ code }: { readonly code: EventCode }): boolean =>
  code === 'leader-changed' || code === 'leader-lost' || code === 'writes-resumed';

/** A request is cleared within a change of leader: what comes so soon after it is its doing. */
const REQUEST_LASTS_MS = 60_000;

/**
 * Why the leadership of a cluster moves now. @param moving whether Howdah does something that moves it
 * @param requestedAt when a request was last seen in ZooKeeper
 */
export function causeNow(moving: boolean, requestedAt: number | null, now: number): Cause {
  if (moving) return 'howdah';
  const requested = requestedAt !== null && now - requestedAt < REQUEST_LASTS_MS;
  return requested ? 'request' : 'automatic';
}

/** Changes that somebody makes in ZooKeeper: a person, or a program for them. */
const REQUESTS: ReadonlySet<EventCode> = new Set(['request-set', 'request-cleared']);
const SETTINGS: ReadonlySet<EventCode> = new Set(['config-changed', 'mode-changed']);

/**
 * The cause of a change, where it has one worth telling. @param leadership see `causeNow`
 * @param isOurs whether a write to ZooKeeper is Howdah's own
 */
export function causeOf(
  { code, written }: { readonly code: EventCode; readonly written: Written | null },
  leadership: Cause,
  isOurs: (zxid: string | null) => boolean,
): Cause | null {
  if (isLeadership({ code })) return leadership;
  if (REQUESTS.has(code)) return leadership === 'howdah' ? 'howdah' : 'request';
  if (SETTINGS.has(code)) return isOurs(written?.zxid ?? null) ? 'howdah' : 'request';
  return null;
}
