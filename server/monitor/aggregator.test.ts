import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FakeClock } from '../fake-clock';
import {
  Aggregator,
  type AggregatorLimits,
  defaultAggregatorLimits,
  type Lane,
} from './aggregator';

interface Batch {
  readonly at: number;
  readonly lane: Lane;
  readonly paths: readonly string[];
}

function start(limits: Partial<AggregatorLimits> = {}, takesMs = 0) {
  const clock = new FakeClock(0);
  const batches: Batch[] = [];
  const aggregator = new Aggregator(
    { ...defaultAggregatorLimits, ...limits },
    clock,
    (paths, lane) => {
      batches.push({ at: clock.now(), lane, paths });
      return takesMs === 0
        ? Promise.resolve()
        : new Promise((resolve) => clock.after(takesMs, resolve));
    },
  );
  const of = (lane: Lane) => batches.filter((batch) => batch.lane === lane);
  return { clock, aggregator, batches, of };
}

describe('changes', () => {
  test('are read together once it has been quiet for the window', async () => {
    const { clock, aggregator, batches } = start();
    aggregator.mark('/a', 'changes');
    await clock.pass(30);
    aggregator.mark('/b', 'changes');
    await clock.pass(49);
    expect(batches).toEqual([]);
    await clock.pass(1);
    expect(batches).toEqual([{ at: 80, lane: 'changes', paths: ['/a', '/b'] }]);
  });

  test('wait no longer than the maximum, however restless it is', async () => {
    const { clock, aggregator, batches } = start();
    for (let i = 0; i < 40; i += 1) {
      aggregator.mark(`/${i}`, 'changes');
      await clock.pass(10);
    }
    expect(batches[0]?.at).toBe(250);
    expect(batches[0]?.paths[0]).toBe('/0');
  });

  test('of one path count once, however many there were', async () => {
    const { clock, aggregator, batches } = start();
    for (let i = 0; i < 1000; i += 1) {
      aggregator.noticed();
      aggregator.mark('/a', 'changes');
    }
    await clock.pass(1000);
    expect(batches.map(({ paths }) => paths)).toEqual([['/a']]);
    expect(aggregator.view()).toMatchObject({ events: 1000, reads: 1, batches: 1, dirty: 0 });
  });

  test('beyond the budget are read later, oldest first', async () => {
    const { clock, aggregator, of } = start({ changesPerSecond: 100, maxWaitMs: 100 });
    for (let i = 0; i < 50; i += 1) aggregator.mark(`/${i}`, 'changes');
    await clock.pass(50);
    expect(of('changes').flatMap(({ paths }) => paths)).toHaveLength(10);
    expect(aggregator.view().dirty).toBe(40);
    await clock.pass(460);
    expect(of('changes').flatMap(({ paths }) => paths)).toEqual(
      Array.from({ length: 50 }, (_, i) => `/${i}`),
    );
  });

  test('of a busy path do not starve one that changed once', async () => {
    const { clock, aggregator, of } = start({ changesPerSecond: 20, maxWaitMs: 100 });
    for (let i = 0; i < 30; i += 1) aggregator.mark(`/busy-${i}`, 'changes');
    aggregator.mark('/once', 'changes');
    for (let ms = 0; ms < 3000; ms += 10) {
      for (let i = 0; i < 30; i += 1) aggregator.mark(`/busy-${i}`, 'changes');
      await clock.pass(10);
    }
    const at = of('changes').find(({ paths }) => paths.includes('/once'))?.at;
    // 31 paths at 18 a second: a tenth of the budget is kept for what comes at once.
    expect(at).toBeLessThan(1900);
  });

  test('of what somebody looks at wait no longer than the maximum, and leave half of the budget', async () => {
    const { clock, aggregator, of } = start({ changesPerSecond: 100, maxWaitMs: 200 });
    aggregator.attend(new Set(['seen']));
    for (let ms = 0; ms < 4000; ms += 10) {
      for (let i = 0; i < 500; i += 1) aggregator.mark(`/other-${i}`, 'changes');
      for (let i = 0; i < 5; i += 1) aggregator.mark(`/seen/${i}`, 'changes', 'seen');
      await clock.pass(10);
    }
    const reads = of('changes').flatMap(({ paths, at }) => paths.map((path) => ({ path, at })));
    const seen = reads.filter(({ path }) => path === '/seen/0').map(({ at }) => at);
    const gaps = seen.slice(1).map((at, i) => at - (seen[i] ?? 0));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(300);
    expect(reads.filter(({ path }) => path.startsWith('/other')).length).toBeGreaterThan(180);
  });

  test('of a path that never rests are not put off by that', async () => {
    const { clock, aggregator, of } = start({ changesPerSecond: 20, maxWaitMs: 100 });
    for (let ms = 0; ms < 2000; ms += 10) {
      aggregator.mark(`/new-${ms}`, 'changes');
      aggregator.mark('/restless', 'changes');
      await clock.pass(10);
    }
    const order = of('changes').flatMap(({ paths }) => paths);
    expect(order.slice(0, 2)).toEqual(['/new-0', '/restless']);
  });

  test('that no longer matter are forgotten', async () => {
    const { clock, aggregator, batches } = start();
    aggregator.mark('/a', 'changes');
    aggregator.forget('/a');
    await clock.pass(1000);
    expect(batches).toEqual([]);
  });
});

