import type { Account, AccountSession, ApiToken, HeldGrant } from '@/lib/access/account';
import type { Grant } from '@/lib/access/roles';

export interface NewAccount {
  readonly name: string;
  readonly email: string;
  /** Of the password, by scrypt. */
  readonly hash: string;
  readonly mustChangePassword: boolean;
  readonly grants: readonly Grant[];
}

/**
 * Who may sign in, and what they may. All throw `unavailable` while the store is away; what would
 * leave no administrator throws `refused`, and is not done.
 */
export interface AccountStore {
  accounts(): Promise<readonly Account[]>;
  account(id: string): Promise<Account | null>;
  byEmail(email: string): Promise<Account | null>;
  /** @returns its id. Throws `refused` where there is one of that address. */
  add(account: NewAccount): Promise<string>;
  /** Null: it has no password, or there is no such account. */
  passwordHash(id: string): Promise<string | null>;
  /** Ends its other sessions as well; without one to keep all of them, and its tokens. */
  setPassword(
    id: string,
    hash: string,
    how: { readonly mustChange: boolean; readonly keep?: string },
  ): Promise<void>;
  /** Disabled, its sessions end. */
  setDisabled(id: string, disabled: boolean): Promise<void>;
  /** Replaces all that it has of that source. */
  setGrants(id: string, source: HeldGrant['source'], grants: readonly Grant[]): Promise<void>;
  remove(id: string): Promise<void>;
  sessions(id: string): Promise<readonly AccountSession[]>;
  /** @returns how many there were. */
  endSessions(
    id: string,
    which: { readonly only?: string; readonly except?: string },
  ): Promise<number>;
}

/** Whom a credential stands for, now. */
export interface Held {
  /** Of the session, or of the token. */
  readonly id: string;
  readonly account: string;
  /** What they are called where others read it. */
  readonly name: string;
  readonly mustChangePassword: boolean;
  /** What the account may. */
  readonly grants: readonly Grant[];
  /** What the credential is cut down to; null: to nothing less. */
  readonly limitedTo: readonly Grant[] | null;
  readonly expiresAt: number;
  /** When the credential was made. */
  readonly createdAt: number;
}

export interface NewToken {
  readonly id: string;
  readonly account: string;
  readonly name: string;
  readonly hash: string;
  readonly grants: readonly Grant[];
  readonly expiresAt: number;
}

/** What is good to be known by. What has ended or expired is not there. Throws `unavailable`. */
export interface CredentialStore {
  /** By the token that the cookie holds. */
  sessions(tokens: readonly string[]): Promise<ReadonlyMap<string, Held>>;
  /** By the hash of an API token. */
  tokens(hashes: readonly string[]): Promise<ReadonlyMap<string, Held>>;
  extendSession(id: string, until: number): Promise<void>;
  /** Newest first; null: everybody's. */
  tokensOf(account: string | null): Promise<readonly ApiToken[]>;
  addToken(token: NewToken): Promise<void>;
  /** False: it was revoked already, or there is none. */
  revokeToken(id: string): Promise<boolean>;
  noteTokenUse(id: string, at: number, from: string): Promise<void>;
  /** Removes what has expired. */
  tidy(): Promise<void>;
}
