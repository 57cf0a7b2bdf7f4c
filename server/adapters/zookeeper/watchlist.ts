import type { Scope } from './scope';

/** What a path is to the mirror. */
export type Role =
  | { readonly is: 'namespace'; readonly namespace: string }
  | { readonly is: 'folder'; readonly namespace: string; readonly name: string }
  | { readonly is: 'members'; readonly scope: Scope }
  | { readonly is: 'znode'; readonly scope: Scope; readonly name: string }
  | { readonly is: 'member'; readonly scope: Scope; readonly name: string };

/** `polled` paths are read now and then and leave no watch. */
export type Kind = 'leadership' | 'bulk' | 'polled';

export interface Watched {
  readonly path: string;
  readonly role: Role;
  readonly kind: Kind;
  /** The session that reads it: below 0 for leadership. */
  readonly shard: number;
  /** Paths of one cluster are read together: its id, or else the path itself. */
  readonly group: string;
}

/** Where watches are placed, so that sessions share them. */
export interface Placement {
  /** Which session is to have so many more bytes of watched paths. */
  place(bytes: number, leadership: boolean): number;
  release(shard: number, bytes: number): void;
}

/** What a watch weighs: its path, with its length, as a server has to keep it. */
const bytesOf = (path: string): number => Buffer.byteLength(path) + 4;

/** The paths that a mirror follows, each with its session, and which of them may be out of date. */
export class Watchlist {
  readonly #placement: Placement;
  readonly #watched = new Map<string, Watched>();
  readonly #stale = new Set<string>();

  constructor(placement: Placement) {
    this.#placement = placement;
  }

  /** True when nothing may be out of date. */
  get current(): boolean {
    return this.#stale.size === 0;
  }

  get(path: string): Watched | undefined {
    return this.#watched.get(path);
  }

  /** Follows a path, which is out of date until it has been read. */
  add(path: string, role: Role, kind: Kind): Watched {
    const bytes = kind === 'polled' ? 0 : bytesOf(path);
    const watched: Watched = {
      path,
      role,
      kind,
      shard: this.#placement.place(bytes, kind === 'leadership'),
      group: 'scope' in role ? role.scope.id : path,
    };
    this.#watched.set(path, watched);
    this.#stale.add(path);
    return watched;
  }

  /** @returns whether it was followed. */
  remove(path: string): boolean {
    const watched = this.#watched.get(path);
    if (!watched) return false;
    if (watched.kind !== 'polled') this.#placement.release(watched.shard, bytesOf(path));
    this.#watched.delete(path);
    this.#stale.delete(path);
    return true;
  }

  /** It is as it was just read, or is known to be. */
  settle(path: string): void {
    this.#stale.delete(path);
  }

  /** It may be out of date: until it has been read again, not everything is current. */
  doubt(path: string): Watched | undefined {
    const watched = this.#watched.get(path);
    if (watched) this.#stale.add(path);
    return watched;
  }

  /** Its session has a new connection: all that it reads may be out of date. */
  distrust(shard: number): readonly Watched[] {
    const all = [...this.#watched.values()].filter((watched) => watched.shard === shard);
    for (const { path } of all) this.#stale.add(path);
    return all;
  }
}
