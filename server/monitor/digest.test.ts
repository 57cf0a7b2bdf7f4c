import { expect, test } from 'vitest';
import { FakeClock } from '../fake-clock';
import { Digest } from './digest';

/** Each piece of work takes so long, by the clock that is asked. */
function start(tookMs = 0) {
  const clock = new FakeClock(0);
  const done: { id: string; at: number }[] = [];
  const errors: unknown[] = [];
  let late = 0;
  const digest = new Digest({
    clock: {
      now: () => clock.now() + late,
      after: (ms, task) => clock.after(ms, task),
      soon: (task) => clock.soon(task),
    },
    work: (id) => {
      late += tookMs;
      if (id === 'bad') throw new Error('bad');
      done.push({ id, at: late });
    },
    onError: (error) => errors.push(error),
  });
  const ids = () => done.map(({ id }) => id);
  return { clock, digest, ids, done, errors };
}

test('what comes alone is put together at once', () => {
  const { digest, ids } = start();
  digest.add(['a'], false);
  expect(ids()).toEqual(['a']);
});

test('much is done a few milliseconds at a time, in the order it came, each once', async () => {
  const { digest, ids, clock } = start(1);
  const many = Array.from({ length: 50 }, (_, n) => `c${n}`);
  digest.add(many, false);
  expect(ids().length).toBeLessThan(6);
  digest.add(many.slice(40), false);
  await clock.pass(1000);
  expect(ids()).toEqual(many);
  expect(digest.waiting).toBe(0);
});

test('leadership goes before all that waits, and does not wait itself', async () => {
  const { digest, ids, clock } = start(1);
  digest.add(
    Array.from({ length: 50 }, (_, n) => `c${n}`),
    false,
  );
  const before = ids().length;
  digest.add(['leader', 'c49'], true);
  expect(ids()[before]).toBe('leader');
  await clock.pass(1000);
  expect(ids()[before + 1]).toBe('c49');
  expect(ids().filter((id) => id === 'c49')).toHaveLength(1);
});

test('one that fails is told of, and the others go on', async () => {
  const { digest, ids, errors, clock } = start();
  digest.add(['bad', 'good'], false);
  await clock.pass(10);
  expect(errors).toHaveLength(1);
  expect(ids()).toEqual(['good']);
});

test('nothing is done after closing', async () => {
  const { digest, ids, clock } = start(1);
  digest.add(
    Array.from({ length: 50 }, (_, n) => `c${n}`),
    false,
  );
  const before = ids().length;
  digest.close();
  await clock.pass(1000);
  expect(ids()).toHaveLength(before);
});
