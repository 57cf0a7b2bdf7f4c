import { rmSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seesAll } from '@/lib/access/sight';
import { waitFor } from '@/sandbox';
import { systemClock } from '@/server/clock';
import { Database } from './database';
import { knownMigrations, migrateWithin } from './migrations';
import { PostgresStore } from './store';
import { makeFolder, openStore, servers } from './store-for-tests';

const AT = Date.UTC(2026, 2, 31, 12);
const CLUSTER = 'main~.2Fservice~orders';

describe.each(servers)('the schema in $name', ({ programs }) => {
  let folder: string;
  let opened: ReturnType<typeof openStore>;

  beforeAll(async () => {
    folder = makeFolder();
    opened = openStore(folder, programs, systemClock);
    await waitFor(() => opened.database.health.state === 'ready', {
      timeoutMs: 30_000,
      what: () => `the store: ${opened.database.health.says}`,
    });
  }, 60_000);

  afterAll(() => {
    opened.close();
    rmSync(join(folder, '..'), { recursive: true, force: true });
  });

  test.each(knownMigrations())(
    'is brought up to date from $name, with what is in it',
    async (from) => {
      const name = `from_${from.name.slice(0, 4)}`;
      await opened.sql(`create database ${name}`);
      const config = { ...opened.config, database: name };
      const client = new pg.Client(config);
      await client.connect();
      await client.query('begin');
      await migrateWithin(client, from.when);
      await client.query(
        `insert into howdah.cluster (key, ensemble, namespace, scope) values ($1, 'main', '/service', 'orders')`,
        [CLUSTER],
      );
      await client.query(
        `create table howdah.event_2026_03 partition of howdah.event
         for values from ('2026-03-01 00:00+00') to ('2026-04-01 00:00+00')`,
      );
      await client.query(
        `insert into howdah.event (seq, at, cluster, code, says)
       select 7, $1, id, 'leader-lost', 'as it was' from howdah.cluster`,
        [new Date(AT)],
      );
      await client.query('commit');
      await client.end();

      const database = new Database({
        ...{ clock: systemClock, kind: 'the same', onState: () => {} },
        reach: async () => config,
      });
      database.start();
      await waitFor(() => database.health.state === 'ready', {
        timeoutMs: 30_000,
        what: () => `it: ${database.health.says}`,
      });
      const store = new PostgresStore(database);
      await store.write([
        { record: 'watch', seq: 8, at: AT },
        {
          ...{ seq: 9, at: AT + 1000, cluster: CLUSTER, code: 'leader-changed', member: 'pg-a' },
          ...{ says: 'as it is', cause: 'automatic' },
        },
      ]);
      const { events } = await store.events({ limit: 10 }, seesAll);
      expect(events.map(({ says, cause }) => [says, cause])).toEqual([
        ['as it is', 'automatic'],
        ['as it was', null],
      ]);
      database.close();
    },
  );
});
