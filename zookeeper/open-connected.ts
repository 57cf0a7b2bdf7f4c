import { parseConnect } from './addresses';
import { openSession } from './session';
import type { SessionListener, SessionOptions, ZooKeeperSession } from './types';

export interface ConnectedOptions {
  /** host:port, comma-separated; may end in a chroot. */
  readonly connect: string;
  /** Asked for, milliseconds. */
  readonly timeoutMs: number;
  /** How long to wait for a connection, milliseconds. */
  readonly patienceMs: number;
  readonly digest?: SessionOptions['digest'];
  readonly listener?: Partial<SessionListener>;
}

/**
 * A session that is connected already, for programs that do nothing without one. Throws when no
 * server grants it in time.
 */
export function openConnected(options: ConnectedOptions): Promise<ZooKeeperSession> {
  const { connect, timeoutMs, patienceMs, digest = null, listener = {} } = options;
  return new Promise((resolve, reject) => {
    const session = openSession(
      { ...parseConnect(connect), timeoutMs, digest },
      {
        connected: () => {
          clearTimeout(patience);
          listener.connected?.();
          resolve(session);
        },
        disconnected: () => listener.disconnected?.(),
        closed: (why) => {
          clearTimeout(patience);
          listener.closed?.(why);
          reject(new Error(`ZooKeeper at ${connect} ended the session: ${why}`));
        },
        changed: (path) => listener.changed?.(path),
      },
    );
    const patience = setTimeout(() => {
      session.close();
      reject(new Error(`ZooKeeper at ${connect} does not answer`));
    }, patienceMs);
  });
}
