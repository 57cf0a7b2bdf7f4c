import { chmodSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { Clock } from '@/server/ports';
import { Database } from './database';
import { EmbeddedPostgres } from './embedded';

const debian = '/usr/lib/postgresql/15/bin';

/** The servers that every test of the store runs on. */
export const servers = [
  { name: 'the embedded PostgreSQL 18', version: /^18\./, programs: undefined },
  {
    name: "Debian's PostgreSQL 15",
    version: /^15\./,
    programs: { postgres: `${debian}/postgres`, initdb: `${debian}/initdb` },
  },
];

type Programs = (typeof servers)[number]['programs'];

/** A folder for a server, in one that is to be removed. PostgreSQL's user may pass both. */
export function makeFolder(): string {
  const above = mkdtempSync(join(tmpdir(), 'howdah-store-'));
  chmodSync(above, 0o711);
  const folder = join(above, 'state');
  mkdirSync(folder, { mode: 0o711 });
  return folder;
}

/** Starts the server of a folder, and a database on it that becomes ready by itself. */
export function openStore(folder: string, programs: Programs, clock: Clock) {
  let config: pg.ClientConfig = {};
  const server = new EmbeddedPostgres({
    folder,
    onExit: () => {},
    ...(programs ? { programs } : {}),
  });
  const database = new Database({
    clock,
    reach: async () => {
      config = await server.start();
      return config;
    },
    kind: 'embedded',
    onState: () => {},
  });
  database.start();
  return {
    database,
    server,
    get config() {
      return config;
    },
    /** One statement on a connection of its own. */
    async sql(text: string) {
      const client = new pg.Client(config);
      await client.connect();
      try {
        return (await client.query(text)).rows;
      } finally {
        await client.end();
      }
    },
    close() {
      database.close();
      server.stop();
    },
  };
}
