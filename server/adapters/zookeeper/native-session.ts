import { ZooKeeperError, type ZooKeeperErrorCode } from '@/lib/errors';
import type { Stat } from '@/lib/topology/facts';
import {
  type Done,
  EPHEMERAL,
  type NativeClient,
  type NativeEvent,
  type NativeStat,
  NO_NODE,
  newNativeClient,
  SOCKET_CLOSED,
} from './native-client';
import type { Children, SessionListener, SessionOptions, Znode, ZooKeeperSession } from './port';

/**
 * A session on npm `zookeeper`, the C client. Watches go through the client's one session-wide
 * watcher rather than a callback each: a callback leaks about 1 kB every time it is armed again.
 * It has neither TLS nor multi, and its DNS look-up blocks the process: give it addresses.
 */

const CODES: Readonly<Record<number, ZooKeeperErrorCode>> = {
  [-4]: 'connection',
  [-5]: 'too-large',
  [-7]: 'connection',
  [-9]: 'closed',
  [-101]: 'no-node',
  [-102]: 'no-auth',
  [-103]: 'bad-version',
  [-110]: 'exists',
  [-111]: 'not-empty',
  [-112]: 'closed',
  [-116]: 'closed',
};

let told: (() => void)[] = [];

/**
 * Goes through what the client has told, in its order, once the client has returned: from within a
 * callback neither its state nor its socket may be touched.
 */
function later(task: () => void): void {
  if (told.push(task) > 1) return;
  setImmediate(() => {
    const tasks = told;
    told = [];
    for (const one of tasks) one();
  });
}

/** Opens a session; `listener.connected` tells when it can be used. */
export function openNativeSession(
  options: SessionOptions,
  listener: SessionListener,
): ZooKeeperSession {
  return new NativeSession(options, listener);
}

class NativeSession implements ZooKeeperSession {
  readonly #options: SessionOptions;
  readonly #listener: SessionListener;
  /** Rejects calls still open when the session ends: the client may never answer those. */
  readonly #open = new Set<(error: ZooKeeperError) => void>();
  #client: NativeClient;
  #connected = false;
  #everConnected = false;
  #authorized = false;
  #over = false;

  constructor(options: SessionOptions, listener: SessionListener) {
    this.#options = options;
    this.#listener = listener;
    this.#client = this.#start({});
  }

  #start(resumed: { client_id?: string; client_password?: string }): NativeClient {
    const client = newNativeClient();
    client.emit = (event, _self, about) => {
      later(() => {
        if (this.#client === client && !this.#over) this.#hear(event, about);
      });
    };
    client.init({
      ...resumed,
      connect: this.#options.connect,
      timeout: this.#options.timeoutMs,
      // Silent: its log knows neither our format nor our level, and every event reaches us anyway.
      debug_level: 0,
      host_order_deterministic: false,
      // By default the client takes a session for expired after ten reads of its socket without a
      // whole answer, which one large znode is enough for.
      response_counter_limit: 100_000,
    });
    return client;
  }

