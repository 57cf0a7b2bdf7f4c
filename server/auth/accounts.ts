import { randomBytes, randomUUID } from 'node:crypto';
import { hashPassword, verifyPassword } from 'better-auth/crypto';
import {
  type Account,
  type AccountSession,
  type ApiToken,
  passwordFault,
} from '@/lib/access/account';
import { type Grant, holds, scopeInWords } from '@/lib/access/roles';
import { Failure } from '@/lib/errors';
import type { AccountStore, Clock, CredentialStore } from '../ports';
import { hashOf } from './hash';
import { type Identity, TOKEN_PREFIX } from './identities';
import type { Limits } from './limits';

export interface AccountsOptions {
  readonly clock: Clock;
  readonly store: AccountStore;
  readonly credentials: CredentialStore;
  readonly limits: Limits;
  /** What somebody may has changed, or a session has ended. Settled when all know. */
  readonly onChange: () => Promise<void>;
}

export interface NewAccountInput {
  readonly name: string;
  readonly email: string;
  readonly password: string;
  readonly grants: readonly Grant[];
}

export interface NewTokenInput {
  readonly name: string;
  readonly grants: readonly Grant[];
  readonly days: number;
}

const DAY_MS = 86_400_000;

/** What can be done to accounts. Who may do it has been decided by who calls. */
export class Accounts {
  readonly #options: AccountsOptions;

  constructor(options: AccountsOptions) {
    this.#options = options;
  }

  list(): Promise<readonly Account[]> {
    return this.#options.store.accounts();
  }

  async get(id: string): Promise<Account> {
    const found = await this.#options.store.account(id);
    if (!found) throw new Failure('not-found', 'There is no such account (any more).');
    return found;
  }

  /** Its first password is to be changed at the first sign-in. @returns its id. */
  async add({ name, email, password, grants }: NewAccountInput): Promise<string> {
    refuseFault(password, email);
    const hash = await hashPassword(password);
    return this.#options.store.add({ name, email, hash, mustChangePassword: true, grants });
  }

  async setGrants(id: string, grants: readonly Grant[]): Promise<void> {
    await this.get(id);
    await this.#options.store.setGrants(id, 'local', grants);
    await this.#options.onChange();
  }

  async setDisabled(by: Identity, id: string, disabled: boolean): Promise<void> {
    if (id === by.account) throw new Failure('refused', 'You can not disable your own account.');
    await this.get(id);
    await this.#options.store.setDisabled(id, disabled);
    await this.#options.onChange();
  }

  async remove(by: Identity, id: string): Promise<void> {
    if (id === by.account) throw new Failure('refused', 'You can not remove your own account.');
    await this.get(id);
    await this.#options.store.remove(id);
    await this.#options.onChange();
  }

  /** Somebody else's: it ends their sessions and tokens, and is to be changed at the next sign-in. */
  async resetPassword(id: string, password: string): Promise<void> {
    const { email, logins } = await this.get(id);
    if (!logins.includes('password')) {
      // Its roles are those of its groups, which are read only when it signs in there.
      throw new Failure('refused', `${email} signs in at the provider and has no password here.`);
    }
    refuseFault(password, email);
    await this.#options.store.setPassword(id, await hashPassword(password), { mustChange: true });
    await this.#options.onChange();
  }

  /** One's own: it ends one's other sessions. */
  async changePassword(
    by: Identity,
    { current, next }: { readonly current: string; readonly next: string },
    from: string,
  ): Promise<void> {
    const { store, limits, onChange } = this.#options;
    const { id, email } = await this.#own(by);
    const hash = await store.passwordHash(id);
    if (hash === null) {
      throw new Failure('refused', 'This account signs in at a provider and has no password here.');
    }
    const wait = await limits.signIn(from, email);
    if (wait !== null) throw new Failure('limited', `Too many attempts: try again in ${wait} s.`);
    if (!(await verifyPassword({ hash, password: current }))) {
      throw new Failure('bad-input', 'That is not your present password.');
    }
    await limits.signedIn(from, email);
    refuseFault(next, email);
    if (next === current) throw new Failure('bad-input', 'The new password is the present one.');
    await store.setPassword(id, await hashPassword(next), {
      mustChange: false,
      ...(by.session === null ? {} : { keep: by.session }),
    });
    await onChange();
  }

  async sessions(id: string): Promise<readonly AccountSession[]> {
    return this.#options.store.sessions(id);
  }

  async endSessions(id: string, which: { only?: string; except?: string }): Promise<number> {
    const ended = await this.#options.store.endSessions(id, which);
    await this.#options.onChange();
    return ended;
  }

  tokens(of: string | null): Promise<readonly ApiToken[]> {
    return this.#options.credentials.tokensOf(of);
  }

  /** @returns the secret, which is told this once. Nobody gives a token what they don't have. */
  async makeToken(by: Identity, { name, grants, days }: NewTokenInput): Promise<string> {
    const { clock, credentials } = this.#options;
    const { id: account } = await this.#own(by);
    const beyond = grants.find((grant) => !holds(by.who.grants, [grant]));
    if (beyond) {
      throw new Failure(
        'forbidden',
        `A token can not have more than you: you are no ${beyond.role} of ${scopeInWords(beyond.scope)}.`,
      );
    }
    const secret = `${TOKEN_PREFIX}${randomBytes(32).toString('base64url')}`;
    const expiresAt = clock.now() + days * DAY_MS;
    await credentials.addToken({
      ...{ id: randomUUID(), account, name, hash: hashOf(secret), grants, expiresAt },
    });
    return secret;
  }

  /** One's own, or with `of` null anybody's. Throws `not-found`. */
  async token(of: string | null, id: string): Promise<ApiToken> {
    const token = (await this.tokens(of)).find((one) => one.id === id);
    if (!token) throw new Failure('not-found', 'There is no such token (any more).');
    return token;
  }

  async revokeToken({ id }: ApiToken): Promise<void> {
    await this.#options.credentials.revokeToken(id);
    await this.#options.onChange();
  }

  #own(by: Identity): Promise<Account> {
    if (by.account === null) {
      throw new Failure('refused', 'The emergency token has no account: sign in with one.');
    }
    return this.get(by.account);
  }
}

function refuseFault(password: string, email: string): void {
  const fault = passwordFault(password, email);
  if (fault !== null) throw new Failure('bad-input', fault);
}
