/** How long a znode stays: as long as its session, while it has children, or until it is deleted. */
export const lifetimes = ['persistent', 'ephemeral', 'container'] as const;

export type Lifetime = (typeof lifetimes)[number];

/** What ZooKeeper says for a container, which no session owns. */
const CONTAINER = '8000000000000000';

/**
 * The lifetime behind a stat's `ephemeralOwner`. One with a time to live counts as ephemeral, since
 * it goes by itself; it is not told from a session's.
 */
export function lifetimeOf(ephemeralOwner: string | null): Lifetime {
  if (ephemeralOwner === null) return 'persistent';
  return ephemeralOwner === CONTAINER ? 'container' : 'ephemeral';
}
