import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seesAll } from '@/lib/access/sight';
import type { Failure } from '@/lib/errors';
import type { ClusterEvent } from '@/lib/topology/event';
import { waitFor } from '@/sandbox';
import { systemClock } from '@/server/clock';
import { Database } from './database';
import { PostgresStore } from './store';
import { makeFolder, openStore, servers } from './store-for-tests';

const orders = 'main~.2Fservice~orders';
const billing = 'main~.2Fservice~billing~2';
const MARCH = Date.UTC(2026, 2, 31, 23, 59, 50);

function anEvent(seq: number, part: Partial<ClusterEvent> = {}): ClusterEvent {
  const at = MARCH + seq * 1000;
  return {
    seq,
    at,
    cluster: orders,
    code: 'leader-changed',
    member: 'pg-a',
    says: `${seq}`,
    cause: 'automatic',
    written: { at: at - 5, zxid: `${seq}00` },
    ...part,
  };
}

describe.each(servers)('history in $name', ({ version, programs }) => {
  let folder: string;
  let opened: ReturnType<typeof openStore>;
  let database: Database;
  let store: PostgresStore;

  const open = () => {
    opened = openStore(folder, programs, systemClock);
    database = opened.database;
    store = new PostgresStore(database);
  };
  const isReady = () =>
    waitFor(() => database.health.state === 'ready', {
      timeoutMs: 30_000,
      what: () => `the store: ${database.health.says}`,
    });
  const close = () => opened.close();
  const sql = (text: string) => opened.sql(text);

  beforeAll(async () => {
    folder = makeFolder();
    open();
    await isReady();
  }, 60_000);

  afterAll(async () => {
    close();
    rmSync(join(folder, '..'), { recursive: true, force: true });
  });

  test('says which server it is in', () => {
    const { server: name } = database.health;
    expect(name?.replace('PostgreSQL ', '')).toMatch(version);
  });

  test('keeps what is written once, in order, however often it is written', async () => {
    const events = [1, 2, 3].map((seq) => anEvent(seq));
    await store.write(events);
    await store.write([...events.slice(1), anEvent(4)]);
    const page = await store.events({ limit: 10 }, seesAll);
    expect(page).toEqual({
      events: [4, 3, 2, 1].map((seq) => anEvent(seq)),
      gaps: [],
      more: false,
    });
  });

  test('gives what is asked for, page by page', async () => {
    await store.write([
      anEvent(10, { cluster: billing, code: 'member-missing', member: 'pg-b' }),
      anEvent(11, { code: 'mode-changed', member: null }),
      // The next month, by UTC.
      anEvent(12, { code: 'member-missing' }),
    ]);
    const seqs = async (query: Partial<Parameters<PostgresStore['events']>[0]>) =>
      (await store.events({ limit: 100, ...query }, seesAll)).events.map(({ seq }) => seq);
    expect(await seqs({ cluster: billing })).toEqual([10]);
    expect(await seqs({ member: 'pg-b' })).toEqual([10]);
    expect(await seqs({ search: 'BILL' })).toEqual([10]);
    expect(await seqs({ search: '%' })).toEqual([]);
    expect(await seqs({ codes: ['member-missing', 'mode-changed'] })).toEqual([12, 11, 10]);
    expect(await seqs({ from: MARCH + 10_000, until: MARCH + 12_000 })).toEqual([11, 10]);
    const first = await store.events({ limit: 3 }, seesAll);
    expect(first.more).toBe(true);
    expect(first.events.map(({ seq }) => seq)).toEqual([12, 11, 10]);
    expect(await seqs({ before: 10, limit: 2 })).toEqual([4, 3]);
  });

  test('names the gaps of the time that is asked for', async () => {
    const gap = { from: MARCH + 2000, until: MARCH + 3000, lost: 7 };
    await store.noteGap({ ...gap, until: MARCH + 2500, lost: 3 });
    await store.noteGap(gap);
    expect((await store.events({ limit: 100 }, seesAll)).gaps).toEqual([gap]);
    expect((await store.events({ limit: 100, from: MARCH + 3000 }, seesAll)).gaps).toEqual([]);
  });

  test('takes a text that PostgreSQL would not, and refuses what it never could without a loss', async () => {
    await store.write([anEvent(15, { says: 'a\0b', cluster: billing })]);
    expect((await store.events({ limit: 1, cluster: billing }, seesAll)).events[0]?.says).toBe(
      'a\ufffdb',
    );
    const refused = store.write([anEvent(16, { code: null as never })]);
    await expect(refused).rejects.toMatchObject({ code: 'bad-input' });
    expect(database.health.state).toBe('ready');
  });

  test('is written by one at a time', async () => {
    let attempts = 0;
    const second = new Database({
      clock: systemClock,
      reach: async () => {
        attempts += 1;
        return opened.config;
      },
      kind: 'the same',
      onState: () => {},
    });
    second.start();
    // The first attempt is over, in vain, when the second one begins.
    await waitFor(() => attempts > 1, { timeoutMs: 10_000, what: 'another attempt' });
    expect(second.connected).toBeNull();
    second.close();
  });

  test('is plain SQL for others', async () => {
    const rows = await sql(
      `select seq::int, scope, citus_group, code, at at time zone 'UTC' as at
       from howdah.events where member = 'pg-b'`,
    );
    expect(rows).toEqual([
      expect.objectContaining({
        seq: 10,
        scope: 'billing',
        citus_group: 2,
        code: 'member-missing',
      }),
    ]);
  });

  test('can be read by whoever is given its reader’s role, and nothing else of it', async () => {
    const views = [
      'events',
      'failovers',
      'znode_versions',
      'lag_samples',
      'lag_10s',
      'lag_1m',
      'lag_1h',
    ];
    for (const view of views) {
      await sql(`set role howdah_reader; select * from howdah.${view} limit 1`);
    }
    await expect(sql('set role howdah_reader; select * from howdah.event')).rejects.toThrow(
      'permission denied',
    );
    await expect(sql('set role howdah_reader; delete from howdah.event')).rejects.toThrow(
      'permission denied',
    );
  });

  test('outlives a connection that is ended between two statements of a transaction', async () => {
    const ends = database.connected?.write.transaction(async (transaction) => {
      const { rows } = await transaction.execute<{ pid: number }>('select pg_backend_pid() as pid');
      await sql(`select pg_terminate_backend(${rows[0]?.pid})`);
      const gone = `select from pg_stat_activity where pid = ${rows[0]?.pid}`;
      await waitFor(async () => (await sql(gone)).length === 0, {
        ...{ timeoutMs: 10_000, what: 'it to be gone' },
      });
      await transaction.execute('select 1');
    });
    // Its end is told by an event that, with nobody to hear it, ends the process.
    await expect(ends).rejects.toThrow();
    await isReady();
    expect((await store.events({ limit: 1 }, seesAll)).events).toHaveLength(1);
  });

  test('says so while the server is down, and goes on when it has been started again', async () => {
    const [row] = await sql('select pg_backend_pid() as pid, pg_postmaster_start_time() as began');
    const postmaster = await sql(
      "select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int as pid",
    );
    process.kill(postmaster[0]?.pid, 'SIGKILL');
    await waitFor(() => database.health.state === 'away', { timeoutMs: 10_000, what: 'the loss' });
    const refused = await store.events({ limit: 1 }, seesAll).catch((error: Failure) => error);
    expect(refused).toMatchObject({ code: 'unavailable' });
    await expect(store.write([anEvent(20)])).rejects.toThrow();
    await isReady();
    await store.write([anEvent(20)]);
    expect((await store.events({ limit: 1 }, seesAll)).events).toEqual([anEvent(20)]);
    const [now] = await sql('select pg_postmaster_start_time() as began');
    expect(now?.began).not.toEqual(row?.began);
  }, 60_000);

  test('is all there after a restart, and after one that left its server behind', async () => {
    const before = await store.events({ limit: 100 }, seesAll);
    close();
    open();
    await isReady();
    expect(await store.events({ limit: 100 }, seesAll)).toEqual(before);
    // As SIGKILL to Howdah would: nobody ends the server, and the next start finds it.
    database.close();
    const orphan = await sql('select pg_postmaster_start_time() as began');
    open();
    await isReady();
    expect(await store.events({ limit: 100 }, seesAll)).toEqual(before);
    const now = await sql('select pg_postmaster_start_time() as began');
    expect(now).not.toEqual(orphan);
  }, 60_000);
});
