import { createRequire } from 'node:module';
import { SandboxError } from './errors';
import type { SyntheticZnode } from './synthetic-cluster';

type Done = (rc: number, error: string) => void;

interface NativeClient {
  init(config: Record<string, unknown>): unknown;
  once(event: string, listener: () => void): unknown;
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

/** A ZooKeeper session that writes. Every method takes the answer named beside it as success. */
export class ZooKeeperWriter {
  readonly #client: NativeClient;
  #lost = false;

  private constructor(client: NativeClient) {
    this.#client = client;
  }

  /** @throws SandboxError when no server takes the session within 10 s. */
  static connect(connectString: string): Promise<ZooKeeperWriter> {
    const config = { connect: connectString, timeout: SESSION_MS, debug_level: 1 };
    const client = new Native(config);
    const writer = new ZooKeeperWriter(client);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        client.close();
        reject(new SandboxError(`ZooKeeper at ${connectString} does not answer`));
      }, 10_000);
      client.once('connect', () => {
        clearTimeout(timer);
        resolve(writer);
      });
      client.once('close', () => {
        writer.#lost = true;
      });
      client.init(config);
    });
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
      if (this.#lost) return resolve(-112);
      const refused = submit((rc) => resolve(rc));
      if (refused !== 0) resolve(refused);
    });
  }
}

function expectOk(rc: number, path: string): void {
  if (rc !== 0) throw new SandboxError(`ZooKeeper refused to write ${path} (code ${rc})`);
}
