import { ZooKeeperError } from '@/lib/errors';
import type { ClusterId } from '@/lib/topology/cluster-id';
import type { MirrorBatch, MirroredZnode, ScopeSnapshot } from '@/server/ports';
import type { Children, Znode, ZooKeeperSession } from './port';
import { classify, LEADERSHIP_ZNODES, POLLED_ZNODES, Scope, WATCHED_ZNODES } from './scope';

export type MirrorLane = 'leadership' | 'changes' | 'resync';

/** The sessions a mirror reads over. `shard` -1 is the leadership session. */
export interface MirrorSessions {
  /** Throws `connection` while that session has none. */
  session(shard: number): ZooKeeperSession;
  /** Which bulk session is to watch this many more bytes of paths. */
  place(bytes: number): number;
  release(shard: number, bytes: number): void;
}

export interface MirrorOptions {
  readonly ensemble: string;
  readonly namespaces: readonly string[];
  readonly sessions: MirrorSessions;
  /** Asks for a path to be read, sooner or later: `Mirror.read` will be called with it. */
  readonly mark: (path: string, lane: MirrorLane) => void;
  readonly forget: (path: string) => void;
  readonly onBatch: (batch: MirrorBatch) => void;
}

const LEADERSHIP = -1;

type Role =
  | { readonly is: 'namespace'; readonly namespace: string }
  | { readonly is: 'folder'; readonly namespace: string; readonly name: string }
  | { readonly is: 'members'; readonly scope: Scope }
  | { readonly is: 'znode'; readonly scope: Scope; readonly name: string }
  | { readonly is: 'member'; readonly scope: Scope; readonly name: string };

interface Watched {
  readonly role: Role;
  readonly shard: number;
  readonly watch: boolean;
}

/**
 * A copy of the parts of ZooKeeper that clusters live in, kept by one-shot watches. It holds the
 * newest value of each path, not every value a path ever had: changes between a notice and its read
 * are coalesced. When it reads is not its business: it marks paths, and is told to read them.
 */
export class Mirror {
  readonly #options: MirrorOptions;
  readonly #watched = new Map<string, Watched>();
  readonly #scopes = new Map<string, Scope>();
  readonly #byId = new Map<ClusterId, Scope>();
  readonly #namespaces = new Map<string, boolean | null>();
  readonly #failures = new Map<string, string>();
  /** Paths whose value may be out of date since a connection was lost. */
  readonly #stale = new Set<string>();
  #changed = new Set<ClusterId>();
  #removed = new Set<ClusterId>();

  constructor(options: MirrorOptions) {
    this.#options = options;
    for (const namespace of options.namespaces) {
      this.#namespaces.set(namespace, null);
      this.#watch(namespace, { role: { is: 'namespace', namespace }, shard: 0, watch: true });
    }
  }

  /** Null: not read yet. False: there is no such znode yet. */
  get namespaces(): ReadonlyMap<string, boolean | null> {
    return this.#namespaces;
  }

  /** Folders whose children can't be read, with the reason. */
  get failures(): ReadonlyMap<string, string> {
    return this.#failures;
  }

  /** True when every path has been read since the last (re)connection. */
  get synced(): boolean {
    return this.#stale.size === 0;
  }

  scope(id: ClusterId): ScopeSnapshot | null {
    return this.#byId.get(id) ?? null;
  }

  /** A session is connected, for the first time or again: all it watches is read again. */
  resync(shard: number): void {
    for (const [path, watched] of this.#watched) {
      if (watched.shard !== shard) continue;
      this.#stale.add(path);
      this.#options.mark(path, shard === LEADERSHIP ? 'leadership' : 'resync');
    }
  }

  /** A watch fired. */
  notice(path: string): void {
    const watched = this.#watched.get(path);
    if (!watched) return;
    this.#options.mark(path, watched.shard === LEADERSHIP ? 'leadership' : 'changes');
    if (watched.role.is === 'member')
      this.#options.mark(`${watched.role.scope.path}/status`, 'changes');
  }

