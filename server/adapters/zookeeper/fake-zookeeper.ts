import { ZooKeeperError } from '@/lib/errors';
import type { Stat } from '@/lib/topology/facts';
import type { Access } from '@/lib/znodes/access';
import {
  type Children,
  type CreateOptions,
  type Guarded,
  type Version,
  versionOf,
  type Znode,
  type ZooKeeperSession,
} from '@/zookeeper';

interface FakeZnode {
  data: Buffer;
  czxid: number;
  mzxid: number;
  version: number;
  owner: string | null;
  access: readonly Access[];
  accessVersion: number;
}

const OPEN: readonly Access[] = [{ perms: 31, scheme: 'world', id: 'anyone' }];

/**
 * ZooKeeper for tests, in memory: one tree, any number of sessions, watches that fire once. Calls
 * are answered in the order in which they were made, as a session's are.
 */
export class FakeZooKeeper {
  readonly #znodes = new Map<string, FakeZnode>();
  readonly sessions = new Set<FakeSession>();
  readonly #forbidden = new Set<string>();
  #zxid = 0;
  /** Reads answered, of all sessions. */
  reads = 0;
  /** How long an answer takes; at once by default. */
  latency: (() => Promise<void>) | null = null;

  constructor() {
    this.#znodes.set('/', bare(0));
  }

  session(changed: (path: string) => void): FakeSession {
    const session = new FakeSession(this, changed);
    this.sessions.add(session);
    return session;
  }

  /** Reads of this path are refused from now on, or again allowed. */
  forbid(path: string, on = true): void {
    if (on) this.#forbidden.add(path);
    else this.#forbidden.delete(path);
  }

  get(path: string): Znode | null {
    const found = this.#znodes.get(path);
    return found ? { data: found.data, stat: statOf(found) } : null;
  }

