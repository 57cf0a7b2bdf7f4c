import type { VersionStore } from '@/server/ports';
import { ask } from './ask';
import type { Database } from './database';
import { bytesOf, versionsOf } from './version-rows';

/** Versions of znodes in PostgreSQL. */
export function versionStore(database: Database): VersionStore {
  return {
    versions: (query) => ask(database, 'read', (connected) => versionsOf(connected, query)),
    bytes: (which) => ask(database, 'read', (connected) => bytesOf(connected, which)),
  };
}
