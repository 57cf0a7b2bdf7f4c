import type { AggregatorView, EnsembleView, ServerView } from '@/lib/stream/frames';
import type { ClusterId } from '@/lib/topology/cluster-id';
import type { Clock, MirrorBatch, ScopeSnapshot } from '@/server/ports';
import { parseConnect, type ZooKeeperSession } from '@/zookeeper';
import { serverMode } from './four-letter';
import { CONNECTION_LOST } from './lasting-session';
import { measureMaxTimeout } from './max-timeout';
import { Mirror, type MirrorLane } from './mirror';
import { Sessions } from './sessions';
import { WatchedFolder, type WatchedFolderOptions } from './watched-folder';

export interface EnsembleOptions {
  readonly name: string;
  readonly connect: string;
  readonly namespaces: readonly string[];
  readonly sessionTimeoutMs: number;
  readonly digest: { readonly user: string; readonly password: string } | null;
  /** How often what isn't watched is read, milliseconds. */
  readonly pollMs: number;
}

/** What decides when a marked path is read. */
export interface ReadScheduler {
  mark(path: string, lane: MirrorLane, group: string): void;
  forget(path: string): void;
  /** The clusters that somebody looks at now. */
  attend(ids: ReadonlySet<ClusterId>): void;
  /** More waits to be read than can be read within the maximum wait. */
  readonly behind: boolean;
  noticed(): void;
  seen(changes: number): void;
  close(): void;
  view(): AggregatorView;
}

export interface EnsembleParts {
  readonly clock: Clock;
  readonly scheduler: (
    read: (paths: readonly string[], lane: MirrorLane) => Promise<void>,
  ) => ReadScheduler;
  readonly onBatch: (batch: MirrorBatch) => void;
  /** The view may have changed in something that matters. */
  readonly onState: () => void;
  /** A fault of ours while taking something in: told, and gone on from. */
  readonly onError: (error: unknown) => void;
}

const POLL_TURNS = 10;
const LEADERSHIP_SHARD = -1;
/** Between two looks at which of its servers serve. */
const ASK_SERVERS_MS = 5000;
/** Until the longest session timeout is asked for again, where nobody told it. */
const MEASURE_AGAIN_MS = 60_000;
/** Connecting for longer than this is said to be unreachable. */
const PATIENCE_MS = 4000;

/** One ZooKeeper ensemble: its sessions, the mirror over them, and what its servers say of themselves. */
export class Ensemble {
  readonly #options: EnsembleOptions;
  readonly #parts: EnsembleParts;
  readonly #sessions: Sessions;
  readonly #mirror: Mirror;
  readonly #scheduler: ReadScheduler;
  readonly #folders: WatchedFolder[] = [];
  readonly #cancels = new Set<() => void>();
  #servers: readonly ServerView[];
  #state: EnsembleView['state'] = 'connecting';
  #since: number;
  #maxTimeoutMs: number | null = null;
  #measuring = false;
  #everSynced = false;
  #lastSession: string | null = null;
  /** Everything has been read since the last connection of any session. */
  #resynced = false;
  #connections = 0;
  #closed = false;

