import { drizzle } from 'drizzle-orm/node-postgres';
import type { Asked } from '../adapters/store/ask';
import type { Reached } from './reach-store';

/** The one connection of a command, as what asks the store wants it. */
export function askedBy({ client }: Pick<Reached, 'client'>): Asked {
  const connection = drizzle(client);
  return {
    connected: {
      write: connection,
      read: connection,
      upkeep: connection,
      writes: true,
      end: () => {},
    },
    health: { state: 'ready', since: 0, says: null, server: null },
    doubt: () => {},
  };
}
