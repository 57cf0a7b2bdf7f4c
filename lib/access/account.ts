import type { Grant } from './roles';

/** A grant as it is held: given here, or by the groups of the last sign-in at the provider. */
export interface HeldGrant extends Grant {
  readonly id: string;
  readonly source: 'local' | 'groups';
}

/** Somebody who may sign in. Moments are milliseconds since the epoch. */
export interface Account {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly createdAt: number;
  /** Null: it may be used. */
  readonly disabledAt: number | null;
  readonly mustChangePassword: boolean;
  readonly grants: readonly HeldGrant[];
  /** How they sign in: with a password, at the provider, or both. */
  readonly logins: readonly ('password' | 'provider')[];
  /** When a session of theirs was last begun or used; null: never, or none is left. */
  readonly seenAt: number | null;
}

/** One browser that is signed in. */
export interface AccountSession {
  readonly id: string;
  readonly account: string;
  readonly createdAt: number;
  readonly usedAt: number;
  readonly expiresAt: number;
  readonly from: string | null;
  readonly agent: string | null;
}

/** A token for scripts. Its secret is shown once, when it is made, and kept nowhere. */
export interface ApiToken {
  readonly id: string;
  readonly account: string;
  readonly owner: string;
  readonly name: string;
  readonly grants: readonly Grant[];
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly revokedAt: number | null;
  readonly usedAt: number | null;
  readonly usedFrom: string | null;
}

export const LEAST_PASSWORD = 12;
export const MOST_PASSWORD = 128;

/** Why a password can't be taken, in one sentence; null: it can. */
export function passwordFault(password: string, email: string): string | null {
  if (password.length < LEAST_PASSWORD) {
    return `A password has at least ${LEAST_PASSWORD} characters; this one has ${password.length}.`;
  }
  if (password.length > MOST_PASSWORD) return `A password has at most ${MOST_PASSWORD} characters.`;
  if (new Set(password).size < 5) return 'That password repeats too few characters.';
  const name = email.split('@')[0]?.toLowerCase() ?? '';
  if (name.length > 3 && password.toLowerCase().includes(name)) {
    return 'A password can not contain your own name.';
  }
  return null;
}