  constructor(options: EnsembleOptions, parts: EnsembleParts) {
    this.#options = options;
    this.#parts = parts;
    this.#since = parts.clock.now();
    this.#servers = parseConnect(options.connect).servers.map(({ host, port }) => ({
      address: `${host}:${port}`,
      mode: 'unknown',
    }));
    const isCalm = () => this.#resynced;
    this.#sessions = new Sessions(
      { connect: options.connect, timeoutMs: options.sessionTimeoutMs, digest: options.digest },
      parts.clock,
      {
        ready: (shard) => {
          this.#connections += 1;
          if (shard === LEADERSHIP_SHARD) for (const folder of this.#folders) folder.connected();
          this.#mirror.resync(shard);
          // A session that watches nothing has nothing to be read, so nothing else would say so.
          this.#resynced = this.#mirror.synced;
        },
        changed: (path) => {
          this.#mirror.notice(path);
          for (const folder of this.#folders) folder.changed(path);
        },
        state: () => this.#updateState(),
        get calm() {
          return isCalm();
        },
      },
    );
    this.#scheduler = parts.scheduler((paths, lane) => this.#read(paths, lane));
    this.#mirror = new Mirror({
      ensemble: options.name,
      namespaces: options.namespaces,
      sessions: this.#sessions,
      mark: (path, lane, group) => this.#scheduler.mark(path, lane, group),
      forget: (path) => this.#scheduler.forget(path),
      isBehind: () => this.#scheduler.behind,
      onEvent: () => this.#scheduler.noticed(),
      onChanges: (count) => this.#scheduler.seen(count),
      onBatch: parts.onBatch,
    });
  }

  get name(): string {
    return this.#options.name;
  }

  start(): void {
    this.#sessions.start();
    this.#every(this.#options.pollMs / POLL_TURNS, (turn) => this.#mirror.poll(turn, POLL_TURNS));
    this.#every(ASK_SERVERS_MS, () => void this.#askServers());
    // A timer may fire a little early by the clock that is asked.
    this.#after(PATIENCE_MS + 100, () => this.#updateState());
    void this.#askServers();
  }

  scope(id: ClusterId): ScopeSnapshot | null {
    return this.#mirror.scope(id);
  }

  /** Clusters that somebody looks at now: what changes of them is read before other changes. */
  attend(ids: ReadonlySet<ClusterId>): void {
    this.#scheduler.attend(ids);
  }

  /**
   * Reads the children of a folder of Howdah's own, now and whenever they change, over the leadership
   * session. To be called before `start`.
   */
  watch(
    path: string,
    to: Pick<WatchedFolderOptions, 'onRead' | 'onFailed' | 'onBegin' | 'onWhole'>,
  ): void {
    const { clock, onError } = this.#parts;
    this.#folders.push(
      new WatchedFolder({ ...to, clock, path, onError, session: () => this.session }),
    );
  }

  /** The leadership session, for operations. Throws `connection` while there is none. */
  get session(): ZooKeeperSession {
    return this.#sessions.session(LEADERSHIP_SHARD);
  }

  /** Namespaces of which all could be listed: what is missing in others may be there. */
  get listed(): readonly string[] {
    const failed = [...this.#mirror.failures].map(([path]) => path);
    const within = (path: string, namespace: string) =>
      path === namespace || path.startsWith(namespace === '/' ? '/' : `${namespace}/`);
    return this.#options.namespaces.filter(
      (namespace) => !failed.some((path) => within(path, namespace) || within(namespace, path)),
    );
  }

  /** Of the leadership session, as it was last; null: there has been none. */
  get sessionId(): string | null {
    this.#lastSession = this.#sessions.leadership?.id ?? this.#lastSession;
    return this.#lastSession;
  }

  /** Connected, and read whole since. */
  get synced(): boolean {
    return this.#state === 'connected' && this.#resynced;
  }

  /** Grows with every connection of any of its sessions. */
  get connections(): number {
    return this.#connections;
  }

  /** True once it has been read whole, or is known to be out of reach. */
  get settled(): boolean {
    this.#everSynced ||= this.synced;
    if (this.#everSynced || this.#state === 'unreachable') return true;
    const { clock } = this.#parts;
    return this.#state === 'disconnected' && clock.now() - this.#since > PATIENCE_MS;
  }

  get maxSessionTimeoutMs(): number | null {
    return this.#maxTimeoutMs;
  }

  view(): EnsembleView {
    return {
      name: this.#options.name,
      state: this.#state,
      since: this.#since,
      says: this.#says(),
      servers: this.#servers,
      namespaces: [...this.#mirror.namespaces].map(([path, exists]) => ({ path, exists })),
      sessionTimeoutMs: this.#sessions.leadership?.grantedTimeoutMs ?? null,
      maxSessionTimeoutMs: this.#maxTimeoutMs,
      synced: this.synced,
      aggregator: this.#scheduler.view(),
    };
  }

  /** What is wrong, in one sentence; null when nothing is. */
  #says(): string | null {
    if (this.#state === 'connecting') return null;
    if (this.#state === 'connected') {
      const [failure] = this.#mirror.failures;
      return failure ? `${failure[0]} can't be listed: ${failure[1]}.` : null;
    }
    const { why } = this.#sessions;
    if (why && why !== CONNECTION_LOST) return why;
    if (this.#servers.every(({ mode }) => mode === 'down')) return 'None of its servers answers.';
    if (this.#servers.every(({ mode }) => mode === 'down' || mode === 'not-serving')) {
      return 'Too few of its servers run to make a quorum.';
    }
    return why ?? 'No server has granted a session yet.';
  }

  close(): void {
    this.#closed = true;
    for (const folder of this.#folders) folder.close();
    for (const cancel of this.#cancels) cancel();
    this.#scheduler.close();
    this.#sessions.close();
  }

  async #read(paths: readonly string[], lane: MirrorLane): Promise<void> {
    try {
      await this.#mirror.read(paths, lane);
    } catch (error) {
      this.#parts.onError(error);
    }
    if (this.#resynced || !this.#mirror.synced) return;
    this.#resynced = true;
    this.#parts.onState();
  }

  #updateState(): void {
    const now = this.#parts.clock.now();
    let next: EnsembleView['state'];
    if (this.#sessions.connected) next = 'connected';
    else if (this.#state === 'connected' || this.#state === 'disconnected') next = 'disconnected';
    else if (now - this.#since >= PATIENCE_MS || this.#sessions.why) next = 'unreachable';
    else next = 'connecting';
    if (next !== this.#state) {
      // From "connecting" to "unreachable" nothing has changed but our patience.
      if (!(this.#state === 'connecting' && next === 'unreachable')) this.#since = now;
      this.#state = next;
      if (next === 'connected') void this.#measure();
    }
    this.#parts.onState();
  }

  async #measure(): Promise<void> {
    if (this.#maxTimeoutMs !== null || this.#measuring) return;
    this.#measuring = true;
    const measured = await measureMaxTimeout(this.#options.connect);
    this.#measuring = false;
    if (this.#closed) return;
    if (measured === null) {
      this.#after(MEASURE_AGAIN_MS, () => void this.#measure());
      return;
    }
    this.#maxTimeoutMs = measured;
    this.#parts.onState();
  }

  async #askServers(): Promise<void> {
    const { servers } = parseConnect(this.#options.connect);
    const answers = await Promise.all(
      servers.map(async (server) => ({
        address: `${server.host}:${server.port}`,
        mode: await serverMode(server),
      })),
    );
    if (this.#closed) return;
    const changed = answers.some((answer, i) => answer.mode !== this.#servers[i]?.mode);
    this.#servers = answers;
    if (changed) this.#parts.onState();
  }

  #after(ms: number, task: () => void): void {
    const cancel = this.#parts.clock.after(ms, () => {
      this.#cancels.delete(cancel);
      task();
    });
    this.#cancels.add(cancel);
  }

  #every(ms: number, task: (turn: number) => void): void {
    let turn = 0;
    const next = () => {
      task(turn++);
      this.#after(ms, next);
    };
    this.#after(ms, next);
  }
}
