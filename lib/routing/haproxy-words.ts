import { z } from 'zod';
import { Failure } from '@/lib/errors';

/**
 * What may stand in a configuration of HAProxy. Whoever can write a member's znode chooses its name
 * and its addresses, so nothing is written that could be more than one word.
 */

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** One sentence that shows what was refused, in characters that can't move a terminal. */
export function refused(value: unknown, why: string): Failure {
  return new Failure('refused', `"${remark(String(value))}" ${why}.`);
}

const MOST_REMARK = 200;

/** Text for people, as it may stand behind `#`: one line of plain characters. */
export function remark(text: string): string {
  const plain = text.replace(/[^\x20-\x7e]|\\/gu, '?');
  return plain.length > MOST_REMARK ? `${plain.slice(0, MOST_REMARK)}...` : plain;
}

const HOST_NAME = /^(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?$/;

/** Whether a host is named rather than given by its address. */
export const isNamed = (host: string): boolean => !isIpv4(host) && !isIpv6(host);

const isIpv4 = (host: string) => z.ipv4().safeParse(host).success;
const isIpv6 = (host: string) => host.includes(':') && z.ipv6().safeParse(host).success;

/** A host as HAProxy takes it, IPv6 in brackets. Throws `refused`. */
export function hostWord(host: string): string {
  if (isIpv6(host)) return `[${host}]`;
  if (isIpv4(host) || HOST_NAME.test(host)) return host;
  throw refused(host, 'is no host that HAProxy could connect to');
}

/** Throws `refused`. */
export function portWord(port: number): string {
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return String(port);
  throw refused(port, 'is no port');
}

export const addressWord = ({ host, port }: Address): string =>
  `${hostWord(host)}:${portWord(port)}`;

/** Where to listen: one address, or `*` for all. Throws `refused`. */
export function bindWord(bind: string, port: number): string {
  if (bind !== '*' && isNamed(bind)) throw refused(bind, 'is no address to listen at');
  return `${bind === '*' ? '*' : hostWord(bind)}:${portWord(port)}`;
}

/** A file's full path, of characters that mean nothing to HAProxy. Throws `refused`. */
export function pathWord(path: string, longest = 1000): string {
  if (!/^\/[A-Za-z0-9_./@+=:,~-]+$/.test(path)) {
    throw refused(path, 'is no full path of letters, digits and _ . / @ + = : , ~ -');
  }
  if (path.length > longest) throw refused(path, `is longer than ${longest} characters`);
  return path;
}

/** Throws `refused`. */
export function userWord(user: string): string {
  if (/^[a-z_][a-z0-9_-]{0,31}$/.test(user)) return user;
  throw refused(user, 'is no user of this machine');
}

/** A whole number of milliseconds. Throws `refused`. */
export function msWord(ms: number): string {
  if (Number.isInteger(ms) && ms > 0 && ms <= 86_400_000) return `${ms}ms`;
  throw refused(ms, 'is no time in milliseconds');
}

/** A count of at least one. Throws `refused`. */
export function countWord(count: number): string {
  if (Number.isInteger(count) && count > 0 && count <= 1_000_000) return String(count);
  throw refused(count, 'is no count');
}
