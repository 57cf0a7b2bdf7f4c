import { ZooKeeperError } from '@/lib/errors';
import type { Stat } from '@/lib/topology/facts';
import type { Access } from '@/lib/znodes/access';
import type { Input, Output } from './jute';

/** What can be asked, by ZooKeeper's numbers (`ZooDefs.OpCode`). */
export const OP = {
  create: 1,
  delete: 2,
  exists: 3,
  data: 4,
  set: 5,
  access: 6,
  setAccess: 7,
  sync: 9,
  ping: 11,
  children: 12,
  auth: 100,
  close: -11,
} as const;

/** Numbers of packets that answer no call of a caller's. */
export const XID = { event: -1, ping: -2, auth: -4 } as const;

/** What an answer ends in (`KeeperException.Code`). */
export const CODE = { ok: 0, connectionLost: -4, noNode: -101, sessionExpired: -112 } as const;

/** `create`'s flag of a znode that goes with its session. */
export const EPHEMERAL = 1;
/** A version that is every version, and the last there can be: they are of 32 bits. */
const ANY_VERSION = -1;
const MOST_VERSION = 0x7fffffff;

/** Whatever version is there has to be said in a word: -1 is never meant as that. */
export type Version = number | 'any';

/** As it is sent. Throws `bad-version` for what can't be one. */
export function versionOf(version: Version): number {
  if (version === 'any') return ANY_VERSION;
  if (Number.isInteger(version) && version >= 0 && version <= MOST_VERSION) return version;
  throw new ZooKeeperError('bad-version', `${version} is not an exact version`);
}

export const PASSWORD_BYTES = 16;

/** A session as its client and its servers know it. */
export interface SessionId {
  readonly id: bigint;
  readonly password: Buffer;
}

/** No session yet: the server is to make one. */
export const NEW_SESSION: SessionId = { id: 0n, password: Buffer.alloc(PASSWORD_BYTES) };

export interface Hello {
  readonly session: SessionId;
  /** Asked for, milliseconds. */
  readonly timeoutMs: number;
  /** The newest transaction seen: a server that has seen less hangs up. */
  readonly lastZxid: bigint;
}

export interface Welcome {
  /** Granted, milliseconds; 0 says that there is no such session any more. */
  readonly timeoutMs: number;
  readonly session: SessionId;
}

/** The first packet over a connection. */
export function writeHello(output: Output, { session, timeoutMs, lastZxid }: Hello): void {
  output.int(0).long(lastZxid).int(timeoutMs).long(session.id).bytes(session.password);
  // Not content with a server that is cut off from its quorum.
  output.flag(false);
}

/** Its answer. */
export function readWelcome(input: Input): Welcome {
  input.int();
  const timeoutMs = input.int();
  const id = input.long();
  return { timeoutMs, session: { id, password: input.bytes() } };
}

export const OPEN: readonly Access[] = [{ perms: 31, scheme: 'world', id: 'anyone' }];

export function writeAccess(output: Output, access: readonly Access[]): void {
  output.int(access.length);
  for (const { perms, scheme, id } of access) output.int(perms).text(scheme).text(id);
}

export function readAccess(input: Input): Access[] {
  const access: Access[] = [];
  for (let left = input.int(); left > 0; left -= 1) {
    access.push({ perms: input.int(), scheme: input.text(), id: input.text() });
  }
  return access;
}

/** All that ZooKeeper says of a znode beside its bytes. */
export interface WholeStat {
  readonly stat: Stat;
  /** Of its ACL, which its `version` says nothing of. */
  readonly accessVersion: number;
  /** How many it has. */
  readonly children: number;
}

export function readWholeStat(input: Input): WholeStat {
  const czxid = input.hex();
  const mzxid = input.hex();
  const ctime = input.number();
  const mtime = input.number();
  const version = input.int();
  // The version of its children.
  input.int();
  const accessVersion = input.int();
  const owner = input.hex();
  // The length of its bytes.
  input.int();
  const children = input.int();
  const ephemeralOwner = owner === '0' ? null : owner;
  return {
    stat: { czxid, mzxid, version, ephemeralOwner, ctime, mtime },
    accessVersion,
    children,
  };
}

export function readStat(input: Input): Stat {
  return readWholeStat(input).stat;
}

export function readNames(input: Input): string[] {
  const names: string[] = [];
  for (let left = input.int(); left > 0; left -= 1) names.push(input.text());
  return names;
}