  #hear(event: NativeEvent, about: unknown): void {
    switch (event) {
      case 'connect':
        this.#onConnected();
        break;
      case 'connecting':
        this.#onDisconnected();
        break;
      case 'close':
        this.#onClosed(Number(about));
        break;
      case 'created':
      case 'deleted':
      case 'changed':
      case 'child':
        this.#listener.changed(String(about));
        break;
      case 'notwatching':
        break;
    }
  }

  /**
   * A call that meets a dead connection closes the client's socket behind libuv's back, which then
   * aborts the process for polling it. Closing the client at once stops the polling; another one
   * takes the session over. Watches are gone with the old one.
   */
  #replaceClient(): void {
    const { client_id, client_password } = this.#client;
    const dead = this.#client;
    this.#giveUp(new ZooKeeperError('connection', 'The connection was lost.'));
    this.#authorized = false;
    dead.close();
    this.#client = this.#start({ client_id, client_password });
    later(() => this.#onDisconnected());
  }

  get id(): string | null {
    return this.#everConnected ? this.#client.client_id : null;
  }

  get connected(): boolean {
    return this.#connected;
  }

  get grantedTimeoutMs(): number | null {
    return this.#everConnected ? this.#client.timeout : null;
  }

  #onConnected(): void {
    this.#connected = true;
    this.#everConnected = true;
    const { digest } = this.#options;
    // The client repeats this by itself on every later connection.
    if (digest && !this.#authorized) {
      this.#client.add_auth('digest', `${digest.user}:${digest.password}`, () => {});
    }
    this.#authorized = true;
    this.#listener.connected();
  }

  #onDisconnected(): void {
    if (this.#over || !this.#connected) return;
    this.#connected = false;
    this.#listener.disconnected();
  }

  #onClosed(code: number): void {
    this.#end();
    this.#listener.closed(code === -113 ? 'auth-failed' : 'expired');
  }

  #end(): void {
    this.#over = true;
    this.#connected = false;
    this.#giveUp(new ZooKeeperError('closed', 'The session has ended.'));
  }

  #giveUp(error: ZooKeeperError): void {
    const open = [...this.#open];
    this.#open.clear();
    for (const fail of open) fail(error);
  }

  close(): void {
    if (this.#over) return;
    this.#end();
    this.#client.close();
  }

  // Reads are by far the most calls: each makes one promise and no more, since promises cost dearly
  // where pages are served as well (Next's async context follows every one of them).
  data(path: string, watch: boolean, likelyAbsent = false): Promise<Znode | null> {
    return this.#reads<Znode>((give) => {
      const get = () =>
        this.#call<[NativeStat, Buffer | null]>(
          { path, start: (done) => this.#client.a_get(path, watch, done) },
          (error, found) => {
            if (error) give(error, null);
            else if (found) give(null, { stat: statOf(found[0]), data: found[1] ?? NOTHING });
            else if (watch) this.#awaitComing(path, { give, comes: get });
            else give(null, null);
          },
        );
      if (likelyAbsent && watch) this.#awaitComing(path, { give, comes: get });
      else get();
    });
  }

  children(path: string, watch: boolean): Promise<Children | null> {
    return this.#reads<Children>((give) => {
      const list = () =>
        this.#call<[string[], NativeStat]>(
          { path, start: (done) => this.#client.a_get_children2(path, watch, done) },
          (error, found) => {
            if (error) give(error, null);
            else if (found) give(null, { names: found[0], stat: statOf(found[1]) });
            else if (watch) this.#awaitComing(path, { give, comes: list });
            else give(null, null);
          },
        );
      list();
    });
  }

  /**
   * A read of an absent znode leaves no watch, so one is left by `exists`. If the znode has appeared
   * in between, it is read again.
   */
  #awaitComing<T>(
    path: string,
    { give, comes }: { readonly give: Give<T>; readonly comes: () => void },
  ): void {
    this.#call<[NativeStat]>(
      { path, start: (done) => this.#client.a_exists(path, true, done) },
      (error, found) => {
        if (error || !found) give(error, null);
        else comes();
      },
    );
  }

  #reads<T>(read: (give: Give<T>) => void): Promise<T | null> {
    return new Promise((resolve, reject) => {
      read((error, value) => (error ? reject(error) : resolve(value)));
    });
  }

  async create(path: string, data: Buffer, options?: { ephemeral?: boolean }): Promise<void> {
    const flags = options?.ephemeral ? EPHEMERAL : 0;
    await this.#act<[string]>(path, (done) => this.#client.a_create(path, data, flags, done));
  }

  async set(path: string, data: Buffer, version: number): Promise<Stat> {
    const [stat] = await this.#act<[NativeStat]>(path, (done) =>
      this.#client.a_set(path, data, exact(version), done),
    );
    return statOf(stat);
  }

  async delete(path: string, version: number): Promise<void> {
    await this.#act<[]>(path, (done) => this.#client.a_delete_(path, exact(version), done));
  }

  async sync(path: string): Promise<void> {
    await this.#act<[]>(path, (done) => this.#client.a_sync(path, done));
  }

  /** A call that an absent znode makes fail. */
  #act<T extends unknown[]>(path: string, start: (done: Done<T>) => number): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#call<T>({ path, start }, (error, answer) => {
        if (answer) resolve(answer);
        else reject(error ?? errorOf(NO_NODE, 'no node', path));
      });
    });
  }

  /** Gives the answer once; null when there is no such znode, which is no error to whoever reads. */
  #call<T extends unknown[]>(
    { path, start }: { readonly path: string; readonly start: (done: Done<T>) => number },
    give: Give<T>,
  ): void {
    if (this.#over) {
      give(new ZooKeeperError('closed', 'The session has ended.'), null);
      return;
    }
    const fail = (error: ZooKeeperError) => give(error, null);
    this.#open.add(fail);
    const started = start((rc, error, ...rest) => {
      later(() => {
        // Given up meanwhile, with its connection or its session.
        if (!this.#open.delete(fail)) return;
        if (rc === 0) give(null, rest as unknown as T);
        else if (rc === NO_NODE) give(null, null);
        else fail(errorOf(rc, error, path));
      });
    });
    if (started !== 0 && this.#open.delete(fail)) {
      fail(errorOf(started, 'the client did not take the call', path));
    }
    if (this.#client.state === SOCKET_CLOSED) this.#replaceClient();
  }
}

/** Takes an answer, or why there is none. */
type Give<T> = (error: ZooKeeperError | null, value: T | null) => void;

const NOTHING = Buffer.alloc(0);

function errorOf(rc: number, error: string, path: string): ZooKeeperError {
  return new ZooKeeperError(CODES[rc] ?? 'other', `ZooKeeper on ${path}: ${error} (${rc})`);
}

/** -1 would mean "whatever version": never ours to ask for. */
function exact(version: number): number {
  if (!Number.isInteger(version) || version < 0) {
    throw new ZooKeeperError('bad-version', `${version} is not an exact version`);
  }
  return version;
}

function statOf(stat: NativeStat): Stat {
  return {
    // The client hands out doubles; transaction ids stay exact up to 2^53, epoch 2 million.
    czxid: stat.czxid.toString(16),
    mzxid: stat.mzxid.toString(16),
    version: stat.version,
    ephemeralOwner: stat.ephemeralOwner === '0' ? null : stat.ephemeralOwner,
    ctime: stat.ctime.getTime(),
    mtime: stat.mtime.getTime(),
  };
}
