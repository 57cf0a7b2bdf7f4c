import { randomUUID } from 'node:crypto';
import { hashPassword } from 'better-auth/crypto';
import { passwordFault } from '@/lib/access/account';
import { type Grant, scopeKey } from '@/lib/access/roles';
import { endedBy } from '@/lib/audit/ended';
import { type AuditAction, byHowdah, type Json } from '@/lib/audit/entry';
import { Failure } from '@/lib/errors';
import type { AccountStore, Audit, Clock } from '../ports';

/** What changes of accounts without anybody asking for it, recorded as if somebody had. */
export class ByItself {
  readonly #store: AccountStore;
  readonly #audit: Pick<Audit, 'begin' | 'end'>;
  readonly #clock: Clock;

  constructor(store: AccountStore, audit: Pick<Audit, 'begin' | 'end'>, clock: Clock) {
    this.#store = store;
    this.#audit = audit;
    this.#clock = clock;
  }

  /**
   * Makes the administrator that the configuration names, while there is no account at all.
   * @returns its address, null where there is somebody. Throws `bad-input` for a weak password.
   */
  async firstAdmin(given: { email: string; password: string }): Promise<string | null> {
    if ((await this.#store.accounts()).length > 0) return null;
    const { email, password } = given;
    const fault = passwordFault(password, email);
    if (fault !== null) throw new Failure('bad-input', fault);
    const grants: Grant[] = [{ role: 'admin', scope: { of: 'all' } }];
    const hash = await hashPassword(password);
    const name = email.split('@')[0] ?? email;
    const detail = { email, grants: asJson(grants), by: 'the configuration' };
    await this.#recorded('account-added', detail, () =>
      this.#store.add({ name, email, hash, mustChangePassword: true, grants }),
    );
    return email;
  }

  /** Whoever the provider vouches for has an account since now. */
  async noteAdded(email: string): Promise<void> {
    await this.#recorded('account-added', { email, by: 'the provider' }, async () => {});
  }

  /** Gives an account the roles of its groups, as they are at a sign-in at the provider. */
  async setGroups(id: string, grants: readonly Grant[]): Promise<void> {
    const account = await this.#store.account(id);
    const before = account?.grants.filter(({ source }) => source === 'groups') ?? [];
    const set = () => this.#store.setGrants(id, 'groups', grants);
    // The same again holds anew: for that nobody has to be told of it each time.
    if (sameGrants(before, grants)) return set();
    const detail = {
      account: account?.email ?? id,
      before: asJson(before),
      after: asJson(grants),
      by: 'groups at the provider',
    };
    await this.#recorded('grant-changed', detail, set);
  }

  async #recorded(action: AuditAction, detail: Json, does: () => Promise<unknown>): Promise<void> {
    const id = randomUUID();
    await this.#audit.begin({
      ...{ id, at: this.#clock.now(), actor: byHowdah, role: null, from: null, action },
      ...{ cluster: null, decidedOn: null, reason: null, detail },
    });
    try {
      await does();
    } catch (error) {
      await this.#audit.end(endedBy(error, { id, at: this.#clock.now(), followed: false }));
      throw error;
    }
    const at = this.#clock.now();
    await this.#audit.end({ id, at, result: 'done', says: 'Done.', cost: null });
  }
}

const asJson = (grants: readonly Grant[]): Json =>
  grants.map(({ role, scope }) => ({ role, scope: { ...scope } }));

function sameGrants(one: readonly Grant[], other: readonly Grant[]): boolean {
  const key = (grants: readonly Grant[]) =>
    grants
      .map(({ role, scope }) => `${role} ${scopeKey(scope)}`)
      .sort()
      .join();
  return key(one) === key(other);
}
