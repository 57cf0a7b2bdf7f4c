import { ZooKeeperError } from '@/lib/errors';
import type { ClusterId } from '@/lib/topology/cluster-id';
import type { MirrorBatch, MirroredZnode, ScopeSnapshot } from '@/server/ports';
import type { Children, ZooKeeperSession } from '@/zookeeper';
import { isFailed, LEADERSHIP_ZNODES, POLLED_ZNODES, type Scope, WATCHED_ZNODES } from './scope';
import { type ScopeListener, Scopes, type Told } from './scopes';
import { type Placement, type Role, type Watched, Watchlist } from './watchlist';

export type MirrorLane = 'leadership' | 'changes' | 'resync';

/** The sessions a mirror reads over. Those below 0 are for leadership alone. */
export interface MirrorSessions extends Placement {
  /** Throws `connection` while that session has none. */
  session(shard: number): ZooKeeperSession;
}

export interface MirrorOptions {
  readonly ensemble: string;
  readonly namespaces: readonly string[];
  readonly sessions: MirrorSessions;
  /** Asks for a path to be read, sooner or later: `Mirror.read` will be called with it. */
  readonly mark: (path: string, lane: MirrorLane, group: string) => void;
  readonly forget: (path: string) => void;
  /** Whether more waits to be read than can be read soon. */
  readonly isBehind: () => boolean;
  /** A watch has fired. */
  readonly onEvent: () => void;
  /** A read has found a znode changed, so often since the last. */
  readonly onChanges: (count: number) => void;
  readonly onBatch: (batch: MirrorBatch) => void;
}

type ZnodePathRole = Extract<Role, { is: 'znode' | 'member' }>;

/**
 * A copy of the parts of ZooKeeper that clusters live in, kept by one-shot watches. It holds the
 * newest value of each path, not every value a path ever had: changes between a notice and its read
 * are coalesced. When it reads is not its business: it marks paths, and is told to read them.
 */
export class Mirror {
  readonly #options: MirrorOptions;
  readonly #watchlist: Watchlist;
  readonly #scopes: Scopes;
  readonly #failures = new Map<string, string>();
  /** Paths that had changed when they were last read. */
  readonly #restless = new Set<string>();
  /** Paths that were last read without leaving a watch, and so are read again in any case. */
  readonly #unwatched = new Set<string>();

  constructor(options: MirrorOptions) {
    this.#options = options;
    this.#watchlist = new Watchlist(options.sessions);
    const listener: ScopeListener = {
      mark: (watched, lane) => this.#mark(watched, lane),
      forget: (path) => {
        this.#failures.delete(path);
        this.#restless.delete(path);
        this.#unwatched.delete(path);
        options.forget(path);
      },
    };
    this.#scopes = new Scopes(options, this.#watchlist, listener);
  }

  /** Null: not read yet. False: there is no such znode yet. */
  get namespaces(): ReadonlyMap<string, boolean | null> {
    return this.#scopes.namespaces;
  }

  /** Folders whose children can't be read, with the reason. */
  get failures(): ReadonlyMap<string, string> {
    return this.#failures;
  }

  /** True when every path has been read since the last (re)connection. */
  get synced(): boolean {
    return this.#watchlist.current;
  }

  scope(id: ClusterId): ScopeSnapshot | null {
    return this.#scopes.byId(id);
  }

  /** A session is connected, for the first time or again: all it watches is read again. */
  resync(shard: number): void {
    for (const watched of this.#watchlist.distrust(shard)) {
      this.#mark(watched, watched.kind === 'leadership' ? 'leadership' : 'resync');
    }
  }

  /** A watch fired. */
  notice(path: string): void {
    this.#options.onEvent();
    const watched = this.#watchlist.get(path);
    if (watched) this.#mark(watched, watched.kind === 'leadership' ? 'leadership' : 'changes');
  }

  /**
   * Marks what isn't watched, of every `of`-th cluster in turn, and what could not be read before.
   * Little depends on it: a listing tells at once what comes and goes, and the leader's position in
   * `status` is in the leader's own znode as well.
   */
  poll(turn: number, of: number): void {
    for (const path of this.#failures.keys()) this.#markPath(path);
    let index = 0;
    for (const scope of this.#scopes.all) {
      if (index++ % of !== turn % of) continue;
      for (const name of POLLED_ZNODES) this.#markPath(`${scope.path}/${name}`);
      for (const name of [...LEADERSHIP_ZNODES, ...WATCHED_ZNODES]) {
        if (isFailed(scope.znode(name))) this.#markPath(`${scope.path}/${name}`);
      }
      for (const [name, value] of scope.members) {
        if (isFailed(value)) this.#markPath(`${scope.path}/members/${name}`);
      }
    }
  }

  /** Reads paths, arming their watches, and tells of what changed once all are read. */
  read(paths: readonly string[], lane: MirrorLane): Promise<void> {
    return new Promise((resolve, reject) => {
      const told: Told = { changed: new Set(), removed: new Set() };
      let left = paths.length;
      const done = (fault?: unknown) => {
        if (fault !== undefined) reject(fault);
        left -= 1;
        if (left > 0) return;
        this.#tell(told, lane);
        resolve();
      };
      if (left === 0) resolve();
      for (const path of paths) this.#read(path, told, done);
    });
  }

  #tell({ changed, removed }: Told, lane: MirrorLane): void {
    // A scope may have gone while others were read, or be back: what holds now is told.
    const here = (scope: Scope) => this.#scopes.byId(scope.id) !== null;
    const batch = {
      urgent: lane === 'leadership',
      changed: [...changed].filter(here).map(({ id }) => id),
      removed: [...removed].filter((scope) => !here(scope)).map(({ id }) => id),
    };
    if (batch.changed.length + batch.removed.length > 0) this.#options.onBatch(batch);
  }

