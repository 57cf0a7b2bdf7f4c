import { createRequire } from 'node:module';

/**
 * npm `zookeeper`, the C client, as it really is: its own typings are looser. What is used is the
 * native object itself. The wrapper around it formats every call for a log nobody reads, which is a
 * tenth of what a read costs.
 */
export interface NativeClient {
  readonly client_id: string;
  readonly client_password: string;
  readonly timeout: number;
  readonly state: number;
  /** Called by the client with each event: for a watch `told` is the path, for a close the code. */
  emit: (event: NativeEvent, self: unknown, told: unknown) => void;
  init(config: Record<string, unknown>): unknown;
  close(): unknown;
  add_auth(scheme: string, auth: string, done: Done<[]>): number;
  a_get(path: string, watch: boolean, done: Done<[NativeStat, Buffer | null]>): number;
  a_get_children2(path: string, watch: boolean, done: Done<[string[], NativeStat]>): number;
  a_exists(path: string, watch: boolean, done: Done<[NativeStat]>): number;
  // The client takes four arguments, none of which can be left out.
  a_create(...call: [path: string, data: Buffer, flags: number, done: Done<[string]>]): number;
  a_set(...call: [path: string, data: Buffer, version: number, done: Done<[NativeStat]>]): number;
  a_delete_(path: string, version: number, done: Done<[]>): number;
  a_sync(path: string, done: Done<[]>): number;
}

export type NativeEvent =
  | 'connect'
  | 'connecting'
  | 'close'
  | 'created'
  | 'deleted'
  | 'changed'
  | 'child'
  | 'notwatching';

export interface NativeStat {
  readonly czxid: number;
  readonly mzxid: number;
  readonly version: number;
  readonly ephemeralOwner: string;
  readonly ctime: Date;
  readonly mtime: Date;
}

export type Done<T extends unknown[]> = (rc: number, error: string, ...rest: T) => void;

/** `rc` of a call on a znode that isn't there. */
export const NO_NODE = -101;
/** Flag of an ephemeral znode. */
export const EPHEMERAL = 1;
/** The client's state after a call that found the connection dead, and only then. */
export const SOCKET_CLOSED = 999;

const Wrapper = createRequire(import.meta.url)('zookeeper') as new (
  config: object,
) => { readonly native: object };
const Native = new Wrapper({}).native.constructor as new () => NativeClient;

/** A client that is not started yet: set its `emit`, then `init` it. */
export function newNativeClient(): NativeClient {
  return new Native();
}
