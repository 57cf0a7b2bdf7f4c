import { randomUUID } from 'node:crypto';
import { and, asc, eq, isNull, max, ne, type SQL, sql } from 'drizzle-orm';
import type { NodePgDatabase } from 'drizzle-orm/node-postgres';
import type { Account, AccountSession, HeldGrant } from '@/lib/access/account';
import { distinct, type Grant } from '@/lib/access/roles';
import { Failure } from '@/lib/errors';
import type { AccountStore, NewAccount } from '@/server/ports';
import { account, accountGrant, apiToken, login, session } from './account-schema';
import { type Asked, ask } from './ask';

type Transaction = Parameters<Parameters<NodePgDatabase['transaction']>[0]>[0];

/** One change of who may rule at a time, so that two of them can't remove the last two. */
const RULERS_LOCK = 4_207_849_333;

/** Accounts in PostgreSQL. Whatever takes away the last administrator is refused, and undone. */
export class PostgresAccountStore implements AccountStore {
  readonly #database: Asked;

  constructor(database: Asked) {
    this.#database = database;
  }

  accounts(): Promise<readonly Account[]> {
    return ask(this.#database, 'read', (database) => accountsWhere(database));
  }

  async account(id: string): Promise<Account | null> {
    const found = await ask(this.#database, 'read', (database) =>
      accountsWhere(database, eq(account.id, id)),
    );
    return found[0] ?? null;
  }

  async byEmail(email: string): Promise<Account | null> {
    const found = await ask(this.#database, 'read', (database) =>
      accountsWhere(database, eq(account.email, email.toLowerCase())),
    );
    return found[0] ?? null;
  }

  add({ name, email, hash, mustChangePassword, grants }: NewAccount): Promise<string> {
    const id = randomUUID();
    return this.#change(async (transaction) => {
      const added = await transaction
        .insert(account)
        .values({ id, name, email: email.toLowerCase(), emailVerified: true, mustChangePassword })
        .onConflictDoNothing()
        .returning({ id: account.id });
      if (added.length === 0) throw new Failure('refused', `There is an account ${email} already.`);
      await putPassword(transaction, id, hash);
      await putGrants(transaction, { id, source: 'local', grants });
      return id;
    });
  }

  passwordHash(id: string): Promise<string | null> {
    return ask(this.#database, 'read', async (database) => {
      const rows = await database
        .select({ hash: login.password })
        .from(login)
        .where(and(eq(login.userId, id), eq(login.providerId, 'credential')));
      return rows[0]?.hash ?? null;
    });
  }

  setPassword(
    id: string,
    hash: string,
    { mustChange, keep }: { readonly mustChange: boolean; readonly keep?: string },
  ): Promise<void> {
    return this.#change(async (transaction) => {
      await putPassword(transaction, id, hash);
      await transaction
        .update(account)
        .set({ mustChangePassword: mustChange, updatedAt: new Date() })
        .where(eq(account.id, id));
      const others = keep === undefined ? [] : [ne(session.id, keep)];
      await transaction.delete(session).where(and(eq(session.userId, id), ...others));
      // Who got hold of the password may have made tokens by it; one's own change keeps one's own.
      if (keep !== undefined) return;
      await transaction
        .update(apiToken)
        .set({ revokedAt: new Date() })
        .where(and(eq(apiToken.account, id), isNull(apiToken.revokedAt)));
    });
  }

  setDisabled(id: string, disabled: boolean): Promise<void> {
    return this.#change(async (transaction) => {
      await transaction
        .update(account)
        .set({ disabledAt: disabled ? new Date() : null, updatedAt: new Date() })
        .where(eq(account.id, id));
      if (disabled) await transaction.delete(session).where(eq(session.userId, id));
    });
  }

  setGrants(id: string, source: HeldGrant['source'], grants: readonly Grant[]): Promise<void> {
    return this.#change((transaction) => putGrants(transaction, { id, source, grants }));
  }

  remove(id: string): Promise<void> {
    return this.#change(async (transaction) => {
      await transaction.delete(account).where(eq(account.id, id));
    });
  }

  sessions(id: string): Promise<readonly AccountSession[]> {
    return ask(this.#database, 'read', async (database) => {
      const rows = await database
        .select()
        .from(session)
        .where(and(eq(session.userId, id), sql`${session.expiresAt} > now()`))
        .orderBy(asc(session.createdAt));
      return rows.map((row) => ({
        id: row.id,
        account: row.userId,
        createdAt: row.createdAt.getTime(),
        usedAt: row.updatedAt.getTime(),
        expiresAt: row.expiresAt.getTime(),
        from: row.ipAddress,
        agent: row.userAgent,
      }));
    });
  }

  endSessions(id: string, which: { only?: string; except?: string }): Promise<number> {
    return ask(this.#database, 'write', async (database) => {
      const gone = await database
        .delete(session)
        .where(
          and(
            eq(session.userId, id),
            ...(which.only === undefined ? [] : [eq(session.id, which.only)]),
            ...(which.except === undefined ? [] : [ne(session.id, which.except)]),
          ),
        )
        .returning({ id: session.id });
      return gone.length;
    });
  }

  /** In one transaction, which is undone when nobody would be left to rule. */
  #change<T>(what: (transaction: Transaction) => Promise<T>): Promise<T> {
    return ask(this.#database, 'write', (database) =>
      database.transaction(async (transaction) => {
        await transaction.execute(sql`select pg_advisory_xact_lock(${RULERS_LOCK})`);
        const before = await rulers(transaction);
        const result = await what(transaction);
        if (before > 0 && (await rulers(transaction)) === 0) {
          throw new Failure(
            'refused',
            'That would leave nobody who is administrator of all clusters: give that role to another account first.',
          );
        }
        return result;
      }),
    );
  }
}

