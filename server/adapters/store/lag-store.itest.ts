import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { figures, type Keeping, type LagChunk } from '@/lib/history/lag';
import { waitFor } from '@/sandbox';
import { systemClock } from '@/server/clock';
import { FakeClock } from '@/server/fake-clock';
import { PostgresLagStore } from './lag-store';
import { PostgresUpkeep } from './rollups';
import { makeFolder, openStore, servers } from './store-for-tests';

const [SECOND, MINUTE, HOUR, DAY] = [1000, 60_000, 3_600_000, 86_400_000] as const;
const keeping: Keeping = { samples: DAY, '10s': 7 * DAY, '1m': 90 * DAY, '1h': 730 * DAY };
const orders = 'main~.2Fservice~orders';
/** A day that ends a month, by UTC. */
const BEGAN = Date.UTC(2026, 2, 31);
const NAMES = ['pg-b', 'pg-c'];

interface Sample {
  readonly at: number;
  readonly replay: number | null;
}

/** A sample each 7 s over 26 hours; one in five doesn't know, and half an hour is missing. */
function samplesOf(which: number): Sample[] {
  const all: Sample[] = [];
  for (let at = BEGAN; at < BEGAN + 26 * HOUR; at += 7 * SECOND) {
    const offset = at - BEGAN;
    if (offset >= 3 * HOUR && offset < 3.5 * HOUR) continue;
    const n = offset / (7 * SECOND);
    const value = Math.round(1e10 * Math.abs(Math.sin(n / 50 + which))) + n;
    all.push({ at: at + which, replay: n % 5 === 4 ? null : value });
  }
  return all;
}

function chunksOf(member: string, samples: readonly Sample[]): LagChunk[] {
  const chunks = new Map<number, Sample[]>();
  for (const one of samples) {
    const minute = Math.floor(one.at / MINUTE);
    chunks.set(minute, [...(chunks.get(minute) ?? []), one]);
  }
  return [...chunks.values()].map((mine) => ({
    cluster: orders,
    member,
    at: mine.map(({ at }) => at),
    sent: mine.map(() => 0),
    write: mine.map(() => null),
    flush: mine.map(({ replay }) => replay && Math.round(replay / 2)),
    replay: mine.map(({ replay }) => replay),
    ms: mine.map(({ replay }) => replay && Math.round(replay / 1e6)),
  }));
}

/** The same figures as the store should answer, by plain arithmetic. */
function expected(samples: readonly Sample[], step: number, [from, until]: [number, number]) {
  const buckets = new Map<number, Sample[]>();
  for (const one of samples) {
    if (one.at < from || one.at >= until) continue;
    const at = Math.floor(one.at / step) * step;
    buckets.set(at, [...(buckets.get(at) ?? []), one]);
  }
  const known = (mine: readonly Sample[]) => mine.flatMap(({ replay }) => replay ?? []);
  const all = [...buckets].sort(([a], [b]) => a - b);
  const of = (pick: (values: number[]) => number) =>
    all.map(([, mine]) => (known(mine).length === 0 ? null : pick(known(mine))));
  return {
    at: all.map(([at]) => at),
    samples: all.map(([, mine]) => mine.length),
    min: of((values) => Math.min(...values)),
    max: of((values) => Math.max(...values)),
    last: of((values) => values.at(-1) ?? 0),
    mean: of((values) => values.reduce((a, b) => a + b, 0) / values.length),
  };
}

