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
  readonly #open = new Set<(error: Error) => void>();
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
    for (const reject of this.#open) {
      reject(new ZooKeeperError('connection', 'The connection was lost.'));
    }
    this.#open.clear();
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
    for (const reject of this.#open) reject(new ZooKeeperError('closed', 'The session has ended.'));
    this.#open.clear();
  }

  close(): void {
    if (this.#over) return;
    this.#end();
    this.#client.close();
  }

  async data(path: string, watch: boolean, likelyAbsent = false): Promise<Znode | null> {
    if (likelyAbsent && watch && !(await this.#comes(path))) return null;
    do {
      const found = await this.#call<[NativeStat, Buffer | null]>(path, (done) =>
        this.#client.a_get(path, watch, done),
      );
      if (found) return { stat: statOf(found[0]), data: found[1] ?? Buffer.alloc(0) };
      // A read of an absent znode leaves no watch, so one is left by `exists`; if the znode has
      // appeared in between, it is read again.
    } while (watch && (await this.#comes(path)));
    return null;
  }

  async children(path: string, watch: boolean): Promise<Children | null> {
    do {
      const found = await this.#call<[string[], NativeStat]>(path, (done) =>
        this.#client.a_get_children2(path, watch, done),
      );
      if (found) return { names: found[0], stat: statOf(found[1]) };
    } while (watch && (await this.#comes(path)));
    return null;
  }

  /** Whether it is there; a watch is left either way. */
  async #comes(path: string): Promise<boolean> {
    return (
      (await this.#call<[NativeStat]>(path, (done) => this.#client.a_exists(path, true, done))) !==
      null
    );
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
  async #act<T extends unknown[]>(path: string, start: (done: Done<T>) => number): Promise<T> {
    const answer = await this.#call<T>(path, start);
    if (answer === null) throw errorOf(NO_NODE, 'no node', path);
    return answer;
  }

  /** The answer; null when there is no such znode, which is no error to whoever reads. */
  #call<T extends unknown[]>(path: string, start: (done: Done<T>) => number): Promise<T | null> {
    return new Promise<T | null>((resolve, reject) => {
      if (this.#over) {
        reject(new ZooKeeperError('closed', 'The session has ended.'));
        return;
      }
      this.#open.add(reject);
      const fail = (rc: number, error: string) => {
        this.#open.delete(reject);
        reject(errorOf(rc, error, path));
      };
      const started = start((rc, error, ...rest) => {
        later(() => {
          if (rc !== 0 && rc !== NO_NODE) return fail(rc, error);
          this.#open.delete(reject);
          resolve(rc === NO_NODE ? null : (rest as unknown as T));
        });
      });
      if (started !== 0) fail(started, 'the client did not take the call');
      if (this.#client.state === SOCKET_CLOSED) this.#replaceClient();
    });
  }
}

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
