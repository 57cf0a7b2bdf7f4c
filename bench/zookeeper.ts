import { createRequire } from 'node:module';

/**
 * The npm client for ZooKeeper at its cheapest: its native object, without the wrapper that formats
 * every call for a log. What Howdah is compared with must not be slower than it has to be.
 */
interface Native {
  emit: (event: string, a: unknown, b: unknown) => void;
  init(config: Record<string, unknown>): unknown;
  close(): unknown;
  a_get(
    path: string,
    watch: boolean,
    done: (rc: number, error: string, stat: Stat, data: Buffer | null) => void,
  ): number;
  a_get_children2(
    path: string,
    watch: boolean,
    done: (rc: number, error: string, names: string[], stat: Stat) => void,
  ): number;
  a_exists(
    path: string,
    watch: boolean,
    done: (rc: number, error: string, stat: Stat) => void,
  ): number;
  a_set(path: string, data: Buffer, version: number, done: (rc: number) => void): number;
  a_create(path: string, data: Buffer, flags: number, done: (rc: number) => void): number;
  a_delete_(path: string, version: number, done: (rc: number) => void): number;
}

export interface Stat {
  readonly czxid: number;
  readonly mzxid: number;
  readonly version: number;
}

const { native: prototype } = new (
  createRequire(import.meta.url)('zookeeper') as new (
    config: object,
  ) => { native: object }
)({});
const NativeClient = prototype.constructor as new () => Native;

const EPHEMERAL = 1;
const NO_NODE = -101;

export interface Connected {
  /** Null: there is no such znode. */
  get(path: string, watch: boolean): Promise<{ data: Buffer; stat: Stat } | null>;
  /** With `watch`, its coming is told as well. */
  exists(path: string, watch: boolean): Promise<boolean>;
  children(path: string, watch: boolean): Promise<string[] | null>;
  set(path: string, data: Buffer): Promise<void>;
  create(path: string, data: Buffer, ephemeral: boolean): Promise<void>;
  delete(path: string): Promise<void>;
  close(): void;
}

/** Opens a session; `changed` is told of each watch that fires. */
export function connectZooKeeper(
  connect: string,
  changed: (path: string) => void = () => {},
): Promise<Connected> {
  const native = new NativeClient();
  return new Promise((resolve, reject) => {
    native.emit = (event, _, path) => {
      if (event === 'connect') resolve(connected(native));
      else if (event === 'close') reject(new Error('the session has ended'));
      else if (event !== 'connecting') changed(String(path));
    };
    native.init({ connect, timeout: 20_000, debug_level: 0, response_counter_limit: 100_000 });
  });
}

function connected(native: Native): Connected {
  const check = (rc: number, path: string, resolve: () => void, reject: (e: Error) => void) =>
    rc === 0 ? resolve() : reject(new Error(`ZooKeeper on ${path}: ${rc}`));
  return {
    get: (path, watch) =>
      new Promise((resolve, reject) => {
        native.a_get(path, watch, (rc, error, stat, data) => {
          if (rc === NO_NODE) resolve(null);
          else if (rc !== 0) reject(new Error(`${path}: ${error}`));
          else resolve({ data: data ?? Buffer.alloc(0), stat });
        });
      }),
    exists: (path, watch) =>
      new Promise((resolve, reject) => {
        native.a_exists(path, watch, (rc, error) => {
          if (rc === 0 || rc === NO_NODE) resolve(rc === 0);
          else reject(new Error(`${path}: ${error}`));
        });
      }),
    children: (path, watch) =>
      new Promise((resolve, reject) => {
        native.a_get_children2(path, watch, (rc, error, names) => {
          if (rc === NO_NODE) resolve(null);
          else if (rc !== 0) reject(new Error(`${path}: ${error}`));
          else resolve(names);
        });
      }),
    set: (path, data) =>
      new Promise((resolve, reject) => {
        native.a_set(path, data, -1, (rc) => check(rc, path, resolve, reject));
      }),
    create: (path, data, ephemeral) =>
      new Promise((resolve, reject) => {
        const flags = ephemeral ? EPHEMERAL : 0;
        native.a_create(path, data, flags, (rc) => check(rc, path, resolve, reject));
      }),
    delete: (path) =>
      new Promise((resolve, reject) => {
        native.a_delete_(path, -1, (rc) => check(rc, path, resolve, reject));
      }),
    close: () => native.close(),
  };
}