describe.each(servers)('lag in $name', ({ programs }) => {
  const clock = new FakeClock(BEGAN + 26 * HOUR);
  const samples = NAMES.map((_, which) => samplesOf(which));
  let folder: string;
  let opened: ReturnType<typeof openStore>;
  let store: PostgresLagStore;
  let upkeep: PostgresUpkeep;

  const sql = (text: string) => opened.sql(text);
  const ask = (from: number, until: number, buckets: number) =>
    store.read({ cluster: orders, figure: 'replay', from, until, buckets });

  beforeAll(async () => {
    folder = makeFolder();
    opened = openStore(folder, programs, systemClock);
    const { database } = opened;
    store = new PostgresLagStore({ database, clock, keeping });
    upkeep = new PostgresUpkeep({
      database,
      clock,
      keeping,
      keepEventsMs: 730 * DAY,
      budgetBytes: null,
    });
    await waitFor(() => store.ready, { timeoutMs: 30_000, what: 'the store' });
    for (const [which, member] of NAMES.entries()) {
      const chunks = chunksOf(member, samples[which] ?? []);
      for (let n = 0; n < chunks.length; n += 500) await store.write(chunks.slice(n, n + 500));
      // An answer that was lost: told again, it is there once.
      await store.write(chunks.slice(0, 10));
    }
  }, 60_000);

  afterAll(() => {
    opened.close();
    rmSync(join(folder, '..'), { recursive: true, force: true });
  });

  async function expectSame(from: number, until: number, buckets: number) {
    const { members } = await ask(from, until, buckets);
    const widths = [...new Set(members.flatMap(({ width }) => width))];
    expect(widths).toHaveLength(1);
    const [stepMs = 0] = widths;
    expect(members.map(({ member }) => member)).toEqual(NAMES);
    // What a moment of the past is shown with: of all figures the highest, in the same buckets.
    const highest = await store.figures({ cluster: orders, from, until, buckets });
    for (const [n, { figures: kept, ...one }] of highest.entries()) {
      const { at, width, max } = members[n] ?? {};
      expect(one).toEqual({ member: NAMES[n], at, width });
      expect(kept.replay).toEqual(max);
      expect(kept.write.every((value) => value === null)).toBe(true);
      expect(kept.sent.every((value) => value === 0)).toBe(true);
    }
    expect(highest).toHaveLength(NAMES.length);
    for (const [which, { mean, member: _, width: __, ...told }] of members.entries()) {
      const { mean: exact, ...rest } = expected(samples[which] ?? [], stepMs, [from, until]);
      expect(told).toEqual(rest);
      // Rounded each time, and weighted with samples that did not know.
      for (const [n, value] of exact.entries()) {
        if (value === null) expect(mean[n]).toBeNull();
        else expect(Math.abs((mean[n] ?? 0) - value)).toBeLessThanOrEqual(value * 0.3 + 2);
      }
    }
    return stepMs;
  }

  test('is read as it was sampled, a gap left out and the unknown told as such', async () => {
    const step = await expectSame(BEGAN + 2 * HOUR, BEGAN + 4 * HOUR, 4000);
    expect(step).toBe(2000);
  });

  test('is the same from rollups, extremes to the byte, however it is put together', async () => {
    await upkeep.rollUp(BEGAN + 25.5 * HOUR);
    expect(await sql('select rollup, until from howdah.rolled_up order by rollup')).toEqual([
      { rollup: '10s', until: new Date(BEGAN + 25 * HOUR) },
      { rollup: '1h', until: new Date(BEGAN + 24 * HOUR) },
      { rollup: '1m', until: new Date(BEGAN + 25 * HOUR) },
    ]);
    expect(await expectSame(BEGAN, BEGAN + 26 * HOUR, 26)).toBe(HOUR);
    expect(await expectSame(BEGAN, BEGAN + 26 * HOUR, 200)).toBe(8 * MINUTE);
    expect(await expectSame(BEGAN, BEGAN + 26 * HOUR, 1000)).toBe(2 * MINUTE);
    expect(await expectSame(BEGAN + HOUR, BEGAN + 2 * HOUR, 360)).toBe(10 * SECOND);
    // Done again it changes nothing.
    await upkeep.rollUp(BEGAN + 25.5 * HOUR);
    expect(await expectSame(BEGAN, BEGAN + 26 * HOUR, 26)).toBe(HOUR);
  }, 60_000);

  test('is answered from what is still kept once finer figures are dropped', async () => {
    // All of the first day is over a day old; partitions go whole, by UTC.
    await clock.pass(BEGAN + 2 * DAY + HOUR - clock.now());
    expect(await upkeep.prune()).toEqual(['lag_chunk_samples_2026_03_31']);
    expect(await expectSame(BEGAN, BEGAN + 24 * HOUR, 24)).toBe(HOUR);
    const { members } = await ask(BEGAN, BEGAN + HOUR, 3600);
    expect(new Set(members[0]?.width)).toEqual(new Set([10 * SECOND]));
    const [first] = samples;
    const at = expected(first ?? [], 10 * SECOND, [BEGAN, BEGAN + HOUR]);
    expect(members[0]?.at).toEqual(at.at);
    expect(members[0]?.max).toEqual(at.max);
    expect(await upkeep.prune()).toEqual([]);
    // A moment within a bucket is told by that bucket.
    const within = await ask(BEGAN + HOUR + 12_000, BEGAN + HOUR + 14_000, 4000);
    expect(within.members[0]?.at).toEqual([BEGAN + HOUR + 10_000]);
  });

  test('of a cluster that nothing is known of is empty', async () => {
    const query = { cluster: 'main~.2Fservice~none', from: BEGAN, until: BEGAN + DAY, buckets: 99 };
    expect((await store.read({ ...query, figure: 'ms' })).members).toEqual([]);
  });

  test('is plain SQL for others', async () => {
    const [row] = await sql(
      `select ensemble, scope, member, samples, replay_bytes_max::float8 as highest, write_bytes_max
       from howdah.lag_1h where member = 'pg-b' and at = '2026-03-31 01:00+00'`,
    );
    const [first] = samples;
    const { max } = expected(first ?? [], HOUR, [BEGAN + HOUR, BEGAN + 2 * HOUR]);
    expect(row).toMatchObject({ ensemble: 'main', scope: 'orders', highest: max[0] });
    expect(row?.write_bytes_max).toBeNull();
    const [{ n }] = await sql('select count(*)::int as n from howdah.lag_samples');
    expect(n).toBe(samples.flat().filter(({ at }) => at >= BEGAN + DAY).length);
    for (const view of ['lag_10s', 'lag_1m']) {
      const [{ total }] = await sql(`select sum(samples)::int as total from howdah.${view}`);
      expect(total).toBe(samples.flat().filter(({ at }) => at < BEGAN + 25 * HOUR).length);
    }
  });

  test('knows every figure in every rollup', async () => {
    const columns = await sql(
      `select column_name as name from information_schema.columns
       where table_schema = 'howdah' and table_name = 'lag_chunk_1m'`,
    );
    const names = columns.map(({ name }) => name);
    for (const figure of figures) {
      expect(names).toEqual(expect.arrayContaining([`${figure}_min`, `${figure}_last`]));
    }
  });

  test('is measured, and gives way to its budget before its time: coarser figures tell of it then', async () => {
    const settings = { keepEventsMs: 730 * DAY, budgetBytes: 1 };
    // What the last day's rollups are still to be made of stays, and each table's newest partition.
    const long = { samples: 3 * DAY, '10s': 7 * DAY, '1m': 90 * DAY, '1h': 730 * DAY };
    const { database } = opened;
    const patient = new PostgresLagStore({ database, clock, keeping: long });
    const tight = new PostgresUpkeep({ database, clock, keeping: long, ...settings });
    const before = await tight.measure();
    expect(before).toMatchObject({ budgetBytes: 1 });
    expect(before.bytes).toBeGreaterThan(100_000);
    expect(before.bytesPerDay).toBeGreaterThan(50_000);
    expect(before.bytesPerDay).toBeLessThan(before.bytes * 2);
    const oldest = ['lag_chunk_10s_2026_03_31', 'lag_chunk_1m_2026_03'];
    expect(await tight.shrink()).toEqual(oldest);
    expect(await tight.shrink()).toEqual([]);
    expect((await tight.measure()).bytes).toBeLessThan(before.bytes);
    const { members } = await patient.read({
      ...{ cluster: orders, figure: 'replay', from: BEGAN, until: BEGAN + 4 * HOUR, buckets: 3600 },
    });
    expect(new Set(members[0]?.width)).toEqual(new Set([HOUR]));
    const [first] = samples;
    const at = expected(first ?? [], HOUR, [BEGAN, BEGAN + 4 * HOUR]);
    expect(members[0]?.at).toEqual(at.at);
    expect(members[0]?.max).toEqual(at.max);
  });
});
