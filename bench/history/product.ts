import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { waitFor } from '@/sandbox';
import { Database } from '@/server/adapters/store/database';
import { EmbeddedPostgres } from '@/server/adapters/store/embedded';
import { makeFolder, servers } from '@/server/adapters/store/store-for-tests';
import { systemClock } from '@/server/clock';

export { PostgresLagStore } from '@/server/adapters/store/lag-store';
export { PostgresReplayStore } from '@/server/adapters/store/replay-store';
export { PostgresUpkeep } from '@/server/adapters/store/rollups';
export { PostgresStore } from '@/server/adapters/store/store';
export { FakeClock, settled } from '@/server/fake-clock';
export { Samples } from '@/server/history/samples';
export { type Database, systemClock };

/** A server of the benchmark's own, run as Howdah runs its own. */
export interface Server {
  readonly config: pg.ClientConfig;
  readonly folder: string;
  readonly postmaster: number;
}

/** Starts one, of the programs of npm or of Debian. It ends with this process. */
export async function startServer(debian: boolean): Promise<Server> {
  const folder = makeFolder();
  const { programs } = servers[debian ? 1 : 0] ?? {};
  const embedded = new EmbeddedPostgres({
    folder,
    onExit: () => {},
    ...(programs ? { programs } : {}),
  });
  process.once('exit', () => embedded.stop());
  const config = await embedded.start();
  await waitFor(() => answers(config), { timeoutMs: 30_000, what: 'the server to answer' });
  const [pid = ''] = readFileSync(join(folder, 'postgres', 'postmaster.pid'), 'utf8').split('\n');
  return { config, folder, postmaster: Number(pid) };
}

async function answers(config: pg.ClientConfig): Promise<boolean> {
  const client = new pg.Client(config);
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

/** Howdah's connections to one database of it, which gets Howdah's tables. */
export async function openDatabase({ config }: Server, name: string, kind: string) {
  const database = new Database({
    clock: systemClock,
    reach: async () => ({ ...config, database: name }),
    kind,
    onState: () => {},
  });
  database.start();
  await waitFor(() => database.connected !== null, {
    timeoutMs: 30_000,
    what: () => `the store: ${database.health.says}`,
  });
  return database;
}
