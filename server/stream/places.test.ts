import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Places } from './places';

const one = { of: 'address 192.0.2.1', most: 2 };
const other = { of: 'address 192.0.2.2', most: 2 };
const account = { of: 'account 1', most: 1 };

test('there are so many in all, and so many for each', () => {
  const places = new Places(3);
  expect(places.take([one])).not.toBeNull();
  const give = places.take([one]);
  expect(places.take([one])).toBeNull();
  expect(places.take([other])).not.toBeNull();
  expect(places.take([other])).toBeNull();
  give?.();
  give?.();
  expect(places.take([one])).not.toBeNull();
  expect(places.take([one])).toBeNull();
});

test('who shares twice has to have a place left in both, and takes none where one is missing', () => {
  const places = new Places(9);
  const give = places.take([one, account]);
  expect(places.take([other, account])).toBeNull();
  expect(places.take([other])).not.toBeNull();
  expect(places.take([other])).not.toBeNull();
  give?.();
  expect(places.take([one, account])).not.toBeNull();
});

test('whatever is taken and given back, no limit is passed and none is used up', () => {
  const step = fc.record({ of: fc.constantFrom('a', 'b', 'c'), give: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      const places = new Places(4);
      const held: { of: string; give: () => void }[] = [];
      for (const { of, give } of steps) {
        if (give) held.shift()?.give();
        else {
          const free = held.length < 4 && held.filter((each) => each.of === of).length < 2;
          const taken = places.take([{ of, most: 2 }]);
          expect(taken !== null).toBe(free);
          if (taken) held.push({ of, give: taken });
        }
      }
    }),
  );
});
