import { openConnected } from '@/zookeeper';

/** No ensemble grants this much: what comes back is the most it grants anybody. */
const ABSURD_MS = 24 * 3600 * 1000;
/** Long enough to try several servers, of which some don't answer. */
const PATIENCE_MS = 40_000;

/**
 * The longest session timeout the ensemble grants, milliseconds, learnt by asking for more in a
 * session that is closed at once. A Patroni `ttl` above it makes a leader believe in a lease that
 * is over. Null when the ensemble can't be asked now.
 */
export async function measureMaxTimeout(connect: string): Promise<number | null> {
  const options = { connect, timeoutMs: ABSURD_MS, patienceMs: PATIENCE_MS };
  const session = await openConnected(options).catch(() => null);
  session?.close();
  return session?.grantedTimeoutMs ?? null;
}
