import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ZnodeVersion } from '@/lib/history/znode-version';
import { waitFor } from '@/sandbox';
import { systemClock } from '@/server/clock';
import { PostgresUpkeep } from './rollups';
import { PostgresStore } from './store';
import { makeFolder, openStore, servers } from './store-for-tests';
import { versionStore } from './version-store';

const ID = 'main~.2Fservice~orders';
const START = Date.UTC(2026, 10, 26, 3);
const access = [{ perms: 31, scheme: 'digest', id: 'patroni:x' }];

/** A version, written a second after the last. */
function version(n: number, bytes: Buffer | string | null, of = { czxid: 'a', version: n }) {
  const at = START + n * 1000;
  const stat = {
    ...{ ...of, mzxid: `f${n}`, ephemeralOwner: '2000a1', ctime: START, mtime: at - 7 },
  };
  const data = bytes === null ? null : Buffer.from(bytes).toString('base64');
  const one: ZnodeVersion = {
    ...{ record: 'znode', seq: at * 1000, at, cluster: ID, name: 'config' },
    znode: data === null ? null : { data, stat, access },
  };
  return one;
}

describe.each(servers)('versions of znodes in $name', ({ programs }) => {
  let folder: string;
  let opened: ReturnType<typeof openStore>;
  let store: PostgresStore;

  beforeAll(async () => {
    folder = makeFolder();
    opened = openStore(folder, programs, systemClock);
    store = new PostgresStore(opened.database);
    await waitFor(() => opened.database.health.state === 'ready', {
      timeoutMs: 30_000,
      what: () => `the store: ${opened.database.health.says}`,
    });
  }, 60_000);

  afterAll(() => {
    opened.close();
    rmSync(join(folder, '..'), { recursive: true, force: true });
  });

  const read = (limit = 50, before?: number) =>
    versionStore(opened.database).versions({ cluster: ID, name: 'config', limit, before });

  test('are what was read, byte for byte, newest first, each once', async () => {
    const all = [
      version(1, '{"ttl": 30}'),
      version(4, Buffer.from([0xff, 0, 1])),
      version(5, null),
      version(6, null),
      version(7, '', { czxid: 'b', version: 2 }),
    ];
    await store.write(all);
    // Another process reads what is there once more, under numbers of its own.
    await store.write(all.slice(0, 2).map((one) => ({ ...one, seq: one.seq + 1_000_000_000 })));
    const { versions, more } = await read();
    expect(more).toBe(false);
    expect(versions.map(({ znode }) => znode?.text)).toEqual(['', undefined, null, '{"ttl": 30}']);
    // 2 and 3 came between; of what was made anew, 0 and 1.
    expect(versions.map(({ skipped }) => skipped)).toEqual([2, 0, 2, 0]);
    expect(versions.at(-1)).toEqual({
      ...{ seq: version(1, '').seq, at: START + 1000, skipped: 0 },
      znode: {
        text: '{"ttl": 30}',
        masked: false,
        bytes: 11,
        stat: version(1, '').znode?.stat,
        access,
      },
    });
    const seq = versions[2]?.seq ?? 0;
    const bytes = await versionStore(opened.database).bytes({ cluster: ID, name: 'config', seq });
    expect(bytes).toEqual(Buffer.from([0xff, 0, 1]));
  });

  test('come page by page', async () => {
    const first = await read(2);
    expect(first).toMatchObject({ more: true, versions: { length: 2 } });
    const rest = await read(2, first.versions.at(-1)?.seq);
    expect(rest.versions.map(({ znode }) => znode?.stat.version)).toEqual([4, 1]);
    expect(rest.versions.map(({ skipped }) => skipped)).toEqual([2, 0]);
  });

  test('are plain SQL for others', async () => {
    const rows = await opened.sql(
      'select name, version, gone, skipped, session from howdah.znode_versions order by seq',
    );
    expect(rows).toEqual([
      { name: 'config', version: 1, gone: false, skipped: 0, session: '2000a1' },
      { name: 'config', version: 4, gone: false, skipped: 2, session: '2000a1' },
      { name: 'config', version: null, gone: true, skipped: 0, session: null },
      { name: 'config', version: 2, gone: false, skipped: 2, session: '2000a1' },
    ]);
  });

  test('are forgotten when they are over, but for what still held at the beginning of what is kept', async () => {
    const clock = { ...systemClock, now: () => START + 6500 + 1000 };
    const upkeep = new PostgresUpkeep({
      ...{ database: opened.database, clock, keepEventsMs: 1000, budgetBytes: null },
      keeping: { samples: 1e12, '10s': 1e12, '1m': 1e12, '1h': 1e12 },
    });
    await upkeep.prune();
    const { versions } = await read();
    // It was gone since before, and that is told; the version after it is younger.
    expect(versions.map(({ znode }) => znode?.stat.version)).toEqual([2, undefined]);
  });
});