  /** Marks what isn't watched, of every `of`-th cluster, and what could not be read before. */
  poll(turn: number, of: number): void {
    for (const path of this.#failures.keys()) this.#options.mark(path, 'changes');
    let index = 0;
    for (const scope of this.#scopes.values()) {
      if (index++ % of !== turn % of) continue;
      for (const name of POLLED_ZNODES) this.#options.mark(`${scope.path}/${name}`, 'changes');
      for (const name of [...LEADERSHIP_ZNODES, ...WATCHED_ZNODES]) {
        if (isFailed(scope.znode(name))) this.#options.mark(`${scope.path}/${name}`, 'changes');
      }
      for (const [name, value] of scope.members) {
        if (isFailed(value)) this.#options.mark(`${scope.path}/members/${name}`, 'changes');
      }
    }
  }

  /** Reads paths, arming their watches, and tells of what changed once all are read. */
  async read(paths: readonly string[]): Promise<void> {
    await Promise.all(paths.map((path) => this.#read(path)));
    if (this.#changed.size === 0 && this.#removed.size === 0) return;
    const batch = { changed: [...this.#changed], removed: [...this.#removed] };
    this.#changed = new Set();
    this.#removed = new Set();
    this.#options.onBatch(batch);
  }

  async #read(path: string): Promise<void> {
    const watched = this.#watched.get(path);
    if (!watched) return;
    const { role, shard, watch } = watched;
    try {
      const session = this.#options.sessions.session(shard);
      if (role.is === 'znode' || role.is === 'member') {
        const value = await session.data(path, watch);
        if (this.#watched.get(path) === watched) this.#store(role, value);
      } else {
        const value = await session.children(path, watch);
        if (this.#watched.get(path) === watched) this.#list(role, value);
      }
    } catch (error) {
      if (!(error instanceof ZooKeeperError)) throw error;
      if (error.code === 'connection' || error.code === 'closed') {
        // Whoever reconnects resyncs. If this session is up all the same, ask again ourselves.
        if (this.#isUp(shard)) this.#options.mark(path, 'changes');
        return;
      }
      const failed =
        error.code === 'no-auth' ? 'ZooKeeper does not let Howdah read it (ACL)' : error.message;
      if (role.is === 'znode' || role.is === 'member') this.#store(role, { failed });
      else this.#failures.set(path, failed);
      this.#settled(path, role);
      return;
    }
    this.#failures.delete(path);
    this.#settled(path, role);
  }

  #settled(path: string, role: Role): void {
    this.#stale.delete(path);
    this.#markRead(path, role);
  }

  #isUp(shard: number): boolean {
    try {
      return this.#options.sessions.session(shard).connected;
    } catch {
      return false;
    }
  }

  /** A cluster is told of once its last unread path has been read. */
  #markRead(path: string, role: Role): void {
    if (!('scope' in role)) return;
    const { scope } = role;
    if (scope.unread.delete(path) && scope.unread.size === 0) this.#tell(scope);
  }

  #store(role: Extract<Role, { name: string; scope: Scope }>, value: MirroredZnode | Znode): void {
    const { scope, name } = role;
    const before = role.is === 'member' ? (scope.members.get(name) ?? null) : scope.znode(name);
    if (same(before, value)) return;
    if (role.is === 'member') scope.setMember(name, value);
    else scope.setZnode(name, value);
    if (scope.unread.size === 0) this.#tell(scope);
  }

  /** Not of a scope that was dropped while it was read; and what is back has not gone. */
  #tell(scope: Scope): void {
    if (this.#byId.get(scope.id) !== scope) return;
    this.#changed.add(scope.id);
    this.#removed.delete(scope.id);
  }

  #list(role: Exclude<Role, { scope: Scope; name: string }>, found: Children | null): void {
    const names = found?.names ?? [];
    switch (role.is) {
      case 'namespace':
        this.#namespaces.set(role.namespace, found !== null);
        this.#listNamespace(role.namespace, names);
        break;
      case 'folder':
        this.#listFolder(role, names);
        break;
      case 'members':
        this.#listMembers(role.scope, names);
        break;
    }
  }

  #listNamespace(namespace: string, names: readonly string[]): void {
    const base = namespace === '/' ? '' : namespace;
    const present = new Set(names.filter((name) => !(base === '' && name === 'zookeeper')));
    for (const [path, { role }] of this.#watched) {
      if (role.is === 'folder' && role.namespace === namespace && !present.has(role.name)) {
        this.#listFolder(role, []);
        this.#unwatch(path);
      }
    }
    for (const name of present) {
      const path = `${base}/${name}`;
      if (this.#watched.has(path)) continue;
      this.#watch(path, { role: { is: 'folder', namespace, name }, shard: 0, watch: true });
      this.#options.mark(path, 'resync');
    }
  }

  #listFolder(role: Extract<Role, { is: 'folder' }>, names: readonly string[]): void {
    const { cluster, groups } = classify(names);
    const base = { ensemble: this.#options.ensemble, namespace: role.namespace, scope: role.name };
    const wanted = new Map<string, Scope['key']>();
    const path = `${role.namespace === '/' ? '' : role.namespace}/${role.name}`;
    if (cluster) wanted.set(path, { ...base, group: null });
    for (const group of groups) wanted.set(`${path}/${group}`, { ...base, group });
    for (const [known, scope] of this.#scopes) {
      const mine = scope.key.namespace === role.namespace && scope.key.scope === role.name;
      if (mine && !wanted.has(known)) this.#drop(scope);
    }
    for (const [added, key] of wanted) if (!this.#scopes.has(added)) this.#add(key);
  }

  #listMembers(scope: Scope, names: readonly string[]): void {
    const present = new Set(names);
    for (const name of scope.listed) {
      if (present.has(name)) continue;
      const path = `${scope.path}/members/${name}`;
      scope.listed.delete(name);
      this.#store({ is: 'member', scope, name }, null);
      this.#unwatch(path);
      // It may have been the last one that the cluster waited for.
      if (scope.unread.delete(path) && scope.unread.size === 0) this.#tell(scope);
    }
    for (const name of present) {
      if (scope.listed.has(name)) continue;
      const path = `${scope.path}/members/${name}`;
      scope.listed.add(name);
      // Not a reason to hold back a cluster that is known already.
      if (scope.unread.size > 0) scope.unread.add(path);
      this.#watch(path, { role: { is: 'member', scope, name }, shard: scope.shard, watch: true });
      this.#options.mark(path, 'resync');
    }
  }

  #add(key: Scope['key']): void {
    const scope = new Scope(key, this.#options.sessions.place(bytesOf(key)));
    this.#scopes.set(scope.path, scope);
    this.#byId.set(scope.id, scope);
    const follow = (path: string, watched: Watched) => {
      scope.unread.add(path);
      this.#watch(path, watched);
      this.#options.mark(path, watched.shard === LEADERSHIP ? 'leadership' : 'resync');
    };
    for (const name of LEADERSHIP_ZNODES) {
      follow(`${scope.path}/${name}`, {
        role: { is: 'znode', scope, name },
        shard: LEADERSHIP,
        watch: true,
      });
    }
    for (const name of WATCHED_ZNODES) {
      follow(`${scope.path}/${name}`, {
        role: { is: 'znode', scope, name },
        shard: scope.shard,
        watch: true,
      });
    }
    for (const name of POLLED_ZNODES) {
      follow(`${scope.path}/${name}`, {
        role: { is: 'znode', scope, name },
        shard: scope.shard,
        watch: false,
      });
    }
    follow(`${scope.path}/members`, {
      role: { is: 'members', scope },
      shard: scope.shard,
      watch: true,
    });
  }

  #drop(scope: Scope): void {
    for (const [path, { role }] of this.#watched) {
      if ('scope' in role && role.scope === scope) this.#unwatch(path);
    }
    this.#scopes.delete(scope.path);
    this.#byId.delete(scope.id);
    this.#options.sessions.release(scope.shard, bytesOf(scope.key));
    this.#changed.delete(scope.id);
    this.#removed.add(scope.id);
  }

  #watch(path: string, watched: Watched): void {
    this.#watched.set(path, watched);
    this.#stale.add(path);
  }

  #unwatch(path: string): void {
    this.#watched.delete(path);
    this.#stale.delete(path);
    this.#failures.delete(path);
    this.#options.forget(path);
  }
}

function isFailed(value: MirroredZnode): boolean {
  return value !== null && 'failed' in value;
}

function same(a: MirroredZnode, b: MirroredZnode): boolean {
  if (a === null || b === null) return a === b;
  if ('failed' in a || 'failed' in b)
    return 'failed' in a && 'failed' in b && a.failed === b.failed;
  return a.stat.mzxid === b.stat.mzxid && a.stat.czxid === b.stat.czxid;
}

/** About what a cluster's watches add to the packet that re-arms them after a reconnection. */
function bytesOf(key: Scope['key']): number {
  const members = 5;
  return (key.namespace.length + key.scope.length + 24) * (WATCHED_ZNODES.length + 2 + members);
}
