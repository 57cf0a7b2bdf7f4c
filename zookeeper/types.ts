import type { Stat } from '@/lib/topology/facts';
import type { Access } from '@/lib/znodes/access';
import type { EnsembleAddress } from './addresses';
import type { Version, WholeStat } from './protocol';

/**
 * One session on a ZooKeeper ensemble, whichever of its servers it is connected to. Every call
 * throws `ZooKeeperError`: `connection` where it is not known whether the call was carried out, or
 * there is no connection to make it over; `closed` once the session is over.
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
  /** Its ACL, or null when there is no such znode. Wants READ or ADMIN on it. */
  access(path: string): Promise<Guarded | null>;

  /** Open to everybody unless told otherwise. Throws `exists`, `no-node` (no parent). */
  create(path: string, data: Buffer, options?: CreateOptions): Promise<void>;
  /** Compare-and-set by exact version. Throws `bad-version`, `no-node`. */
  set(path: string, data: Buffer, version: Version): Promise<Stat>;
  /**
   * Compare-and-set of an ACL by its own exact version, `accessVersion`. Wants ADMIN. Throws
   * `bad-version`, `no-node`.
   */
  setAccess(path: string, access: readonly Access[], version: Version): Promise<void>;
  /** Deletes that exact version. Throws `bad-version`, `no-node`, `not-empty`. */
  delete(path: string, version: Version): Promise<void>;
  /** What is read afterwards is no older than what was committed when this was called. */
  sync(path: string): Promise<void>;

  /**
   * Ends the session and all that goes with it: on the server at once if it is connected, else when
   * the session times out there.
   */
  close(): void;
}

export interface CreateOptions {
  readonly ephemeral?: boolean;
  readonly access?: readonly Access[];
}

export interface Znode {
  readonly data: Buffer;
  readonly stat: Stat;
}

export interface Guarded extends WholeStat {
  readonly access: readonly Access[];
  /** False where hashes are masked, since the session has not ADMIN: then it must not be used again. */
  readonly whole: boolean;
}

export interface Children {
  readonly names: readonly string[];
  readonly stat: Stat;
}

/**
 * `connected` may come again after `disconnected`: the session lives on with its ephemerals, but
 * its watches are gone. They are not asked for again: whoever watches has to read again after
 * `connected` in any case, and that leaves them. After `closed` the session is over (expired, or
 * refused): open another.
 */
export interface SessionListener {
  connected(): void;
  disconnected(): void;
  closed(why: 'expired' | 'auth-failed'): void;
  /**
   * A watch has fired and is gone: the path changed in some way. Watches of one path on its data and
   * on its children are two, which one event may end together.
   */
  changed(path: string): void;
}

export interface SessionOptions extends EnsembleAddress {
  /** Requested, milliseconds; the ensemble clamps it. */
  readonly timeoutMs: number;
  readonly digest: { readonly user: string; readonly password: string } | null;
  /**
   * After anything has come: how long to let more come before that is taken in, milliseconds. A
   * server that has much to say, piece by piece, then costs few wake-ups. 0, or unsaid: not at all.
   */
  readonly gatherMs?: (() => number) | undefined;
}
