import { createRequire } from 'node:module';
import { SandboxError } from './errors';
import type { SyntheticZnode } from './synthetic-cluster';

type Done = (rc: number, error: string) => void;

interface NativeClient {
  readonly client_id: string;
  readonly client_password: string;
  readonly state: number;
  init(config: Record<string, unknown>): unknown;
  on(event: string, listener: () => void): unknown;
  close(): unknown;
  a_create(path: string, data: Buffer, flags: number, done: Done): number;
  a_set(path: string, data: Buffer, version: number, done: Done): number;
  a_delete_(path: string, version: number, done: Done): number;
}

interface NativeConstructor {
  new (config: Record<string, unknown>): NativeClient;
  readonly ZOO_EPHEMERAL: number;
}

// CommonJS whose own typings are looser than the shape above.
const Native = createRequire(import.meta.url)('zookeeper') as NativeConstructor;

const NO_NODE = -101;
const NODE_EXISTS = -110;
/** Session timeout in milliseconds; it outlives a restart of a server. */
const SESSION_MS = 20_000;

const CONNECTION_LOST = -4;
const SESSION_OVER = -112;
/** The client's state after a call that found the connection dead. */
const SOCKET_CLOSED = 999;

/** A ZooKeeper session that writes. Every method takes the answer named beside it as success. */
export class ZooKeeperWriter {
  readonly #connect: string;
  /** Calls that have no answer yet. */
  readonly #open = new Set<(rc: number) => void>();
  readonly #onConnect: () => void;
  #client: NativeClient;
  #lost = false;

  private constructor(connect: string, onConnect: () => void) {
    this.#connect = connect;
    this.#onConnect = onConnect;
    this.#client = this.#start({});
  }

  /** @throws SandboxError when no server takes the session within 30 s. */
  static connect(connectString: string): Promise<ZooKeeperWriter> {
    return new Promise((resolve, reject) => {
      const writer: ZooKeeperWriter = new ZooKeeperWriter(connectString, () => {
        clearTimeout(timer);
        resolve(writer);
      });
      const timer = setTimeout(() => {
        writer.close();
        reject(new SandboxError(`ZooKeeper at ${connectString} does not answer`));
      }, 30_000);
    });
  }

  #start(resumed: { client_id?: string; client_password?: string }): NativeClient {
    const config = {
      ...resumed,
      connect: this.#connect,
      timeout: SESSION_MS,
      debug_level: 1,
      // By default ten partial reads of its socket end the session: under load that is soon.
      response_counter_limit: 100_000,
    };
    const client = new Native(config);
    client.on('connect', () => this.#onConnect());
    // Later: one that is replaced says so too, before its successor is there.
    client.on('close', () =>
      setImmediate(() => {
        if (this.#client === client) this.#lost = true;
      }),
    );
    client.init(config);
    return client;
  }

  /**
   * A call that meets a dead connection closes the client's socket behind libuv's back, which then
   * aborts the process. Another client takes the session over, with its ephemerals.
   */
  #replaceClient(): void {
    const { client_id, client_password } = this.#client;
    // First this: a new socket could get the number of the one that libuv still polls.
    this.#client.close();
    this.#client = this.#start({ client_id, client_password });
    for (const answer of [...this.#open]) answer(CONNECTION_LOST);
  }

  /** The session is over: expired or closed. */
  get lost(): boolean {
    return this.#lost;
  }

  /** Creates it, replacing one that a predecessor left. */
  async put({ path, data, ephemeral }: SyntheticZnode): Promise<void> {
    const create = () => this.#create(path, data, ephemeral);
    if ((await create()) === 0) return;
    if (!ephemeral) return this.set(path, data);
    await this.remove(path);
    expectOk(await create(), path);
  }

  /** Creates a persistent znode without data. @returns false when it was there. */
  async ensure(path: string): Promise<boolean> {
    return (await this.#create(path, '', false)) === 0;
  }

  /** Overwrites whatever version is there. */
  async set(path: string, data: string): Promise<void> {
    const rc = await this.#call((done) => this.#client.a_set(path, Buffer.from(data), -1, done));
    expectOk(rc, path);
  }

  /** Deletes it if it is there. */
  async remove(path: string): Promise<void> {
    const rc = await this.#call((done) => this.#client.a_delete_(path, -1, done));
    if (rc !== NO_NODE) expectOk(rc, path);
  }

  close(): void {
    if (!this.#lost) this.#client.close();
    this.#lost = true;
  }

  async #create(path: string, data: string, ephemeral: boolean): Promise<number> {
    const flags = ephemeral ? Native.ZOO_EPHEMERAL : 0;
    const rc = await this.#call((done) =>
      this.#client.a_create(path, Buffer.from(data), flags, done),
    );
    if (rc !== NODE_EXISTS) expectOk(rc, path);
    return rc;
  }

  #call(submit: (done: Done) => number): Promise<number> {
    return new Promise((resolve) => {
      if (this.#lost) return resolve(SESSION_OVER);
      const answer = (rc: number) => {
        this.#open.delete(answer);
        resolve(rc);
      };
      this.#open.add(answer);
      // Not from within the client's callback: there neither it nor its socket may be touched.
      const refused = submit((rc) => setImmediate(answer, rc));
      if (refused !== 0) answer(refused);
      if (this.#client.state === SOCKET_CLOSED) this.#replaceClient();
    });
  }
}

function expectOk(rc: number, path: string): void {
  if (rc !== 0) throw new SandboxError(`ZooKeeper refused to write ${path} (code ${rc})`);
}
