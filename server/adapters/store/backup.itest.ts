import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { drizzle } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seesAll } from '@/lib/access/sight';
import type { ClusterEvent } from '@/lib/topology/event';
import { waitFor } from '@/sandbox';
import { systemClock } from '@/server/clock';
import { FakeClock } from '@/server/fake-clock';
import { backUp } from './backup';
import { checkWhole, FileExists, partsOf, writeWhole } from './backup-file';
import { CannotRestore, checkVersion, filledTables, restore } from './backup-restore';
import { holdsRows, tablesIn } from './catalog';
import { PostgresLagStore } from './lag-store';
import { knownMigrations, migratedTo, migrateWithin } from './migrations';
import { PostgresUpkeep } from './rollups';
import { PostgresStore } from './store';
import { makeFolder, openStore, servers } from './store-for-tests';

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];
const keeping = { samples: DAY, '10s': 7 * DAY, '1m': 90 * DAY, '1h': 730 * DAY };
const orders = 'main~.2Fservice~orders';
const billing = 'main~.2Fservice~billing~2';
/** Two hours before a month ends, by UTC. */
const BEGAN = Date.UTC(2026, 2, 31, 22);

const anEvent = (seq: number, part: Partial<ClusterEvent> = {}): ClusterEvent => ({
  ...{ seq, at: BEGAN + seq * MINUTE, cluster: seq % 2 === 0 ? orders : billing },
  ...{ code: 'leader-changed', member: seq % 3 === 0 ? null : 'pg-a' },
  // What COPY has to write in another way, and what it must not take for NULL.
  ...{ says: seq % 5 === 0 ? '\\N' : `tab\tnewline\nback\\slash ünïcode ${seq}` },
  ...part,
});

type Opened = ReturnType<typeof openStore>;

async function isReady({ database }: Opened) {
  await waitFor(() => database.health.state === 'ready', {
    timeoutMs: 30_000,
    what: () => `the store: ${database.health.says}`,
  });
}

async function fill({ database }: Opened) {
  const store = new PostgresStore(database);
  await store.write(Array.from({ length: 240 }, (_, n) => anEvent(n + 1)));
  await store.noteGap({ from: BEGAN, until: BEGAN + 5, lost: 7 });
  const clock = new FakeClock(BEGAN + 4 * HOUR);
  const lag = new PostgresLagStore({ database, clock, keeping });
  for (const member of ['pg-b', 'pg-c']) {
    const chunks = Array.from({ length: 240 }, (_, minute) => {
      const at = [0, 10, 20, 40].map((second) => BEGAN + minute * MINUTE + second * 1000);
      const bytes = at.map((moment, n) => (n === 3 ? null : moment % 1_000_007));
      const empty = at.map(() => null);
      const zero = at.map(() => 0);
      return {
        cluster: orders,
        member,
        at,
        sent: zero,
        write: empty,
        flush: empty,
        replay: bytes,
        ms: zero,
      };
    });
    await lag.write(chunks);
  }
  const settings = { keepEventsMs: 730 * DAY, budgetBytes: null };
  await new PostgresUpkeep({ database, clock, keeping, ...settings }).rollUp(BEGAN + 4 * HOUR);
}

async function withClient<T>({ config }: Opened, what: (client: pg.Client) => Promise<T>) {
  const client = new pg.Client(config);
  client.on('error', () => {});
  await client.connect();
  return what(client).finally(() => client.end());
}

/** Every row of every table, and which part of it each partition is. */
const contents = (opened: Opened) =>
  withClient(opened, async (client) => {
    await client.query(`set timezone = 'UTC'`);
    const all: Record<string, unknown> = {};
    for (const table of await tablesIn(drizzle(client))) {
      const { name, parent, bound } = table;
      const { rows } = holdsRows(table)
        ? await client.query(`select t::text as row from only howdah.${name} t order by 1`)
        : { rows: [] };
      all[name] = { parent, bound, rows: rows.map(({ row }) => row) };
    }
    return all;
  });

