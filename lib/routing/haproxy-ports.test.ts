import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type PortPair, portsFor } from './haproxy-ports';

const grid = { write: 5000, read: 5001, step: 10 };
const of = (ids: string[], kept: Record<string, PortPair> = {}, taken: number[] = []) => [
  ...portsFor(ids, grid, { kept: new Map(Object.entries(kept)), taken: new Set(taken) }).values(),
];

test('without any before, ports follow the order', () => {
  expect(of(['a', 'b'])).toEqual([
    { write: 5000, read: 5001 },
    { write: 5010, read: 5011 },
  ]);
});

test('who comes anew moves nobody, and gets what is free', () => {
  const b = { write: 5000, read: 5001 };
  const d = { write: 5031, read: 5020 };
  expect(of(['a', 'b', 'c', 'd'], { b, d }, [5010])).toEqual([
    { write: 5040, read: 5041 },
    b,
    { write: 5050, read: 5051 },
    d,
  ]);
});

test('beyond the last port there is none', () => {
  const ports = portsFor(
    ['a'],
    { ...grid, write: 65_530 },
    { kept: new Map(), taken: new Set([5001]) },
  );
  expect(ports.get('a')?.write).toBe(65_540);
});

test('whatever is kept and taken, nobody moves and no port is given twice', () => {
  const id = fc.string({ minLength: 1, maxLength: 2 });
  const port = fc.integer({ min: 1, max: 120 });
  const some = fc.record({
    ids: fc.uniqueArray(id, { maxLength: 12 }),
    had: fc.uniqueArray(id, { maxLength: 8 }),
    ports: fc.uniqueArray(port, { minLength: 16, maxLength: 16 }),
    taken: fc.array(fc.integer({ min: 121, max: 160 }), { maxLength: 5 }),
    write: port,
    gap: fc.integer({ min: 1, max: 5 }),
    step: fc.integer({ min: 1, max: 9 }),
  });
  fc.assert(
    fc.property(some, ({ ids, had, ports, taken, write, gap, step }) => {
      const pair = (at: number) => ({ write: ports[2 * at] ?? 0, read: ports[2 * at + 1] ?? 0 });
      const kept = new Map(had.map((one, at) => [one, pair(at)]));
      const from = { write, read: write + gap, step };
      const given = portsFor(ids, from, { kept, taken: new Set(taken) });
      expect([...given.keys()]).toEqual(ids);
      const all = [...given.values()].flatMap((one) => [one.write, one.read]);
      expect(new Set(all).size).toBe(all.length);
      for (const [one, where] of given) {
        const before = kept.get(one);
        if (before) expect(where).toEqual(before);
        else {
          expect((where.write - write) % step).toBe(0);
          expect(where.read - where.write).toBe(gap);
          expect(taken).not.toContain(where.write);
          expect(taken).not.toContain(where.read);
        }
      }
    }),
  );
});
