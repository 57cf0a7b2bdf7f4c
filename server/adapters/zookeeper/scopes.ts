import { type ClusterId, clusterPath } from '@/lib/topology/cluster-id';
import type { ClusterKey } from '@/lib/topology/facts';
import type { Children } from '@/zookeeper';
import { classify, LEADERSHIP_ZNODES, POLLED_ZNODES, Scope, WATCHED_ZNODES } from './scope';
import type { Kind, Role, Watched, Watchlist } from './watchlist';

export interface ScopeListener {
  mark(watched: Watched, lane: 'leadership' | 'changes' | 'resync'): void;
  /** A path is not followed any more. */
  forget(path: string): void;
}

/** Scopes to be told of: those with news, and those that have gone. */
export interface Told {
  readonly changed: Set<Scope>;
  readonly removed: Set<Scope>;
}

type FolderRole = Extract<Role, { is: 'folder' }>;

/**
 * Which clusters there are, found by listing: the folders of a namespace, the znodes of a folder,
 * the members of a cluster. What comes is followed, what goes is not followed any more.
 */
export class Scopes {
  readonly #ensemble: string;
  readonly #watchlist: Watchlist;
  readonly #listener: ScopeListener;
  readonly #byPath = new Map<string, Scope>();
  readonly #byId = new Map<ClusterId, Scope>();
  readonly #namespaces = new Map<string, boolean | null>();
  /** Namespace -> the names of its folders. */
  readonly #folders = new Map<string, Set<string>>();
  /** Folder -> paths of its Citus groups. */
  readonly #groupsIn = new Map<string, Set<string>>();

  constructor(
    { ensemble, namespaces }: { ensemble: string; namespaces: readonly string[] },
    watchlist: Watchlist,
    listener: ScopeListener,
  ) {
    this.#ensemble = ensemble;
    this.#watchlist = watchlist;
    this.#listener = listener;
    for (const namespace of namespaces) {
      this.#namespaces.set(namespace, null);
      this.#folders.set(namespace, new Set());
      watchlist.add(namespace, { is: 'namespace', namespace }, 'bulk');
    }
  }

  get namespaces(): ReadonlyMap<string, boolean | null> {
    return this.#namespaces;
  }

  get all(): Iterable<Scope> {
    return this.#byPath.values();
  }

  byId(id: ClusterId): Scope | null {
    return this.#byId.get(id) ?? null;
  }

  /** Takes in what a path's children are; null: there is no such path. */
  list(role: Exclude<Role, { name: string; scope: Scope }>, found: Children | null, told: Told) {
    const names = found?.names ?? [];
    switch (role.is) {
      case 'namespace':
        this.#namespaces.set(role.namespace, found !== null);
        this.#listNamespace(role.namespace, names, told);
        return;
      case 'folder':
        this.#listFolder(role, names, told);
        return;
      case 'members':
        this.#listMembers(role.scope, names, told);
        return;
    }
  }

