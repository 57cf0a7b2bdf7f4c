import { type AuditEntry, intentEntry, outcomeEntry } from '@/lib/audit/entry';
import { note } from '@/lib/audit/view';
import type { Audit } from '../ports';

/** What stands in for the audit where nothing is kept: each entry is a line of the log. */
export function loggedAudit(log: (entry: AuditEntry) => void): Audit {
  return {
    begin: async (intent) => log(intentEntry(intent)),
    end: async (outcome) => log(outcomeEntry(outcome)),
    note: async (intent, outcome) => {
      log(intentEntry(intent));
      log(outcomeEntry(outcome));
    },
    view: {
      state: 'off',
      waiting: { entries: 0, since: null },
      anchored: null,
      unanchoredSince: null,
      trouble: [note('Howdah was told to keep no history, so what is done is only in its log.')],
      facts: [],
    },
  };
}
