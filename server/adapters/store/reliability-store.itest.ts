import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seesAll } from '@/lib/access/sight';
import type { Failover } from '@/lib/history/failover';
import type { LagChunk } from '@/lib/history/lag';
import type { HistoryRecord } from '@/lib/history/record';
import { reportOf } from '@/lib/history/reliability';
import { StructureFollower } from '@/lib/history/structure';
import { aCluster } from '@/lib/topology/sample-cluster';
import { waitFor } from '@/sandbox';
import { systemClock } from '@/server/clock';
import { FakeClock } from '@/server/fake-clock';
import type { ReliabilityStore } from '@/server/ports';
import { PostgresLagStore } from './lag-store';
import { reliabilityStore } from './reliability-store';
import { PostgresUpkeep } from './rollups';
import { PostgresStore } from './store';
import { makeFolder, openStore, servers } from './store-for-tests';

const [SECOND, MINUTE, HOUR, DAY] = [1000, 60_000, 3_600_000, 86_400_000] as const;
const BEGAN = Date.UTC(2026, 2, 30);
const NOW = BEGAN + 3 * DAY + 90 * MINUTE;
const keeping = { samples: 7 * DAY, '10s': 7 * DAY, '1m': 90 * DAY, '1h': 730 * DAY };
const id = (scope: string) => `main~.2Fservice~${scope}`;
const [orders, billing, old] = [id('orders'), id('billing'), id('old')];

const at = (moment: number, place = 0) => ({ seq: moment * 1000 + place, at: moment });

let n = 100;
function structure(cluster: string, moment: number, there = true): HistoryRecord {
  n += 1;
  const parts = there ? new StructureFollower().take(aCluster({ id: cluster })) : null;
  return {
    record: 'structure',
    ...at(moment, n),
    cluster,
    after: null,
    run: 1,
    first: there,
    parts,
  };
}

const failover = (cluster: string, led: number, part: Partial<Failover> = {}): Failover => ({
  ...{ record: 'failover', ...at(led, 2), cluster, czxid: String(led), kind: 'failover' },
  ...{ cause: 'automatic', from: 'pg-a', to: 'pg-b', began: led - 2 * SECOND, led },
  ...{ recovered: null, outageMs: 4 * SECOND, predictedMs: null, timelineBefore: 3 },
  ...{ timelineAfter: 4, lostBytes: 7, ...part },
});

/** A sample each minute over an hour, the worst in its middle. */
const lagOf = (cluster: string, member: string, [began, most]: [number, number]): LagChunk[] =>
  Array.from({ length: 60 }, (_, n) => {
    const replay = n === 30 ? most : n === 10 ? null : 100 + n;
    const unknown = [null];
    return {
      ...{ cluster, member, at: [began + n * MINUTE + 500], replay: [replay] },
      ...{ sent: unknown, write: unknown, flush: unknown, ms: unknown },
    };
  });

