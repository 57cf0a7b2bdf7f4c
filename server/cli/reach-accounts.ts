import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { drizzle } from 'drizzle-orm/node-postgres';
import type { AuditAction, Json } from '@/lib/audit/entry';
import { Failure } from '@/lib/errors';
import { PostgresAccountStore } from '../adapters/store/account-store';
import type { Asked } from '../adapters/store/ask';
import { PostgresAuditChain } from '../adapters/store/audit-chain';
import { loadStoreConfig } from '../config';
import type { AccountStore } from '../ports';
import { CommandFailure } from './errors';
import { withStore } from './reach-store';

export interface Accounts {
  readonly store: AccountStore;
  /** Does something to an account, recorded before, and its outcome after. */
  record(
    what: { readonly action: AuditAction; readonly detail: Json },
    does: () => Promise<void>,
  ): Promise<void>;
}
