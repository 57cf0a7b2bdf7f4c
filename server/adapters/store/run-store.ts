import type { RunStore } from '@/server/ports';
import { ask } from './ask';
import type { Database } from './database';
import { pastOf, runOf, runsOf } from './run-rows';

/** Runs of operations in PostgreSQL. */
export function runStore(database: Database): RunStore {
  return {
    runs: (query) => ask(database, 'read', (connected) => runsOf(connected, query)),
    run: (which) => ask(database, 'read', (connected) => runOf(connected, which)),
    past: (query) => ask(database, 'read', (connected) => pastOf(connected, query)),
  };
}
