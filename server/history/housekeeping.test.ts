import { expect, test } from 'vitest';
import type { DiskView } from '@/lib/history/history';
import { FakeClock } from '../fake-clock';
import type { Upkeep } from '../ports';
import { Housekeeping } from './housekeeping';

const MINUTE = 60_000;
const disk: DiskView = { bytes: 5, budgetBytes: null, bytesPerDay: 2 };

function start(upkeep: Partial<Upkeep>) {
  const clock = new FakeClock();
  const done: string[] = [];
  const errors: unknown[] = [];
  const store = { ready: true };
  const housekeeping = new Housekeeping({
    ...{ clock, store, writtenUntil: () => clock.now() },
    upkeep: {
      rollUp: async () => {},
      prune: async () => [],
      shrink: async () => [],
      measure: async () => disk,
      ...upkeep,
    },
    onDropped: (names, why) => done.push(`${names.join()} for ${why}`),
    onMinute: () => {},
    onMeasured: () => done.push('measured'),
    onError: (error) => errors.push(error),
  });
  housekeeping.start();
  return { clock, housekeeping, done, errors, store };
}

test('each minute what is old goes, then what there is no room for, and the rest is measured', async () => {
  const { clock, housekeeping, done } = start({
    prune: async () => ['old'],
    shrink: async () => ['much'],
  });
  expect(housekeeping.disk).toBeNull();
  await clock.pass(0);
  expect(done).toEqual(['old for age', 'much for room', 'measured']);
  expect(housekeeping.disk).toEqual(disk);
  await clock.pass(MINUTE);
  expect(done).toHaveLength(6);
});

test('what fails is tried again, and keeps nothing else from being done', async () => {
  let fails = true;
  const { clock, done, errors } = start({
    rollUp: async () => {
      if (fails) throw new Error('no room');
    },
    prune: async () => {
      if (fails) throw new Error('a long reader');
      return ['old'];
    },
    shrink: async () => ['much'],
  });
  await clock.pass(0);
  expect(done).toEqual(['much for room', 'measured']);
  expect(errors).toHaveLength(2);
  fails = false;
  await clock.pass(MINUTE);
  expect(done.slice(2)).toEqual(['old for age', 'much for room', 'measured']);
});

test('a store that is away is left alone', async () => {
  const { clock, done, store } = start({});
  store.ready = false;
  await clock.pass(MINUTE);
  expect(done).toEqual([]);
});
