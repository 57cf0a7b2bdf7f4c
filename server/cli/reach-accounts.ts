import type { AuditAction, Json } from '@/lib/audit/entry';
import { PostgresAccountStore } from '../adapters/store/account-store';
import { loadStoreConfig } from '../config';
import { asAsked, withStore } from './reach-store';
import { bringUpToDate, recorder } from './recorded';

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
    const record = recorder(reached.client);
    return work({
      store: new PostgresAccountStore(asAsked(reached.client)),
      record: async (what, does) => {
        await record([what], does);
      },
    });
  });
}
