import { randomUUID } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import { type AuditAction, intentEntry, type Json, outcomeEntry, textOf } from '@/lib/audit/entry';
import { PostgresAccountStore } from '../adapters/store/account-store';
import { PostgresAuditChain } from '../adapters/store/audit-chain';
import { knownMigrations, migratedTo, migrateWithin } from '../adapters/store/migrations';
import { loadStoreConfig } from '../config';
import { CommandFailure } from './errors';
import { asAsked, type Reached, withStore } from './reach-store';

export interface Accounts {
  readonly store: PostgresAccountStore;
  /** Does something to an account, recorded before, and its outcome after. */
  record(
    what: { readonly action: AuditAction; readonly detail: Json },
    does: () => Promise<unknown>,
  ): Promise<void>;
}

/** Reaches accounts for one command, beside a Howdah or where none runs. */
export function withAccounts<T>(work: (accounts: Accounts) => Promise<T>): Promise<T> {
  return withStore(loadStoreConfig(process.env), 'beside', async (reached) => {
    await bringUpToDate(reached);
    const database = asAsked(reached.client);
    // Nothing is cut off the chain here, so nothing is signed.
    const chain = new PostgresAuditChain(database, Buffer.alloc(0));
    return work({
      store: new PostgresAccountStore(database),
      record: async ({ action, detail }, does) => {
        const id = randomUUID();
        const { username } = userInfo();
        const intent = intentEntry({
          ...{ id, at: Date.now(), role: null, from: hostname(), action, cluster: null },
          actor: { kind: 'command', id: null, name: `${username} on the command line` },
          ...{ decidedOn: null, reason: null, detail },
        });
        await chain.append([textOf(intent)]);
        const end = (result: 'done' | 'refused', says: string) =>
          chain.append([textOf(outcomeEntry({ id, at: Date.now(), result, says, cost: null }))]);
        try {
          await does();
        } catch (error) {
          await end('refused', error instanceof Error ? error.message : String(error));
          throw error;
        }
        await end('done', 'Done.');
      },
    });
  });
}

/** Where no Howdah writes, the schema is this one's; where one does, it has to be new enough. */
async function bringUpToDate({ client, alone }: Reached): Promise<void> {
  if (alone) {
    await client.query('begin');
    await migrateWithin(client);
    await client.query('commit');
    return;
  }
  const there = await migratedTo(client);
  const newest = knownMigrations().at(-1);
  if (there === null || (newest && there.when < newest.when)) {
    throw new CommandFailure('The Howdah that runs on this store is older than this command');
  }
}
