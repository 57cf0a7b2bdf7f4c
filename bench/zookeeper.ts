import { createRequire } from 'node:module';

type Done<T extends unknown[]> = (rc: number, error: string, ...rest: T) => void;

/**
 * The npm client for ZooKeeper at its cheapest: its native object, without the wrapper that formats
 * every call for a log. What Howdah is compared with must not be slower than it has to be.
 */
interface Native {
  emit: (event: string, self: unknown, about: unknown) => void;
  init(config: Record<string, unknown>): unknown;
  close(): unknown;
  a_get(path: string, watch: boolean, done: Done<[Stat, Buffer | null]>): number;
  a_get_children2(path: string, watch: boolean, done: Done<[string[]]>): number;
  a_exists(path: string, watch: boolean, done: Done<[Stat]>): number;
  a_set(...call: [path: string, data: Buffer, version: number, done: Done<[]>]): number;
  a_create(...call: [path: string, data: Buffer, flags: number, done: Done<[]>]): number;
  a_delete_(path: string, version: number, done: Done<[]>): number;
}

export interface Stat {
  readonly czxid: number;
  readonly mzxid: number;
  readonly version: number;
}

const Wrapper = createRequire(import.meta.url)('zookeeper') as new (
  config: object,
) => { readonly native: object };
const NativeClient = new Wrapper({}).native.constructor as new () => Native;

const EPHEMERAL = 1;
const NO_NODE = -101;

/** An open session. Every call rejects when ZooKeeper refuses it. */
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
    native.emit = (event, _self, about) => {
      if (event === 'connect') resolve(connected(native));
      else if (event === 'close') reject(new Error('the session has ended'));
      else if (event !== 'connecting') changed(String(about));
    };
    native.init({ connect, timeout: 20_000, debug_level: 0, response_counter_limit: 100_000 });
  });
}

/** The call's answer; null where there is no such znode. */
function ask<T extends unknown[]>(
  path: string,
  call: (done: Done<T>) => number,
): Promise<T | null> {
  return new Promise((resolve, reject) => {
    call((rc, error, ...rest) => {
      if (rc === 0) resolve(rest);
      else if (rc === NO_NODE) resolve(null);
      else reject(new Error(`ZooKeeper on ${path}: ${error} (${rc})`));
    });
  });
}

async function act(path: string, call: (done: Done<[]>) => number): Promise<void> {
  if ((await ask(path, call)) === null) throw new Error(`ZooKeeper has no ${path}`);
}

function connected(native: Native): Connected {
  return {
    get: async (path, watch) => {
      const found = await ask<[Stat, Buffer | null]>(path, (done) =>
        native.a_get(path, watch, done),
      );
      return found && { stat: found[0], data: found[1] ?? Buffer.alloc(0) };
    },
    exists: async (path, watch) =>
      (await ask<[Stat]>(path, (done) => native.a_exists(path, watch, done))) !== null,
    children: async (path, watch) =>
      (await ask<[string[]]>(path, (done) => native.a_get_children2(path, watch, done)))?.[0] ??
      null,
    set: (path, data) => act(path, (done) => native.a_set(path, data, -1, done)),
    create: (path, data, ephemeral) =>
      act(path, (done) => native.a_create(path, data, ephemeral ? EPHEMERAL : 0, done)),
    delete: (path) => act(path, (done) => native.a_delete_(path, -1, done)),
    close: () => native.close(),
  };
}