  #listNamespace(namespace: string, names: readonly string[], told: Told): void {
    const base = namespace === '/' ? '' : namespace;
    const present = new Set(names.filter((name) => !(base === '' && name === 'zookeeper')));
    const known = this.#folders.get(namespace) ?? new Set();
    for (const name of known) {
      if (present.has(name)) continue;
      this.#listFolder({ is: 'folder', namespace, name }, [], told);
      this.#unfollow(`${base}/${name}`);
      known.delete(name);
    }
    for (const name of present) {
      if (known.has(name)) continue;
      known.add(name);
      this.#follow(`${base}/${name}`, { is: 'folder', namespace, name }, 'bulk');
    }
  }

  #listFolder({ namespace, name }: FolderRole, names: readonly string[], told: Told): void {
    const { cluster, groups } = classify(names);
    const base = { ensemble: this.#ensemble, namespace, scope: name };
    const wanted = new Map<string, ClusterKey>();
    const path = clusterPath({ ...base, group: null });
    if (cluster) wanted.set(path, { ...base, group: null });
    for (const group of groups) wanted.set(`${path}/${group}`, { ...base, group });
    for (const known of this.#below(path)) if (!wanted.has(known.path)) this.#drop(known, told);
    for (const [added, key] of wanted) {
      const listed = key.group === null ? new Set(names) : null;
      const known = this.#byPath.get(added);
      if (known) this.#relist(known, listed);
      else this.#add(key, listed);
    }
  }

  /** The clusters that live in a folder: itself, or its Citus groups. */
  #below(path: string): readonly Scope[] {
    const groups = this.#groupsIn.get(path) ?? new Set();
    return [path, ...groups].flatMap((one) => this.#byPath.get(one) ?? []);
  }

  /** What has come or gone since the last listing is read, where no watch of its own tells of it. */
  #relist(scope: Scope, listed: ReadonlySet<string> | null): void {
    for (const name of [...WATCHED_ZNODES, ...POLLED_ZNODES]) {
      const before = scope.lists(name);
      const now = listed?.has(name) ?? null;
      if (before === now) continue;
      const watched = this.#watchlist.doubt(`${scope.path}/${name}`);
      if (watched) this.#listener.mark(watched, 'changes');
    }
    scope.setListed(listed);
  }

  #listMembers(scope: Scope, names: readonly string[], told: Told): void {
    const present = new Set(names);
    for (const name of scope.memberNames) {
      if (present.has(name)) continue;
      const path = `${scope.path}/members/${name}`;
      scope.memberNames.delete(name);
      if (scope.store({ is: 'member', name }, null)) told.changed.add(scope);
      this.#unfollow(path);
      // It may have been the last one that the cluster waited for.
      if (scope.markRead(path)) told.changed.add(scope);
    }
    for (const name of present) {
      if (scope.memberNames.has(name)) continue;
      scope.memberNames.add(name);
      const path = `${scope.path}/members/${name}`;
      // Not a reason to hold back a cluster that is known already.
      if (scope.unread.size > 0) scope.unread.add(path);
      this.#follow(path, { is: 'member', scope, name }, 'bulk');
    }
  }

  #add(key: ClusterKey, listed: ReadonlySet<string> | null): void {
    const scope = new Scope(key);
    scope.setListed(listed);
    this.#byPath.set(scope.path, scope);
    this.#byId.set(scope.id, scope);
    if (key.group !== null) {
      const folder = clusterPath({ ...key, group: null });
      this.#groupsIn.set(folder, (this.#groupsIn.get(folder) ?? new Set()).add(scope.path));
    }
    const znodes = (names: readonly string[], kind: Kind) => {
      for (const name of names) this.#begin(scope, { is: 'znode', scope, name }, kind);
    };
    znodes(LEADERSHIP_ZNODES, 'leadership');
    znodes(WATCHED_ZNODES, 'bulk');
    znodes(POLLED_ZNODES, 'polled');
    const members = `${scope.path}/members`;
    scope.unread.add(members);
    this.#follow(members, { is: 'members', scope }, 'bulk');
  }

  #begin(scope: Scope, role: Extract<Role, { is: 'znode' }>, kind: Kind): void {
    const path = `${scope.path}/${role.name}`;
    if (kind !== 'leadership' && scope.lists(role.name) === false) {
      // Known to be absent: followed, so that its coming can be marked, and not read.
      this.#watchlist.add(path, role, kind);
      this.#watchlist.settle(path);
      return;
    }
    scope.unread.add(path);
    this.#follow(path, role, kind);
  }

  #follow(path: string, role: Role, kind: Kind): void {
    const watched = this.#watchlist.add(path, role, kind);
    this.#listener.mark(watched, 'resync');
  }

  #drop(scope: Scope, told: Told): void {
    const { path, key } = scope;
    for (const name of [...LEADERSHIP_ZNODES, ...WATCHED_ZNODES, ...POLLED_ZNODES, 'members']) {
      this.#unfollow(`${path}/${name}`);
    }
    for (const name of scope.memberNames) this.#unfollow(`${path}/members/${name}`);
    this.#byPath.delete(path);
    this.#byId.delete(scope.id);
    if (key.group !== null) this.#groupsIn.get(clusterPath({ ...key, group: null }))?.delete(path);
    told.removed.add(scope);
  }

  #unfollow(path: string): void {
    if (this.#watchlist.remove(path)) this.#listener.forget(path);
  }
}
