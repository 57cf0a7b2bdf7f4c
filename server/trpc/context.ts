import type { Failure } from '@/lib/errors';
import type { Accounts } from '../auth/accounts';
import type { Identity } from '../auth/identities';
import type {
  Audit,
  AuditReader,
  HistoryReader,
  Operations,
  PolicyWriter,
  RoutingReader,
  SettingsReader,
} from '../ports';

/** What procedures may use, for all requests. Services arrive here; routers import none. */
export interface Services {
  readonly operations: Operations;
  readonly routing: RoutingReader;
  readonly policies: PolicyWriter;
  readonly settings: SettingsReader;
  readonly history: HistoryReader;
  readonly accounts: Accounts;
  readonly audit: Audit & AuditReader;
  /** Takes a place for an act. @returns after how many seconds the next may be done; null: now. */
  readonly limit: (who: string) => Promise<number | null>;
}

/** Who asks, and from where. */
export interface Context extends Services {
  /** Null: nobody known. */
  readonly identity: Identity | null;
  /** Why it can't be told who asks; null: it can. */
  readonly unknown: Failure | null;
  readonly from: string;
}