describe.each([
  { from: servers[0], to: servers[1] },
  { from: servers[1], to: servers[0] },
])('history of $from.name, in $to.name', ({ from, to }) => {
  const folders: string[] = [];
  let source: Opened;
  let target: Opened;
  let file: string;

  /** Without a Howdah that writes: it only has its server. */
  async function openAlone(programs: (typeof servers)[number]['programs']) {
    const folder = makeFolder();
    folders.push(folder);
    const opened = openStore(folder, programs, systemClock);
    await isReady(opened);
    opened.database.close();
    return opened;
  }

  beforeAll(async () => {
    const folder = makeFolder();
    folders.push(folder);
    source = openStore(folder, from?.programs, systemClock);
    await isReady(source);
    await fill(source);
    target = await openAlone(to?.programs);
    file = join(folder, 'backup');
  });

  afterAll(() => {
    for (const opened of [source, target]) opened.close();
    for (const folder of folders) rmSync(join(folder, '..'), { recursive: true, force: true });
  });

  test('is written as of one moment, while it is written to', async () => {
    const store = new PostgresStore(source.database);
    const before = await contents(source);
    let written = 0;
    async function* besideAWriter(client: pg.Client) {
      for await (const bytes of backUp(client)) {
        // Each into a month that has no partition yet.
        const at = Date.UTC(2026, 5 + written, 15);
        written += 1;
        await store.write([anEvent(1000 + written, { at })]);
        yield bytes;
      }
    }
    const bytes = await withClient(source, (client) =>
      writeWhole(file, besideAWriter(client), { replace: false }),
    );
    expect(bytes).toBe(statSync(file).size);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(written).toBeGreaterThan(10);
    const { header, totals } = await checkWhole(file);
    expect(header.server).toMatch(from?.version ?? /^$/);
    expect(totals.rows).toBe(
      Object.values(before).reduce<number>(
        (sum, one) => sum + (one as { rows: [] }).rows.length,
        0,
      ),
    );
    // What was written beside it goes, so that both can be compared.
    await source.sql('delete from howdah.event where seq > 1000');
    for (let n = 0; n < written; n += 1) {
      const month = new Date(Date.UTC(2026, 5 + n, 15)).toISOString().slice(0, 7).replace('-', '_');
      await source.sql(`drop table howdah.event_${month}`);
    }
    expect(await contents(source)).toEqual(before);
  });

  test('never takes the place of a file, unless told to', async () => {
    const before = readFileSync(file);
    const again = (replace: boolean) =>
      withClient(source, (client) => writeWhole(file, backUp(client), { replace }));
    await expect(again(false)).rejects.toThrow(FileExists);
    expect(readFileSync(file)).toEqual(before);
    await again(true);
    await checkWhole(file);
    async function* failing() {
      yield Buffer.from('a beginning');
      throw new Error('the disk is full');
    }
    await expect(writeWhole(file, failing(), { replace: true })).rejects.toThrow('disk is full');
    await checkWhole(file);
    const names = await readdir(join(file, '..'));
    expect(names.filter((name) => name.endsWith('.new'))).toEqual([]);
  });

  test('that is cut off or altered is refused, and nothing has changed', async () => {
    const whole = readFileSync(file);
    const damaged = `${file}.damaged`;
    const unchanged = await contents(target);
    const mended = (edit: (raw: Buffer) => Buffer) => gzipSync(edit(gunzipSync(whole)));
    const cases: [Buffer, RegExp][] = [
      ...[1, 8, 5000, whole.length - 20].map((n): [Buffer, RegExp] => [
        whole.subarray(0, whole.length - n),
        /backup\.damaged is cut off$/,
      ]),
      [whole.subarray(0, 5), /is cut off$/],
      [Buffer.from('select 1'), /is not a backup of Howdah$/],
      [gzipSync('select 1'), /is not a backup of Howdah$/],
      // Packed again, so that gzip finds nothing wrong with it.
      [mended((raw) => raw.subarray(0, raw.length - 300)), /is cut off$/],
      [
        mended((raw) => Buffer.from(raw.toString('latin1').replace('pg-a', 'pg-z'), 'latin1')),
        /has been altered$/,
      ],
      [mended((raw) => Buffer.concat([raw, raw])), /has been altered$/],
      [mended((raw) => Buffer.concat([raw, Buffer.from('x')])), /has been altered/],
    ];
    for (let at = 12; at < whole.length; at += Math.ceil(whole.length / 7)) {
      const flipped = Buffer.from(whole);
      flipped[at] = (flipped[at] ?? 0) ^ 0x10;
      cases.push([flipped, /is cut off$|has been altered$|is not a backup of Howdah$/]);
    }
    for (const [bytes, says] of cases) {
      writeFileSync(damaged, bytes);
      await expect(checkWhole(damaged)).rejects.toThrow(says);
      // As if it had been damaged since it was looked at.
      await withClient(target, (client) =>
        expect(restore(client, partsOf(damaged))).rejects.toThrow(),
      );
    }
    expect(await contents(target)).toEqual(unchanged);
  });

  test('is the same there, row by row and partition by partition', async () => {
    await withClient(target, async (client) => {
      expect(await filledTables(client)).toEqual([]);
      expect(await restore(client, partsOf(file))).toEqual([]);
      expect(await filledTables(client)).toContain('event');
    });
    expect(await contents(target)).toEqual(await contents(source));
  });

  test('is gone on with there', async () => {
    const again = openStore(folders[1] ?? '', to?.programs, systemClock);
    target.close();
    target = again;
    await isReady(again);
    const store = new PostgresStore(again.database);
    const there = await store.events({ limit: 1 }, seesAll);
    expect(there.events[0]?.seq).toBe(240);
    // A cluster that is new gets a number that none has had.
    await store.write([anEvent(241, { cluster: 'main~.2Fservice~new' })]);
    const [{ n }] = await again.sql('select count(distinct id)::int as n from howdah.cluster');
    expect(n).toBe(3);
    again.database.close();
  });

  test('of an older schema is brought up to date', async () => {
    const [first] = knownMigrations();
    await withClient(target, async (client) => {
      await client.query('begin; drop schema howdah cascade');
      await migrateWithin(client, first?.when);
      await client.query(`insert into howdah.gap values (now(), now(), 3); commit`);
      expect(await migratedTo(client)).toEqual(first);
    });
    const old = `${file}.old`;
    await withClient(target, (client) => writeWhole(old, backUp(client), { replace: false }));
    await withClient(target, async (client) => {
      await restore(client, partsOf(old));
      expect(await migratedTo(client)).toEqual(knownMigrations().at(-1));
      expect(await filledTables(client)).toEqual(['gap']);
    });
    target.close();
    target = openStore(folders[1] ?? '', to?.programs, systemClock);
    await isReady(target);
    target.database.close();
  });

  test('of a newer schema is refused', async () => {
    const { header } = await checkWhole(file);
    checkVersion(header);
    const newer = { ...header, migration: { when: 9e12, name: '0099_more' } };
    expect(() => checkVersion(newer)).toThrow(CannotRestore);
    expect(() => checkVersion(newer)).toThrow(/0099_more, and this one knows up to 0/);
  });

  test('does not take with it what others have made of it', async () => {
    await target.sql('create view public.of_mine as select * from howdah.events');
    await withClient(target, (client) =>
      expect(restore(client, partsOf(file))).rejects.toThrow('public.of_mine would go with it'),
    );
    await target.sql('drop view public.of_mine');
  });
});
