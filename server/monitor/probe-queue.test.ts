import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TimeQueue } from './probe-queue';

function drain(queue: TimeQueue<number>): number[] {
  const taken: number[] = [];
  for (let item = queue.take(Infinity); item !== null; item = queue.take(Infinity)) {
    taken.push(item);
  }
  return taken;
}

test('gives nothing before its time', () => {
  const queue = new TimeQueue<string>();
  expect(queue.nextAt).toBeNull();
  queue.put('a', 10);
  expect(queue.take(9)).toBeNull();
  expect(queue.take(10)).toBe('a');
  expect(queue.take(10)).toBeNull();
});

test('whatever is put, moved and removed comes out once, in order of its last time', () => {
  const step = fc.record({
    item: fc.integer({ min: 0, max: 40 }),
    at: fc.integer({ min: 0, max: 1000 }),
    remove: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
      const queue = new TimeQueue<number>();
      const times = new Map<number, number>();
      for (const { item, at, remove } of steps) {
        if (remove) {
          queue.remove(item);
          times.delete(item);
        } else {
          queue.put(item, at);
          times.set(item, at);
        }
      }
      expect(queue.size).toBe(times.size);
      const out = drain(queue);
      expect(new Set(out)).toEqual(new Set(times.keys()));
      expect(out).toHaveLength(times.size);
      const at = out.map((item) => times.get(item) ?? -1);
      expect(at).toEqual(at.toSorted((a, b) => a - b));
    }),
  );
});
