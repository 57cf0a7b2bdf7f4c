import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clusterId, parseClusterId } from './cluster-id';

const key = fc.record({
  ensemble: fc.string({ unit: 'grapheme' }),
  namespace: fc.string({ unit: 'grapheme' }),
  scope: fc.string({ unit: 'grapheme' }),
  group: fc.option(fc.nat()),
});

test('the key comes back out of the id it went into', () => {
  fc.assert(
    fc.property(key, (one) => {
      expect(parseClusterId(clusterId(one))).toEqual(one);
    }),
  );
});

test('what is no id has no key', () => {
  for (const text of ['', 'main', 'main~.2Fservice', 'a~b~c~d', 'a~b~c~1~2', 'a~.E0~c']) {
    expect(parseClusterId(text)).toBeNull();
  }
});
