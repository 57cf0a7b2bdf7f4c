import type { Clock } from '@/server/ports';
import type { ZooKeeperSession } from '@/zookeeper';
import { type LastingOptions, LastingSession } from './lasting-session';
import type { MirrorSessions } from './mirror';

/**
 * So many bytes of watched paths a session. Our client doesn't re-arm watches in packets that a
 * server could refuse, so nothing breaks beyond: but servers answer connections in turn, and several
 * sessions share what is read again when one of them is lost.
 */
export const SHARD_BYTES = 450_000;

/** Numbers of sessions: how they count, and with how many one starts. */
interface Shards {
  readonly first: number;
  readonly step: number;
  readonly least: number;
}
/** Answers and events of a bulk session are taken in together, milliseconds. */
const GATHER_MS = 20;

const LEADERSHIP: Shards = { first: -1, step: -1, least: 1 };
/** Two even where one could watch everything: a server answers each connection in turn. */
const BULK: Shards = { first: 0, step: 1, least: 2 };

export interface SessionsListener {
  /** That session's connection is new: read again all it watches. */
  ready(shard: number): void;
  changed(path: string): void;
  /** Whether all sessions are connected may have changed. */
  state(): void;
  /** Nothing is being read afresh: what bulk sessions have to tell may wait for a moment. */
  readonly calm: boolean;
}

/**
 * As many sessions as the watched paths need: bulk ones (shard 0, 1, …) and, apart from them so that
 * it waits behind nothing, leadership (shard -1; more than one only beyond some thousand clusters).
 */
export class Sessions implements MirrorSessions {
  readonly #options: LastingOptions;
  readonly #clock: Clock;
  readonly #listener: SessionsListener;
  readonly #sessions = new Map<number, LastingSession>();
  readonly #bytes = new Map<number, number>();
  readonly #lost = new Map<number, string | null>();
  #started = false;

  constructor(options: LastingOptions, clock: Clock, listener: SessionsListener) {
    this.#options = options;
    this.#clock = clock;
    this.#listener = listener;
    for (const { first, step, least } of [LEADERSHIP, BULK]) {
      for (let n = 0; n < least; n += 1) this.#open(first + step * n);
    }
  }

  start(): void {
    this.#started = true;
    for (const session of this.#sessions.values()) session.start();
  }

  /** True when every session has a connection. */
  get connected(): boolean {
    return this.#lost.size > 0 && [...this.#lost.values()].every((why) => why === null);
  }

  /** Why it isn't connected; null when it is, or has not said yet. */
  get why(): string | null {
    return [...this.#lost.values()].find((why) => why !== null && why !== '') ?? null;
  }

  get leadership(): LastingSession | null {
    return this.#sessions.get(-1) ?? null;
  }

  session(shard: number): ZooKeeperSession {
    const session = this.#sessions.get(shard);
    if (!session) throw new Error(`there is no session ${shard}`);
    return session.current;
  }

  place(bytes: number, leadership: boolean): number {
    const all = leadership ? LEADERSHIP : BULK;
    let shard = this.#emptiest(all);
    if (this.#used(shard) + bytes > SHARD_BYTES) {
      shard = all.first + all.step * this.#count(all);
      this.#open(shard);
    }
    this.#bytes.set(shard, this.#used(shard) + bytes);
    return shard;
  }

  #emptiest(all: Shards): number {
    let emptiest = all.first;
    for (let n = 1; n < this.#count(all); n += 1) {
      const shard = all.first + all.step * n;
      if (this.#used(shard) < this.#used(emptiest)) emptiest = shard;
    }
    return emptiest;
  }

  #count({ first, step }: Shards): number {
    let count = 0;
    while (this.#sessions.has(first + step * count)) count += 1;
    return count;
  }

  #used(shard: number): number {
    return this.#bytes.get(shard) ?? 0;
  }

  release(shard: number, bytes: number): void {
    this.#bytes.set(shard, Math.max(0, (this.#bytes.get(shard) ?? 0) - bytes));
  }

  close(): void {
    for (const session of this.#sessions.values()) session.close();
  }

  #open(shard: number): void {
    const gatherMs = () => (shard >= 0 && this.#listener.calm ? GATHER_MS : 0);
    const session = new LastingSession({ ...this.#options, gatherMs }, this.#clock, {
      ready: () => {
        this.#lost.set(shard, null);
        this.#listener.ready(shard);
        this.#listener.state();
      },
      lost: (why) => {
        this.#lost.set(shard, why);
        this.#listener.state();
      },
      changed: (path) => this.#listener.changed(path),
    });
    this.#sessions.set(shard, session);
    // Not connected yet, and without a reason so far.
    this.#lost.set(shard, '');
    if (!this.#bytes.has(shard)) this.#bytes.set(shard, 0);
    if (this.#started) session.start();
  }
}
