import { openSession } from '@/zookeeper';
import { resolveConnect } from './resolve';

/** No ensemble grants this much: what comes back is the most it grants anybody. */
const ABSURD_MS = 24 * 3600 * 1000;
/** Long enough to try several servers, of which some don't answer. */
const WAIT_MS = 40_000;

/**
 * The longest session timeout the ensemble grants, milliseconds, learnt by asking for more in a
 * session that is closed at once. A Patroni `ttl` above it makes a leader believe in a lease that
 * is over. Null when the ensemble can't be asked now.
 */
export async function measureMaxTimeout(connect: string): Promise<number | null> {
  let address: Awaited<ReturnType<typeof resolveConnect>>;
  try {
    address = await resolveConnect(connect);
  } catch {
    return null;
  }
  return new Promise((resolve) => {
    const done = (value: number | null) => {
      clearTimeout(timer);
      session.close();
      resolve(value);
    };
    const timer = setTimeout(() => done(null), WAIT_MS);
    timer.unref();
    const session = openSession(
      { ...address, timeoutMs: ABSURD_MS, digest: null },
      {
        connected: () => done(session.grantedTimeoutMs),
        disconnected: () => done(null),
        closed: () => done(null),
        changed: () => {},
      },
    );
  });
}
