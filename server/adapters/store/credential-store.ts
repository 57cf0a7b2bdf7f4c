import { and, desc, eq, gt, inArray, isNull, lt, or, sql } from 'drizzle-orm';
import type { NodePgDatabase } from 'drizzle-orm/node-postgres';
import type { ApiToken } from '@/lib/access/account';
import type { Grant } from '@/lib/access/roles';
import type { CredentialStore, Held, NewToken } from '@/server/ports';
import { account, accountGrant, apiToken, session, verification } from './account-schema';
import { type Asked, ask } from './ask';

/** What somebody shows to be known by, and what it stands for now. */
export class PostgresCredentialStore implements CredentialStore {
  readonly #database: Asked;
  readonly #groupsMs: number;

  /** @param groupsMs how long roles by groups hold after the sign-in that has read them */
  constructor(database: Asked, groupsMs: number) {
    this.#database = database;
    this.#groupsMs = groupsMs;
  }

  sessions(tokens: readonly string[]): Promise<ReadonlyMap<string, Held>> {
    return ask(this.#database, 'read', async (database) => {
      const rows = await database
        .select({
          ...holder,
          key: session.token,
          id: session.id,
          expiresAt: session.expiresAt,
          createdAt: session.createdAt,
        })
        .from(session)
        .innerJoin(account, eq(account.id, session.userId))
        .where(
          and(
            inArray(session.token, [...tokens]),
            gt(session.expiresAt, sql`now()`),
            isNull(account.disabledAt),
          ),
        );
      return this.#heldBy(
        database,
        rows.map((row) => ({ ...row, name: row.email, limitedTo: null })),
      );
    });
  }

  tokens(hashes: readonly string[]): Promise<ReadonlyMap<string, Held>> {
    return ask(this.#database, 'read', async (database) => {
      const rows = await database
        .select({
          ...holder,
          key: apiToken.hash,
          id: apiToken.id,
          token: apiToken.name,
          limitedTo: apiToken.grants,
          expiresAt: apiToken.expiresAt,
          createdAt: apiToken.createdAt,
        })
        .from(apiToken)
        .innerJoin(account, eq(account.id, apiToken.account))
        .where(
          and(
            inArray(apiToken.hash, [...hashes]),
            gt(apiToken.expiresAt, sql`now()`),
            isNull(apiToken.revokedAt),
            isNull(account.disabledAt),
          ),
        );
      return this.#heldBy(
        database,
        rows.map((row) => ({ ...row, name: `${row.token} (token of ${row.email})` })),
      );
    });
  }

  extendSession(id: string, until: number): Promise<void> {
    return ask(this.#database, 'write', async (database) => {
      await database
        .update(session)
        .set({ updatedAt: new Date(), expiresAt: new Date(until) })
        .where(eq(session.id, id));
    });
  }

  tokensOf(owner: string | null): Promise<readonly ApiToken[]> {
    return ask(this.#database, 'read', async (database) => {
      const rows = await database
        .select({ token: apiToken, owner: account.email })
        .from(apiToken)
        .innerJoin(account, eq(account.id, apiToken.account))
        .where(owner === null ? undefined : eq(apiToken.account, owner))
        .orderBy(desc(apiToken.createdAt));
      return rows.map(({ token, owner: email }) => ({
        id: token.id,
        account: token.account,
        owner: email,
        name: token.name,
        grants: token.grants,
        createdAt: token.createdAt.getTime(),
        expiresAt: token.expiresAt.getTime(),
        revokedAt: token.revokedAt?.getTime() ?? null,
        usedAt: token.usedAt?.getTime() ?? null,
        usedFrom: token.usedFrom,
      }));
    });
  }

  addToken({ id, account: owner, name, hash, grants, expiresAt }: NewToken): Promise<void> {
    return ask(this.#database, 'write', async (database) => {
      await database
        .insert(apiToken)
        .values({ id, account: owner, name, hash, grants, expiresAt: new Date(expiresAt) });
    });
  }

  revokeToken(id: string): Promise<boolean> {
    return ask(this.#database, 'write', async (database) => {
      const gone = await database
        .update(apiToken)
        .set({ revokedAt: new Date() })
        .where(and(eq(apiToken.id, id), isNull(apiToken.revokedAt)))
        .returning({ id: apiToken.id });
      return gone.length > 0;
    });
  }

  async tidy(): Promise<void> {
    await ask(this.#database, 'upkeep', async (database) => {
      for (const table of [session, verification]) {
        await database.delete(table).where(lt(table.expiresAt, sql`now()`));
      }
    });
  }

  noteTokenUse(id: string, at: number, from: string): Promise<void> {
    return ask(this.#database, 'write', async (database) => {
      await database
        .update(apiToken)
        .set({ usedAt: new Date(at), usedFrom: from })
        .where(eq(apiToken.id, id));
    });
  }

  async #heldBy(
    database: NodePgDatabase,
    rows: readonly Row[],
  ): Promise<ReadonlyMap<string, Held>> {
    const grants = await this.#grantsOf(database, rows);
    return new Map(
      rows.map(({ key, id, account: of, name, mustChangePassword, limitedTo, ...at }) => [
        key,
        {
          ...{ id, account: of, name, mustChangePassword, limitedTo },
          grants: grants.get(of) ?? [],
          expiresAt: at.expiresAt.getTime(),
          createdAt: at.createdAt.getTime(),
        },
      ]),
    );
  }

  async #grantsOf(
    database: NodePgDatabase,
    holders: readonly { readonly account: string }[],
  ): Promise<ReadonlyMap<string, readonly Grant[]>> {
    if (holders.length === 0) return new Map();
    const ids = [...new Set(holders.map(({ account: id }) => id))];
    const read = sql`(now() - ${this.#groupsMs} * interval '1 millisecond')`;
    const rows = await database
      .select({ account: accountGrant.account, role: accountGrant.role, scope: accountGrant.scope })
      .from(accountGrant)
      .where(
        and(
          inArray(accountGrant.account, ids),
          or(eq(accountGrant.source, 'local'), gt(accountGrant.createdAt, read)),
        ),
      );
    const found = new Map<string, Grant[]>();
    for (const { account: id, role, scope } of rows) {
      found.set(id, [...(found.get(id) ?? []), { role, scope }]);
    }
    return found;
  }
}

/** A credential as it is kept, with whom it is of. */
type Row = Omit<Held, 'grants' | 'expiresAt' | 'createdAt'> & {
  readonly key: string;
  readonly expiresAt: Date;
  readonly createdAt: Date;
};

const holder = {
  account: account.id,
  email: account.email,
  mustChangePassword: account.mustChangePassword,
};