  #mark({ path, group }: Watched, lane: MirrorLane): void {
    this.#options.mark(path, lane, group);
  }

  #markPath(path: string): void {
    const watched = this.#watchlist.get(path);
    if (watched) this.#mark(watched, 'changes');
  }

  /** Calls `done` once, with a fault of ours if there was one. */
  #read(path: string, told: Told, done: (fault?: unknown) => void): void {
    const watched = this.#watchlist.get(path);
    if (!watched) {
      done();
      return;
    }
    const failed = (error: unknown) => {
      if (error instanceof ZooKeeperError) this.#takeFailure(watched, error, told);
      done(error instanceof ZooKeeperError ? undefined : error);
    };
    const taken = (take: () => void) => {
      try {
        take();
        done();
      } catch (error) {
        done(error);
      }
    };
    try {
      const { role } = watched;
      if (role.is === 'znode' || role.is === 'member') {
        if (this.#knownAbsent(watched)) {
          this.#unwatched.delete(path);
          taken(() => this.#takeData(watched, { role, value: null }, told));
          return;
        }
        const watch = this.#watches(watched);
        this.#session(watched.shard)
          .data(path, watch, isLikelyAbsent(watched))
          .then((value) => taken(() => this.#takeData(watched, { role, value }, told)), failed);
      } else {
        this.#session(watched.shard)
          .children(path, true)
          .then((found) => taken(() => this.#takeChildren(watched, { role, found }, told)), failed);
      }
    } catch (error) {
      failed(error);
    }
  }

  #takeData(
    watched: Watched,
    { role, value }: { role: ZnodePathRole; value: MirroredZnode },
    told: Told,
  ): void {
    if (this.#watchlist.get(watched.path) !== watched) return;
    const changes = role.scope.changesTo(role, value);
    this.#options.onChanges(changes);
    if (role.scope.store(role, value)) told.changed.add(role.scope);
    this.#settle(watched, told);
    if (watched.kind === 'bulk') this.#noteRest(watched, changes);
  }

  /**
   * Whether a read is to leave a watch. While reads can't keep up with changes, a watch on what
   * changes all the time would fire at once, only to say what is known; such a path is read again in
   * its turn instead.
   */
  #watches({ path, kind }: Watched): boolean {
    if (kind !== 'bulk') return kind !== 'polled';
    const watch = !(this.#restless.has(path) && this.#options.isBehind());
    if (watch) this.#unwatched.delete(path);
    else this.#unwatched.add(path);
    return watch;
  }

  #noteRest(watched: Watched, changes: number): void {
    const { path } = watched;
    if (changes > 0) this.#restless.add(path);
    else this.#restless.delete(path);
    if (this.#unwatched.has(path)) this.#mark(watched, 'changes');
  }

  #takeChildren(
    watched: Watched,
    { role, found }: { role: Exclude<Role, ZnodePathRole>; found: Children | null },
    told: Told,
  ): void {
    if (this.#watchlist.get(watched.path) !== watched) return;
    this.#scopes.list(role, found, told);
    this.#failures.delete(watched.path);
    this.#settle(watched, told);
  }

  #takeFailure(watched: Watched, error: ZooKeeperError, told: Told): void {
    if (error.code === 'connection' || error.code === 'closed') {
      // Whoever reconnects resyncs. If this session is up all the same, ask again ourselves.
      if (this.#isUp(watched.shard)) this.#mark(watched, 'changes');
      return;
    }
    const { path, role } = watched;
    if (this.#watchlist.get(path) !== watched) return;
    const failed =
      error.code === 'no-auth' ? 'ZooKeeper does not let Howdah read it (ACL)' : error.message;
    if (role.is === 'znode' || role.is === 'member') {
      if (role.scope.store(role, { failed })) told.changed.add(role.scope);
    } else {
      this.#failures.set(path, failed);
    }
    this.#settle(watched, told);
  }

  /**
   * Its folder was listed without it: no call is needed. If that has changed since, the folder's own
   * watch has fired or will fire, and the listing marks what has come. Leadership waits for no
   * listing.
   */
  #knownAbsent({ role, kind }: Watched): boolean {
    return kind !== 'leadership' && role.is === 'znode' && role.scope.lists(role.name) === false;
  }

  #settle({ path, role }: Watched, { changed }: Told): void {
    this.#watchlist.settle(path);
    // A cluster is told of once its last unread path has been read.
    if ('scope' in role && role.scope.markRead(path)) changed.add(role.scope);
  }

  #session(shard: number): ZooKeeperSession {
    return this.#options.sessions.session(shard);
  }

  #isUp(shard: number): boolean {
    try {
      return this.#session(shard).connected;
    } catch {
      return false;
    }
  }
}

/** A request for a switchover is there for moments only. */
function isLikelyAbsent({ role }: Watched): boolean {
  return role.is === 'znode' && role.name === 'failover' && role.scope.znode('failover') === null;
}