/** How many may give roles: by what was given here, since groups may be gone at the next sign-in. */
async function rulers(transaction: Transaction): Promise<number> {
  const rows = await transaction
    .selectDistinct({ id: account.id })
    .from(account)
    .innerJoin(accountGrant, eq(accountGrant.account, account.id))
    .where(
      and(
        isNull(account.disabledAt),
        eq(accountGrant.role, 'admin'),
        eq(accountGrant.source, 'local'),
        sql`${accountGrant.scope}->>'of' = 'all'`,
      ),
    );
  return rows.length;
}

async function putPassword(transaction: Transaction, id: string, hash: string): Promise<void> {
  await transaction
    .delete(login)
    .where(and(eq(login.userId, id), eq(login.providerId, 'credential')));
  await transaction.insert(login).values({
    ...{ id: randomUUID(), userId: id, providerId: 'credential', accountId: id },
    password: hash,
  });
}

async function putGrants(
  transaction: Transaction,
  { id, source, grants }: { id: string; source: HeldGrant['source']; grants: readonly Grant[] },
): Promise<void> {
  await transaction
    .delete(accountGrant)
    .where(and(eq(accountGrant.account, id), eq(accountGrant.source, source)));
  if (grants.length === 0) return;
  await transaction.insert(accountGrant).values(
    distinct(grants).map(({ role, scope }) => ({
      id: randomUUID(),
      account: id,
      role,
      scope,
      source,
    })),
  );
}

async function accountsWhere(database: NodePgDatabase, which?: SQL): Promise<readonly Account[]> {
  const rows = await database.select().from(account).where(which).orderBy(asc(account.email));
  const grants = await database
    .select({ ...columns, of: accountGrant.account })
    .from(accountGrant)
    .innerJoin(account, eq(account.id, accountGrant.account))
    .where(which)
    .orderBy(asc(accountGrant.createdAt), asc(accountGrant.id));
  const logins = await database
    .select({ of: login.userId, provider: login.providerId })
    .from(login)
    .innerJoin(account, eq(account.id, login.userId))
    .where(which);
  const seen = await database
    .select({ of: session.userId, at: max(session.updatedAt) })
    .from(session)
    .innerJoin(account, eq(account.id, session.userId))
    .where(which)
    .groupBy(session.userId);
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    email: row.email,
    createdAt: row.createdAt.getTime(),
    disabledAt: row.disabledAt?.getTime() ?? null,
    mustChangePassword: row.mustChangePassword,
    grants: grants.filter(({ of }) => of === row.id).map(({ of: _, ...grant }) => grant),
    logins: logins
      .filter(({ of }) => of === row.id)
      .map(({ provider }) => (provider === 'credential' ? 'password' : 'provider')),
    seenAt: seen.find(({ of }) => of === row.id)?.at?.getTime() ?? null,
  }));
}

const columns = {
  id: accountGrant.id,
  role: accountGrant.role,
  scope: accountGrant.scope,
  source: accountGrant.source,
};
