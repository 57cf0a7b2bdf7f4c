import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Failover } from '@/lib/history/failover';
import type { RunRecord } from '@/lib/history/run-record';
import type { OperationView } from '@/lib/operations/types';
import { waitFor } from '@/sandbox';
import { systemClock } from '@/server/clock';
import { PostgresUpkeep } from './rollups';
import { runStore } from './run-store';
import { PostgresStore } from './store';
import { makeFolder, openStore, servers } from './store-for-tests';

const ID = 'main~.2Fservice~orders';
const OTHER = 'main~.2Fservice~others';
const START = Date.UTC(2026, 10, 26, 3);

function view(n: number, part: Partial<OperationView> = {}): OperationView {
  return {
    ...{ id: `run-${n}`, kind: 'switchover', cluster: ID, clusterName: 'orders' },
    ...{
      title: '',
      cause: 'howdah',
      from: 'pg-a',
      to: 'pg-b',
      reason: 'maintenance',
      by: 'ann',
      state: 'observing',
    },
    ...{ startedAt: START + n * 1000, leaderlessMs: null, outageMs: null, outcome: null },
    ...{ steps: [], waiting: null, title: 'Switchover from pg-a to pg-b', cause: 'howdah' },
    ...part,
  };
}

function told(one: OperationView, at: number, seq = at * 1000): RunRecord {
  const { cluster, id, kind, startedAt, outcome } = one;
  return {
    ...{ record: 'run', seq, at, cluster, id, kind, startedAt, view: one },
    ...{ endedAt: outcome?.at ?? null, outcome: outcome?.code ?? null },
  };
}

const ended = (one: OperationView): OperationView => ({
  ...{ ...one, state: 'ended', leaderlessMs: 40, outageMs: 1500 },
  outcome: { code: 'done', says: 'pg-b leads orders.', at: one.startedAt + 500 },
});

