import { ZooKeeperError } from '@/lib/errors';
import type { Clock } from '@/server/ports';
import {
  type EnsembleAddress,
  openSession,
  type SessionOptions,
  type ZooKeeperSession,
} from '@/zookeeper';
import { resolveConnect } from './resolve';

/**
 * A session that is opened anew whenever it ends. `ready` comes after every connection: all watches
 * are gone then, so whoever listens reads again what it watches.
 */
export interface LastingListener {
  ready(session: ZooKeeperSession): void;
  lost(why: string): void;
  changed(path: string): void;
}

export interface LastingOptions extends Pick<SessionOptions, 'timeoutMs' | 'digest' | 'gatherMs'> {
  /** host:port, comma-separated; may end in a chroot. Host names are looked up for each session. */
  readonly connect: string;
}

/** Why a session is lost when nothing more is known. */
export const CONNECTION_LOST = 'The connection to ZooKeeper was lost.';

const RETRY_MS = [200, 500, 1000, 2000, 5000] as const;

export class LastingSession {
  readonly #options: LastingOptions;
  readonly #clock: Clock;
  readonly #listener: LastingListener;
  #session: ZooKeeperSession | null = null;
  #attempt = 0;
  #closed = false;
  #cancelRetry: () => void = () => {};
  #cancelRenewal: () => void = () => {};

  constructor(options: LastingOptions, clock: Clock, listener: LastingListener) {
    this.#options = options;
    this.#clock = clock;
    this.#listener = listener;
  }

  start(): void {
    void this.#open();
  }

  /** The session in use. Throws `connection` while there is none that is connected. */
  get current(): ZooKeeperSession {
    if (this.#session?.connected) return this.#session;
    throw new ZooKeeperError('connection', 'ZooKeeper is not connected.');
  }

  /** Null while there is none. */
  get id(): string | null {
    return this.#session?.id ?? null;
  }

  get grantedTimeoutMs(): number | null {
    return this.#session?.grantedTimeoutMs ?? null;
  }

  async #open(): Promise<void> {
    if (this.#closed) return;
    let address: EnsembleAddress;
    try {
      address = await resolveConnect(this.#options.connect);
    } catch (error) {
      this.#listener.lost(`${error instanceof Error ? error.message : error}.`);
      this.#retry();
      return;
    }
    if (this.#closed) return;
    const isCurrent = () => !this.#closed && this.#session === mine;
    const { timeoutMs, digest, gatherMs } = this.#options;
    const mine: ZooKeeperSession = openSession(
      { ...address, timeoutMs, digest, gatherMs },
      {
        connected: () => {
          if (!isCurrent()) return;
          this.#attempt = 0;
          this.#listener.ready(mine);
        },
        disconnected: () => {
          if (!isCurrent()) return;
          this.#renewLater(mine);
          this.#listener.lost(CONNECTION_LOST);
        },
        closed: (why) => {
          if (!isCurrent()) return;
          this.#session = null;
          this.#retry();
          this.#listener.lost(
            why === 'auth-failed'
              ? 'ZooKeeper refused the digest credentials.'
              : 'The ZooKeeper session expired.',
          );
        },
        changed: (path) => {
          if (isCurrent()) this.#listener.changed(path);
        },
      },
    );
    this.#session = mine;
    this.#renewLater(mine);
  }

  /**
   * Away for so long, its servers may have come back under other addresses, and the session is over
   * anyhow: look the names up again and open another.
   */
  #renewLater(session: ZooKeeperSession): void {
    const wait = 2 * (session.grantedTimeoutMs ?? this.#options.timeoutMs);
    this.#cancelRenewal();
    this.#cancelRenewal = this.#clock.after(wait, () => {
      if (this.#closed || this.#session !== session || session.connected) return;
      this.#session = null;
      session.close();
      void this.#open();
    });
  }

  #retry(): void {
    const wait = RETRY_MS[Math.min(this.#attempt, RETRY_MS.length - 1)] ?? 5000;
    this.#attempt += 1;
    this.#cancelRetry = this.#clock.after(wait, () => void this.#open());
  }

  close(): void {
    this.#closed = true;
    this.#cancelRetry();
    this.#cancelRenewal();
    this.#session?.close();
    this.#session = null;
  }
}