describe.each(servers)('how reliable clusters were, in $name', ({ programs }) => {
  let folder: string;
  let opened: ReturnType<typeof openStore>;
  let reliability: ReliabilityStore;
  let lag: PostgresLagStore;

  beforeAll(async () => {
    folder = makeFolder();
    opened = openStore(folder, programs, systemClock);
    const { database } = opened;
    const clock = new FakeClock(NOW);
    const store = new PostgresStore(database);
    reliability = reliabilityStore(database);
    lag = new PostgresLagStore({ database, clock, keeping });
    await waitFor(() => database.health.state === 'ready', {
      timeoutMs: 30_000,
      what: () => `the store: ${database.health.says}`,
    });
    await store.write([
      { record: 'watch', ...at(BEGAN) },
      structure(orders, BEGAN),
      structure(old, BEGAN),
      structure(old, BEGAN + 6 * HOUR, false),
      failover(orders, BEGAN + DAY + 2 * SECOND),
    ]);
    await store.noteWatching(BEGAN, BEGAN + 36 * HOUR);
    await store.write([{ record: 'watch', ...at(BEGAN + 48 * HOUR) }]);
    await store.write([
      structure(billing, BEGAN + 60 * HOUR),
      failover(billing, BEGAN + 66 * HOUR, { outageMs: null, kind: 'restart', lostBytes: null }),
    ]);
    await store.noteWatching(BEGAN + 48 * HOUR, NOW);
    await store.noteGap({ from: BEGAN + 50 * HOUR, until: BEGAN + 51 * HOUR, lost: 9 });
    for (const chunks of [
      lagOf(orders, 'pg-b', [BEGAN + 23 * HOUR, 5000]),
      lagOf(orders, 'pg-c', [BEGAN + 23 * HOUR, 9000]),
      lagOf(orders, 'pg-c', [BEGAN + 3 * DAY, 7000]),
      lagOf(billing, 'pg-b', [NOW - HOUR, 800]),
    ]) {
      await lag.write(chunks);
    }
    const upkeep = new PostgresUpkeep({
      ...{ database, clock, keeping, keepEventsMs: 730 * DAY, budgetBytes: null },
    });
    await upkeep.rollUp(NOW - HOUR);
  }, 90_000);

  afterAll(() => {
    opened.close();
    rmSync(join(folder, '..'), { recursive: true, force: true });
  });

  test('is told of all that were there, over the times in which somebody watched', async () => {
    const facts = await reliability.facts({ from: BEGAN + DAY, until: NOW }, seesAll);
    expect(facts).toEqual({
      ...{ from: BEGAN + DAY, until: NOW, cut: false },
      clusters: [
        { cluster: billing, since: BEGAN + 60 * HOUR, gone: null },
        { cluster: orders, since: BEGAN, gone: null },
      ],
      failovers: [
        expect.objectContaining({ cluster: billing, kind: 'restart', outageMs: null }),
        {
          ...{ cluster: orders, czxid: String(BEGAN + DAY + 2 * SECOND), kind: 'failover' },
          ...{ cause: 'automatic', from: 'pg-a', to: 'pg-b', began: BEGAN + DAY },
          ...{ led: BEGAN + DAY + 2 * SECOND, outageMs: 4 * SECOND, lostBytes: 7 },
        },
      ],
      watched: [
        { from: BEGAN + DAY, until: BEGAN + 36 * HOUR },
        { from: BEGAN + 48 * HOUR, until: NOW },
      ],
      gaps: [{ from: BEGAN + 50 * HOUR, until: BEGAN + 51 * HOUR, lost: 9 }],
    });
    const report = reportOf({ ...facts, worstLag: null }, 99.95);
    expect(report.clusters.map((one) => [one.cluster, one.verdict])).toEqual([
      [orders, { is: 'unknown', why: 'little-watched' }],
      [billing, { is: 'unknown', why: 'little-watched' }],
    ]);
    // 12 hours of the second day, and all since the third but an hour.
    expect(report.clusters[0]).toMatchObject({ watchedMs: 36.5 * HOUR, outageMs: 2 * SECOND });
  });

  test('is told of one alone, and of one that is gone until it was', async () => {
    const one = await reliability.facts({ cluster: billing, from: BEGAN, until: NOW }, seesAll);
    expect(one.clusters.map(({ cluster }) => cluster)).toEqual([billing]);
    expect(one.failovers.map(({ cluster }) => cluster)).toEqual([billing]);
    const gone = await reliability.facts({ cluster: old, from: BEGAN, until: NOW }, seesAll);
    expect(gone.clusters).toEqual([{ cluster: old, since: BEGAN, gone: BEGAN + 6 * HOUR }]);
    const never = await reliability.facts(
      { cluster: id('none'), from: BEGAN, until: NOW },
      seesAll,
    );
    expect(never).toMatchObject({ clusters: [], failovers: [] });
  });

  test('has an outage that reaches into the period, and none that ended before', async () => {
    const led = BEGAN + DAY + 2 * SECOND;
    const ask = (from: number, until: number) => reliability.facts({ from, until }, seesAll);
    expect((await ask(led, led + HOUR)).failovers).toHaveLength(1);
    expect((await ask(led + 1, led + HOUR)).failovers).toHaveLength(0);
    // Writes had stopped before it was seen that nobody leads.
    expect((await ask(BEGAN + HOUR, led - 3 * SECOND)).failovers).toHaveLength(1);
    expect((await ask(BEGAN + HOUR, led - 4 * SECOND)).failovers).toHaveLength(0);
  });

  test('begins later where there is too much for one answer', async () => {
    const few = reliabilityStore(opened.database, 1);
    const facts = await few.facts({ from: BEGAN, until: NOW }, seesAll);
    expect(facts).toMatchObject({ cut: true, from: BEGAN + 66 * HOUR });
    expect(facts.failovers).toHaveLength(1);
    expect(facts.watched).toEqual([{ from: BEGAN + 66 * HOUR, until: NOW }]);
  });

  test('has the worst lag of each with its member and its moment, as fine as it is kept', async () => {
    const worst = async (from: number, cluster?: string) =>
      new Map(
        (await lag.worst({ cluster, from, until: NOW }, seesAll)).map((one) => [one.cluster, one]),
      );
    const all = await worst(BEGAN);
    expect(all.get(orders)).toEqual({
      ...{ cluster: orders, member: 'pg-c', bytes: 9000, at: BEGAN + 23 * HOUR, widthMs: HOUR },
    });
    // An hour that no rollup is made of yet.
    expect(all.get(billing)).toMatchObject({ member: 'pg-b', bytes: 800, widthMs: SECOND });
    const later = await worst(BEGAN + 2 * DAY, orders);
    expect([...later.keys()]).toEqual([orders]);
    expect(later.get(orders)).toMatchObject({ bytes: 7000, member: 'pg-c' });
    expect(await worst(NOW - SECOND, id('none'))).toEqual(new Map());
  });
});
