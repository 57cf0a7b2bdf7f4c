import type { Stat } from '@/lib/topology/facts';

/**
 * The narrow seam to a ZooKeeper client. Everything Howdah asks of ZooKeeper goes through it, and
 * `session.itest.ts` is the contract that any other client would be held to.
 */
export interface ZooKeeperSession {
  /** Hexadecimal; null until first connected. */
  readonly id: string | null;
  readonly connected: boolean;
  /** What the ensemble granted, milliseconds; null until first connected. */
  readonly grantedTimeoutMs: number | null;

  /**
   * Data and stat, or null when there is no such znode; then `watch` waits for it to appear.
   * `likelyAbsent` changes nothing but the number of calls: one where there is none, two where
   * there is.
   */
  data(path: string, watch: boolean, likelyAbsent?: boolean): Promise<Znode | null>;
  /** Names and stat, or null when there is no such znode; then `watch` waits for it to appear. */
  children(path: string, watch: boolean): Promise<Children | null>;

  /** Creates with an open ACL. Throws `exists`, `no-node` (no parent). */
  create(path: string, data: Buffer, options?: { readonly ephemeral?: boolean }): Promise<void>;
  /** Compare-and-set by exact version. Throws `bad-version`, `no-node`. */
  set(path: string, data: Buffer, version: number): Promise<Stat>;
  /** Deletes that exact version. Throws `bad-version`, `no-node`, `not-empty`. */
  delete(path: string, version: number): Promise<void>;
  /** What is read afterwards is no older than what was committed when this was called. */
  sync(path: string): Promise<void>;

  close(): void;
}

export interface Znode {
  readonly data: Buffer;
  readonly stat: Stat;
}

export interface Children {
  readonly names: readonly string[];
  readonly stat: Stat;
}

/**
 * `connected` may come again after `disconnected`: the session lives on with its ephemerals, and
 * what changed meanwhile fires, unless the connection broke under a call: then its watches are gone.
 * So whatever is watched is read again after `connected`. After `closed` the session is over (expired, or refused) and every call
 * fails: open another.
 */
export interface SessionListener {
  connected(): void;
  disconnected(): void;
  closed(why: 'expired' | 'auth-failed'): void;
  /** Once for each armed watch: the path changed in some way, and is no longer watched. */
  changed(path: string): void;
}

export interface SessionOptions {
  /** host:port, comma-separated; may end in a chroot. */
  readonly connect: string;
  /** Requested, milliseconds; the ensemble clamps it. */
  readonly timeoutMs: number;
  readonly digest: { readonly user: string; readonly password: string } | null;
}
