import { type Call, Connection, type ConnectionListener } from './connection';
import { CODE, NEW_SESSION } from './protocol';
import type { SessionListener, SessionOptions } from './types';

/** A server has this long to welcome us: a part of the timeout, within limits. Milliseconds. */
const LEAST_PATIENCE_MS = 1000;
const MOST_PATIENCE_MS = 10_000;
/** A connection that lasted less than this was in vain, milliseconds. */
const BRIEF_MS = 1000;
/** After every server was tried in vain: a moment, not the same one for everybody. Milliseconds. */
const PAUSE_MS = 100;
const PAUSE_MORE_MS = 900;

/** Keeps a session connected to one server or another until it is closed or expires. */
export class Link {
  readonly #options: SessionOptions;
  readonly #listener: SessionListener;
  readonly #servers: SessionOptions['servers'];
  #connection: Connection | null = null;
  #session = NEW_SESSION;
  #lastZxid = 0n;
  #next = 0;
  /** Attempts in vain since the last connection that lasted. */
  #attempts = 0;
  #connected = false;
  #connectedAt = 0;
  #over = false;
  #pause: NodeJS.Timeout | undefined;
  #grantedTimeoutMs: number | null = null;

  /** There is one connection at a time, so it is always the present one that tells. */
  readonly #hears: ConnectionListener = {
    welcomed: ({ timeoutMs, session }) => {
      this.#grantedTimeoutMs = timeoutMs;
      this.#session = session;
      this.#connected = true;
      this.#connectedAt = performance.now();
      this.#listener.connected();
    },
    changed: (path) => {
      if (!this.#over) this.#listener.changed(path);
    },
    expired: () => this.#close('expired'),
    refused: () => this.#close('auth-failed'),
    lost: () => this.#lose(),
  };

  constructor(options: SessionOptions, listener: SessionListener) {
    this.#options = options;
    this.#listener = listener;
    // So that clients spread over the servers.
    this.#servers = shuffled(options.servers);
    this.#connect();
  }

  get id(): string | null {
    if (this.#grantedTimeoutMs === null) return null;
    return BigInt.asUintN(64, this.#session.id).toString(16);
  }

  get connected(): boolean {
    return this.#connected;
  }

  get grantedTimeoutMs(): number | null {
    return this.#grantedTimeoutMs;
  }

  call(call: Call): void {
    if (this.#connected && this.#connection) this.#connection.send(call);
    else call.answer(this.#over ? CODE.sessionExpired : CODE.connectionLost, null);
  }

  close(): void {
    if (this.#over) return;
    this.#finish();
    this.#connection?.close();
  }

  #connect(): void {
    const server = this.#servers[this.#next++ % this.#servers.length];
    if (!server) throw new Error('no server is named');
    this.#connection = new Connection(
      {
        ...server,
        session: this.#session,
        timeoutMs: this.#grantedTimeoutMs ?? this.#options.timeoutMs,
        lastZxid: this.#lastZxid,
        patienceMs: this.#patience(),
        digest: this.#options.digest,
        gatherMs: this.#options.gatherMs,
      },
      this.#hears,
    );
  }

  /** Servers share the session's time, and get more of it when none of them made it. */
  #patience(): number {
    const rounds = 1 + Math.floor(this.#attempts / this.#servers.length);
    const share = (this.#options.timeoutMs * rounds) / this.#servers.length;
    return Math.min(MOST_PATIENCE_MS, Math.max(LEAST_PATIENCE_MS, share));
  }

  #lose(): void {
    if (this.#over || this.#connection === null) return;
    this.#lastZxid = this.#connection.lastZxid;
    this.#connection = null;
    const wasConnected = this.#connected;
    this.#connected = false;
    // It served well: the others are all worth a try, at once.
    if (wasConnected && performance.now() - this.#connectedAt > BRIEF_MS) this.#attempts = 0;
    this.#attempts += 1;
    const pause =
      this.#attempts % this.#servers.length === 0 ? PAUSE_MS + Math.random() * PAUSE_MORE_MS : 0;
    // First this: whoever is told may close us, or fail.
    this.#pause = setTimeout(() => this.#connect(), pause);
    if (wasConnected) this.#listener.disconnected();
  }

  #close(why: 'expired' | 'auth-failed'): void {
    if (this.#over) return;
    this.#finish();
    this.#listener.closed(why);
  }

  #finish(): void {
    this.#over = true;
    this.#connected = false;
    clearTimeout(this.#pause);
  }
}

function shuffled<T>(all: readonly T[]): T[] {
  const left = [...all];
  for (let i = left.length - 1; i > 0; i -= 1) {
    const j = Math.floor(Math.random() * (i + 1));
    [left[i], left[j]] = [left[j] as T, left[i] as T];
  }
  return left;
}
