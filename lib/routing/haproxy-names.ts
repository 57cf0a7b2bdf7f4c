import type { ClusterId } from '@/lib/topology/cluster-id';
import { refused } from './haproxy-words';

/**
 * What clusters and members are called in HAProxy, whose names have letters, digits, `-`, `_`, `.`
 * and `:` alone. Each name here comes of its cluster or member alone, and of no other: whoever reads
 * statistics finds a member's rows by making its name again.
 */

/** Longer ones would make lines that nobody reads; Patroni's are host names. */
const MOST_BYTES = 200;

/** What a server's twin is called, which serves when no other does. */
const LAST = '-last';

export interface BackendNames {
  readonly write: string;
  readonly read: string;
}

/**
 * The two ports of a cluster, by what they are called in `show stat`. An id holds none of the colons
 * that stand for its tildes, so distinct ids make distinct names. Throws `refused` for what is no id.
 */
export function backendNames(id: ClusterId): BackendNames {
  if (!/^[A-Za-z0-9_.~-]+$/.test(id) || id.length > 3 * MOST_BYTES) {
    throw refused(id, "is no cluster's id");
  }
  const name = id.replaceAll('~', ':');
  return { write: `${name}:write`, read: `${name}:read` };
}

/**
 * A member's server in both ports. Every byte that HAProxy takes in no name, and the colon itself, is
 * written as a colon and two digits; so is the hyphen of a name that ends in `-last`, so that no
 * member's name is that of another's twin. Throws `refused` for a name that nothing can be called.
 */
export function serverName(member: string): string {
  if (member === '') throw refused(member, "can't name a member");
  // Half a pair of surrogates, which has no bytes.
  if (/\p{Surrogate}/u.test(member)) throw refused(member, "is no text, so it can't name a member");
  const bytes = new TextEncoder().encode(member);
  if (bytes.length > MOST_BYTES) throw refused(member, 'is too long a name for a member');
  const name = Array.from(bytes, (byte) => {
    const char = String.fromCharCode(byte);
    return /[A-Za-z0-9_.-]/.test(char) ? char : escaped(byte);
  }).join('');
  return name.endsWith(LAST) ? `${name.slice(0, -LAST.length)}:2Dlast` : name;
}

/** The member's twin in the port for reads: it serves when every other server is weighed at nothing. */
export const lastResortName = (member: string): string => `${serverName(member)}${LAST}`;

const escaped = (byte: number) => `:${byte.toString(16).toUpperCase().padStart(2, '0')}`;