describe.each(servers)('runs of operations in $name', ({ programs }) => {
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

  const runs = () => runStore(opened.database);

  test('are as they were known last, each once, however often and in which order they are told', async () => {
    const one = view(1);
    const all = [
      told(one, START + 1000),
      told(
        { ...one, steps: [{ code: 'requested', says: 'asked', at: START + 1200 }] },
        START + 1200,
      ),
      // By a process whose clock is behind: what has ended is known later all the same.
      told(ended(one), START + 900),
      told({ ...ended(one), outageMs: 1400 }, START + 950),
    ];
    await store.write(all);
    await store.write(all.toReversed());
    for (const record of [...all, ...all.toReversed()]) await store.write([record]);
    const kept = { ...ended(one), outageMs: 1400 };
    expect(await runs().runs({ cluster: ID, limit: 10 })).toEqual({ runs: [kept], next: null });
    expect(await runs().run({ cluster: ID, id: 'run-1' })).toEqual(kept);
    expect(await runs().run({ cluster: OTHER, id: 'run-1' })).toBeNull();
    expect(await runs().run({ cluster: ID, id: 'run-2' })).toBeNull();
  });

  test('are told page by page, newest first, of one cluster and of some kinds', async () => {
    const more = Array.from({ length: 7 }, (_, n) => view(n + 2));
    await store.write([
      ...more.map((one) => told(one, one.startedAt)),
      // At the very moment of another.
      told(view(8, { id: 'run-8b' }), START + 8000),
      told(view(9, { kind: 'restart' as 'switchover' }), START + 9000),
      told(view(9, { cluster: OTHER }), START + 9000),
    ]);
    const found: string[] = [];
    let before: { startedAt: number; id: string } | undefined;
    for (let pages = 0; pages < 9; pages += 1) {
      const page = await runs().runs({ cluster: ID, limit: 3, before });
      found.push(...page.runs.map(({ id }) => id));
      if (page.next === null) break;
      before = page.next;
    }
    expect(found).toEqual(
      ['9', '8b', '8', '7', '6', '5', '4', '3', '2', '1'].map((n) => `run-${n}`),
    );
    const restarts = await runs().runs({ cluster: ID, kinds: ['restart', 'x'], limit: 9 });
    expect(restarts.runs.map(({ kind }) => kind)).toEqual(['restart']);
  });

  test('hold what PostgreSQL has no text for', async () => {
    await store.write([told(view(20, { reason: 'a\0b \ud800 "quoted" \\u0000' }), START + 20_000)]);
    const kept = await runs().run({ cluster: ID, id: 'run-20' });
    expect(kept?.reason).toBe('a\u{fffd}b \u{fffd} "quoted" \\u0000');
    const rows = await opened.sql(`select reason from howdah.runs where id = 'run-20'`);
    expect(rows).toEqual([{ reason: kept?.reason }]);
  });

  test('can be read by others, as a view', async () => {
    const [row] = await opened.sql(
      `select scope, kind, outcome, says, by_whom, from_member, to_member, leaderless_ms::int,
              outage_ms::int, ended_at - started_at = interval '500 ms' as half,
              has_table_privilege('howdah_reader', 'howdah.runs', 'select') as may,
              has_table_privilege('howdah_reader', 'howdah.run', 'select') as more
       from howdah.runs where id = 'run-1'`,
    );
    expect(row).toEqual({
      ...{ scope: 'orders', kind: 'switchover', outcome: 'done', says: 'pg-b leads orders.' },
      ...{ by_whom: 'ann', from_member: 'pg-a', to_member: 'pg-b', leaderless_ms: 40 },
      ...{ outage_ms: 1400, half: true, may: true, more: false },
    });
  });

  test('cost what the last changes of leadership of their kind did', async () => {
    const change = (n: number, part: Partial<Failover>): Failover => ({
      ...{ record: 'failover', seq: START * 1000 + n, at: START, cluster: ID, czxid: `c${n}` },
      ...{ kind: 'switchover', cause: 'howdah', from: 'pg-a', to: 'pg-b', recovered: null },
      ...{ began: START + n * 60_000, led: START + n * 60_000, outageMs: null, predictedMs: null },
      ...{ timelineBefore: 1, timelineAfter: 2, lostBytes: null },
      ...part,
    });
    const led = START + 60_000;
    await store.write([
      change(1, { outageMs: 1000, led: led + 30 }),
      change(2, { outageMs: 3000 }),
      change(3, { outageMs: 2000 }),
      change(4, {}),
      change(5, { kind: 'failover', cause: 'automatic', outageMs: 30_000 }),
      change(6, { kind: 'restart', outageMs: 9 }),
      change(7, { cluster: OTHER, outageMs: 9 }),
    ]);
    const past = runs();
    expect(await past.past({ cluster: ID, kind: 'switchover' })).toEqual({
      ...{ kind: 'switchover', count: 4 },
      outageMs: { measured: 3, best: 1000, median: 2000, worst: 3000 },
      // Where it was not seen that nobody led it is not known.
      leaderlessMs: { measured: 1, best: 30, median: 30, worst: 30 },
    });
    expect(await past.past({ cluster: ID, kind: 'failover' })).toMatchObject({
      ...{ count: 1, outageMs: { measured: 1, worst: 30_000 }, leaderlessMs: null },
    });
    expect(await past.past({ cluster: 'main~.2Fservice~none', kind: 'failover' })).toEqual({
      ...{ kind: 'failover', count: 0, outageMs: null, leaderlessMs: null },
    });
    const many = Array.from({ length: 30 }, (_, n) => change(100 + n, { outageMs: 5 }));
    await store.write(many);
    expect(await past.past({ cluster: ID, kind: 'switchover' })).toMatchObject({
      ...{ count: 20, outageMs: { measured: 20, worst: 5 } },
    });
  });

  test('say nothing of whether somebody watched', async () => {
    await store.write([{ record: 'watch', seq: 1, at: START - 10_000 }]);
    await store.write([told(view(30), START + 99_000)]);
    const [row] = await opened.sql('select until from howdah.watch order by began desc limit 1');
    expect(row?.until).toEqual(new Date(START - 10_000));
  });

  test('go when they are older than events are kept', async () => {
    const upkeep = new PostgresUpkeep({
      ...{ database: opened.database, budgetBytes: null },
      clock: { ...systemClock, now: () => START + 9500 + 1000 },
      keeping: { samples: 1e12, '10s': 1e12, '1m': 1e12, '1h': 1e12 },
      keepEventsMs: 1000,
    });
    await upkeep.prune();
    const left = await runs().runs({ cluster: ID, limit: 50 });
    expect(left.runs.map(({ id }) => id)).toEqual(['run-30', 'run-20']);
  });
});