  list(path: string): string[] | null {
    if (!this.#znodes.has(path)) return null;
    const base = path === '/' ? '/' : `${path}/`;
    return [...this.#znodes.keys()]
      .filter((one) => one !== '/' && one.startsWith(base) && !one.slice(base.length).includes('/'))
      .map((one) => one.slice(base.length));
  }

  read<T>(path: string, find: () => T): T {
    this.reads += 1;
    if (this.#forbidden.has(path)) throw new ZooKeeperError('no-auth', `no access to ${path}`);
    return find();
  }

  guarded(path: string): Guarded | null {
    const found = this.#znodes.get(path);
    if (!found) return null;
    const { access, accessVersion } = found;
    const children = this.list(path)?.length ?? 0;
    return { access, whole: true, stat: statOf(found), accessVersion, children };
  }

  setAccess(path: string, access: readonly Access[], accessVersion: number): void {
    const found = this.#expect(path, -1);
    if (found.accessVersion !== accessVersion) throw new ZooKeeperError('bad-version', path);
    found.access = access;
    found.accessVersion += 1;
  }

  create(
    path: string,
    data: string | Buffer = '',
    { owner = null, access = OPEN }: { owner?: string | null; access?: readonly Access[] } = {},
  ): void {
    if (this.#znodes.has(path)) throw new ZooKeeperError('exists', path);
    const parent = parentOf(path);
    if (!this.#znodes.has(parent)) throw new ZooKeeperError('no-node', path);
    this.#zxid += 1;
    this.#znodes.set(path, { ...bare(this.#zxid), data: Buffer.from(data), owner, access });
    this.#fire('data', path);
    this.#fire('children', parent);
  }

  /** Creates it with the folders it is in, or overwrites it. */
  put(path: string, data: string | Buffer = ''): void {
    if (this.#znodes.has(path)) {
      this.set(path, data);
      return;
    }
    const parent = parentOf(path);
    if (!this.#znodes.has(parent)) this.put(parent);
    this.create(path, data);
  }

  /** -1: whatever version is there. */
  set(path: string, data: string | Buffer, version = -1): Stat {
    const found = this.#expect(path, version);
    this.#zxid += 1;
    found.data = Buffer.from(data);
    found.mzxid = this.#zxid;
    found.version += 1;
    this.#fire('data', path);
    return statOf(found);
  }

  delete(path: string, version = -1): void {
    this.#expect(path, version);
    if ((this.list(path)?.length ?? 0) > 0) throw new ZooKeeperError('not-empty', path);
    this.#znodes.delete(path);
    this.#fire('data', path);
    this.#fire('children', path);
    this.#fire('children', parentOf(path));
  }

  /** Deletes it with all below it. */
  remove(path: string): void {
    for (const name of this.list(path) ?? []) this.remove(`${path}/${name}`);
    if (this.#znodes.has(path)) this.delete(path);
  }

  /** What a session's end leaves behind: nothing of its own. */
  endSession(owner: string): void {
    for (const [path, { owner: of }] of [...this.#znodes]) if (of === owner) this.delete(path);
  }

  #expect(path: string, version: number): FakeZnode {
    const found = this.#znodes.get(path);
    if (!found) throw new ZooKeeperError('no-node', path);
    if (version !== -1 && found.version !== version) throw new ZooKeeperError('bad-version', path);
    return found;
  }

  #fire(kind: 'data' | 'children', path: string): void {
    for (const session of this.sessions) session.fire(kind, path);
  }
}

let sessions = 0;

export class FakeSession implements ZooKeeperSession {
  readonly id = `${++sessions}`;
  readonly grantedTimeoutMs = 10_000;
  connected = true;
  readonly #zookeeper: FakeZooKeeper;
  readonly #changed: (path: string) => void;
  readonly #watches = { data: new Set<string>(), children: new Set<string>() };
  #tail: Promise<unknown> = Promise.resolve();
  #failing = false;
  /** Whether the next call is lost on its way there, or its answer on its way back. */
  loses: (() => 'nothing' | 'call' | 'answer') | null = null;

  constructor(zookeeper: FakeZooKeeper, changed: (path: string) => void) {
    this.#zookeeper = zookeeper;
    this.#changed = changed;
  }

  /** Paths it would be told of. */
  get watched(): ReadonlySet<string> {
    return new Set([...this.#watches.data, ...this.#watches.children]);
  }

  /** Told of what changes meanwhile only if it is connected: else that is lost. */
  fire(kind: 'data' | 'children', path: string): void {
    if (!this.#watches[kind].delete(path) || !this.connected) return;
    this.#changed(path);
  }

  /** The next call fails as if it had been lost on the way. */
  failNext(): void {
    this.#failing = true;
  }

  data(path: string, watch: boolean): Promise<Znode | null> {
    return this.#call(() => {
      const found = this.#zookeeper.read(path, () => this.#zookeeper.get(path));
      if (watch) this.#watches.data.add(path);
      return found;
    });
  }

  children(path: string, watch: boolean): Promise<Children | null> {
    return this.#call(() => {
      const names = this.#zookeeper.read(path, () => this.#zookeeper.list(path));
      if (watch) this.#watches[names ? 'children' : 'data'].add(path);
      const stat = this.#zookeeper.get(path)?.stat;
      return names && stat ? { names, stat } : null;
    });
  }

  access(path: string): Promise<Guarded | null> {
    return this.#call(() => this.#zookeeper.read(path, () => this.#zookeeper.guarded(path)));
  }

  setAccess(path: string, access: readonly Access[], version: Version): Promise<void> {
    return this.#call(() => this.#zookeeper.setAccess(path, access, versionOf(version)));
  }

  create(path: string, data: Buffer, options: CreateOptions = {}): Promise<void> {
    const { ephemeral, access = OPEN } = options;
    const owner = ephemeral ? this.id : null;
    return this.#call(() => this.#zookeeper.create(path, data, { owner, access }));
  }

  set(path: string, data: Buffer, version: Version): Promise<Stat> {
    return this.#call(() => this.#zookeeper.set(path, data, versionOf(version)));
  }

  delete(path: string, version: Version): Promise<void> {
    return this.#call(() => this.#zookeeper.delete(path, versionOf(version)));
  }

  sync(_path: string): Promise<void> {
    return this.#call(() => {});
  }

  /** Ends the session: every call fails, its ephemerals go. */
  close(): void {
    this.connected = false;
    this.#zookeeper.sessions.delete(this);
    this.#zookeeper.endSession(this.id);
  }

  /** Answers in the order of the calls, never at once; a lost connection fails what is open. */
  #call<T>(answer: () => T): Promise<T> {
    const result = this.#tail.then(async () => {
      await this.#zookeeper.latency?.();
      const loses = this.loses?.();
      const lost = this.#failing || !this.connected || loses === 'call';
      this.#failing = false;
      if (lost) throw new ZooKeeperError('connection', 'no connection');
      const answered = answer();
      if (loses === 'answer') throw new ZooKeeperError('connection', 'no connection');
      return answered;
    });
    this.#tail = result.catch(() => {});
    return result;
  }
}

function bare(zxid: number): FakeZnode {
  return {
    data: Buffer.alloc(0),
    czxid: zxid,
    mzxid: zxid,
    version: 0,
    owner: null,
    access: OPEN,
    accessVersion: 0,
  };
}

function statOf({ czxid, mzxid, version, owner }: FakeZnode): Stat {
  return {
    czxid: czxid.toString(16),
    mzxid: mzxid.toString(16),
    version,
    ephemeralOwner: owner,
    ctime: czxid,
    mtime: mzxid,
  };
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}
