import type { ClusterId } from '../topology/cluster-id';
import { covers, type Grant, highest, type Role, roleName, roleOn, roleOnAll } from './roles';

/** Who asks. `emergency` holds the token of a file, which is good also while accounts can't be asked. */
export interface Who {
  readonly kind: 'user' | 'token' | 'emergency';
  /** The account's id, the token's, or "emergency". */
  readonly id: string;
  /** Their address, "ci (token of ann@example.org)", or "emergency token". */
  readonly name: string;
  readonly grants: readonly Grant[];
  /** A first password is to be changed before anything else. */
  readonly mustChangePassword: boolean;
  /** Accounts could not be asked: what was known last is good for reading, and for nothing else. */
  readonly readOnlySince: number | null;
}

/**
 * What a procedure, a route or a topic asks for. `public`: nobody need be known. `known`: somebody
 * is. `self`: it is about one's own account, so no token's business. `anywhere`: the role on whatever; what is told is cut to what they may see. `cluster`:
 * the role on the cluster that is asked about. `everything`: the role on all clusters; `people`: and
 * no token's business, since what it made would outlive it.
 */
export type Need =
  | { readonly of: 'public' }
  | { readonly of: 'known' }
  | { readonly of: 'self' }
  | {
      readonly of: 'anywhere' | 'cluster' | 'everything';
      readonly role: Role;
      readonly people?: true;
    };

export const anybody: Need = { of: 'public' };
export const anybodyKnown: Need = { of: 'known' };
export const oneself: Need = { of: 'self' };
export const anywhere = (role: Role): Need => ({ of: 'anywhere', role });
export const onCluster = (role: Role): Need => ({ of: 'cluster', role });
export const onEverything = (role: Role): Need => ({ of: 'everything', role });
export const onAccounts: Need = { of: 'everything', role: 'admin', people: true };

/** Why somebody may not, in one sentence for them. `hidden`: they may not even know it exists. */
export interface Refusal {
  readonly code: 'signed-out' | 'forbidden' | 'hidden';
  readonly says: string;
}

const NO_TOKEN = 'This is for people who are signed in, not for a token.';

/** Asked by the server for every procedure, route and topic; by pages to say why a button is off. */
export function refusal(
  need: Need,
  who: Who | null,
  cluster: ClusterId | null = null,
): Refusal | null {
  if (need.of === 'public') return null;
  if (who === null) return { code: 'signed-out', says: 'Sign in first.' };
  if (need.of === 'known') return null;
  if (need.of === 'self') return who.kind === 'user' ? null : { code: 'forbidden', says: NO_TOKEN };
  if (need.people && who.kind === 'token') return { code: 'forbidden', says: NO_TOKEN };
  if (who.mustChangePassword) {
    return { code: 'forbidden', says: 'Change your first password before anything else.' };
  }
  const role = roleFor(need.of, who.grants, cluster);
  if (role !== null && covers(role, need.role)) return null;
  if (role === null && need.of === 'cluster') {
    return { code: 'hidden', says: 'There is no such cluster (any more).' };
  }
  return { code: 'forbidden', says: inWords(need, role, highest(who.grants)) };
}

/** The role by which somebody does what they do; null: they have none there. */
export function roleFor(
  of: 'anywhere' | 'cluster' | 'everything',
  grants: readonly Grant[],
  cluster: ClusterId | null,
): Role | null {
  if (of === 'anywhere') return highest(grants);
  if (of === 'everything') return roleOnAll(grants);
  return cluster === null ? null : roleOn(grants, cluster);
}

function inWords(
  need: Extract<Need, { role: Role }>,
  there: Role | null,
  anywhereElse: Role | null,
): string {
  const takes = `This takes ${article(need.role)} ${roleName[need.role]}`;
  if (need.of === 'cluster') return `${takes} here, and you are ${named(there)}.`;
  if (need.of === 'anywhere') return `${takes}, and you are ${named(there)}.`;
  const are =
    there === null && anywhereElse !== null ? `${named(anywhereElse)} of some only` : named(there);
  return `${takes} of all clusters, and you are ${are}.`;
}

const named = (role: Role | null): string =>
  role === null ? 'nobody with a role' : `${article(role)} ${roleName[role]}`;

const article = (role: Role): string => (role === 'viewer' ? 'a' : 'an');