describe('leadership', () => {
  test('is read at once', async () => {
    const { clock, aggregator, batches } = start();
    await clock.pass(5);
    aggregator.mark('/leader', 'leadership');
    await clock.pass(0);
    expect(batches).toEqual([{ at: 5, lane: 'leadership', paths: ['/leader'] }]);
  });

  test('is not delayed by a storm of changes that has spent its budget', async () => {
    const { clock, aggregator, of } = start({ changesPerSecond: 50 }, 20);
    const delays: number[] = [];
    for (let ms = 0; ms < 3000; ms += 10) {
      for (let i = 0; i < 20; i += 1) aggregator.mark(`/${(ms + i) % 977}`, 'changes');
      if (ms % 500 === 250) {
        const noticedAt = clock.now();
        aggregator.mark(`/leader-${ms}`, 'leadership');
        await clock.pass(0);
        delays.push((of('leadership').at(-1)?.at ?? Infinity) - noticedAt);
      }
      await clock.pass(10);
    }
    expect(aggregator.view().dirty).toBeGreaterThan(100);
    expect(delays).toEqual([0, 0, 0, 0, 0, 0]);
  });

  test('is not delayed by a resync that is under way', async () => {
    const { clock, aggregator, of } = start({ resyncInFlight: 4 }, 1000);
    for (let i = 0; i < 500; i += 1) aggregator.mark(`/${i}`, 'resync');
    await clock.pass(10);
    aggregator.mark('/leader', 'leadership');
    await clock.pass(0);
    expect(of('leadership').map(({ at }) => at)).toEqual([10]);
  });
});

describe('a resync', () => {
  test('goes at full speed, so many reads at a time', async () => {
    const { clock, aggregator, of } = start({ resyncInFlight: 10 }, 7);
    for (let i = 0; i < 95; i += 1) aggregator.mark(`/${i}`, 'resync');
    await clock.pass(0);
    let most = 0;
    for (let ms = 0; ms < 100; ms += 1) {
      const inFlight = of('resync')
        .filter(({ at }) => at > clock.now() - 7)
        .reduce((sum, { paths }) => sum + paths.length, 0);
      most = Math.max(most, inFlight);
      await clock.pass(1);
    }
    expect(most).toBe(10);
    expect(aggregator.view().dirty).toBe(0);
    expect(of('resync').at(-1)?.at).toBe(63);
  });
});

test('nothing is read after closing, and no timer is left', async () => {
  const { clock, aggregator, batches } = start();
  aggregator.mark('/a', 'changes');
  aggregator.close();
  aggregator.mark('/b', 'leadership');
  await clock.pass(1000);
  expect(batches).toEqual([]);
  expect(clock.pending).toBe(0);
});

/** A storm: at each step some time passes, then some paths of some lane are marked. */
const storm = fc.array(
  fc.record({
    wait: fc.integer({ min: 0, max: 120 }),
    lane: fc.constantFrom<Lane>('changes', 'changes', 'changes', 'leadership', 'resync'),
    from: fc.integer({ min: 0, max: 300 }),
    count: fc.integer({ min: 1, max: 120 }),
  }),
  { minLength: 1, maxLength: 60, size: 'max' },
);

describe('whatever the storm', () => {
  const limits = {
    quietMs: 50,
    maxWaitMs: 250,
    changesPerSecond: 200,
    leadershipPerSecond: 300,
    resyncInFlight: 16,
  };

  test('every marked path is read after its last mark, and each lane stays under its budget', async () => {
    await fc.assert(
      fc.asyncProperty(storm, fc.integer({ min: 0, max: 40 }), async (steps, takesMs) => {
        const { clock, aggregator, of, batches } = start(limits, takesMs);
        aggregator.attend(new Set(steps.map(({ lane, from }) => `/${lane}/${from}`)));
        const marked = new Map<string, number>();
        for (const { wait, lane, from, count } of steps) {
          await clock.pass(wait);
          for (let i = from; i < from + count; i += 1) {
            aggregator.mark(`/${lane}/${i}`, lane);
            marked.set(`/${lane}/${i}`, clock.now());
          }
        }
        await clock.pass(20_000);
        const readAt = new Map<string, number>();
        for (const { at, paths } of batches) for (const path of paths) readAt.set(path, at);
        for (const [path, at] of marked) expect(readAt.get(path) ?? -1).toBeGreaterThanOrEqual(at);
        expect(aggregator.view().dirty).toBe(0);

        for (const [lane, perSecond] of [
          ['changes', limits.changesPerSecond],
          ['leadership', limits.leadershipPerSecond],
        ] as const) {
          for (const { at } of of(lane)) {
            const inSecond = of(lane)
              .filter((other) => other.at > at - 1000 && other.at <= at)
              .reduce((sum, { paths }) => sum + paths.length, 0);
            expect(inSecond).toBeLessThanOrEqual(perSecond);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});
