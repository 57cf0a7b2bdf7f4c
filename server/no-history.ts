import type { Logger } from 'pino';
import { Failure } from '@/lib/errors';
import type { HistoryView } from '@/lib/history/history';
import { loggedAudit } from './audit/logged';
import { systemClock } from './clock';
import type { History } from './history-parts';

/** What stands in for history where none is to be kept. */
export function noHistory(log: Logger): History {
  const view: HistoryView = {
    state: 'off',
    since: systemClock.now(),
    says: null,
    server: null,
    waiting: { records: 0, bytes: 0, mostBytes: 0 },
    samples: { waiting: 0, lost: 0 },
    losing: null,
    newest: 0,
    disk: null,
    standby: null,
  };
  const refuse = () =>
    Promise.reject(new Failure('unavailable', 'Howdah was told to keep no history.'));
  const audit = loggedAudit((entry) => log.warn({ audit: entry }, 'audit'));
  return {
    audit: { ...audit, page: refuse },
    view,
    record: () => {},
    sample: () => {},
    see: () => {},
    gone: () => {},
    present: () => {},
    events: refuse,
    lag: refuse,
    replay: refuse,
    reliability: refuse,
    runs: refuse,
    run: refuse,
    past: refuse,
    noteRun: () => {},
    read: () => {},
    readMarked: () => {},
    znodes: refuse,
    versions: refuse,
    bytes: refuse,
    database: {
      connected: null,
      health: {
        ...{ state: 'away', since: view.since, server: null },
        says: 'Howdah was told to keep nothing, so there are no accounts: the emergency token is the way in.',
      },
      doubt: () => {},
    },
    open: () => {},
    start: () => {},
    stop: () => {},
    close: () => Promise.resolve(),
  };
}
