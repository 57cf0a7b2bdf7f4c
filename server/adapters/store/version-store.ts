import type { VersionStore } from '@/server/ports';
import { ask } from './ask';
import type { Database } from './database';
import { bytesOf, versionsOf, znodesOf } from './version-rows';

/** Versions of znodes in PostgreSQL. */
export function versionStore(database: Database): VersionStore {
  return {
    versions: (query) => ask(database, 'read', (connected) => versionsOf(connected, query)),
    znodes: (cluster) => ask(database, 'read', (connected) => znodesOf(connected, cluster)),
    bytes: (which) => ask(database, 'read', (connected) => bytesOf(connected, which)),
  };
}
