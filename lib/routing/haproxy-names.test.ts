import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clusterId } from '../topology/cluster-id';
import { backendNames, lastResortName, serverName } from './haproxy-names';

const anyName = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
  // Where a collision would be: what names are made of, and what is put behind them.
  fc
    .array(fc.constantFrom('a', '-', '-last', ':', ':2D', ':2Dlast', '.', 'last', ' '), {
      minLength: 1,
      maxLength: 5,
    })
    .map((parts) => parts.join('')),
);
const anyId = fc
  .record({
    ensemble: anyName,
    namespace: anyName,
    scope: anyName,
    group: fc.option(fc.nat(), { nil: null }),
  })
  .map(clusterId);
/** What HAProxy 2.6 takes as a name. */
const NAME = /^[A-Za-z0-9_.:-]+$/;

test('names that people give are kept as they are', () => {
  expect(serverName('pg1.example.org')).toBe('pg1.example.org');
  expect(lastResortName('alpha-2')).toBe('alpha-2-last');
  expect(serverName('zwölf 1')).toBe('zw:C3:B6lf:201');
  expect(serverName('a-last')).toBe('a:2Dlast');
  expect(backendNames('main~.2Fservice~alpha~0')).toEqual({
    write: 'main:.2Fservice:alpha:0:write',
    read: 'main:.2Fservice:alpha:0:read',
  });
});

test('distinct members, and their twins, have distinct names that HAProxy takes', () => {
  fc.assert(
    fc.property(anyName, anyName, (one, other) => {
      const all = [serverName(one), lastResortName(one)];
      if (one !== other) all.push(serverName(other), lastResortName(other));
      expect(new Set(all).size).toBe(all.length);
      for (const name of all) expect(name).toMatch(NAME);
    }),
    { numRuns: 2000 },
  );
});

test('distinct clusters have distinct names that HAProxy takes', () => {
  fc.assert(
    fc.property(anyId, anyId, (one, other) => {
      const all = [one, ...(one === other ? [] : [other])].flatMap((id) =>
        Object.values(backendNames(id)),
      );
      expect(new Set(all).size).toBe(all.length);
      for (const name of all) expect(name).toMatch(NAME);
    }),
  );
});

test('what can name nothing is refused in one sentence', () => {
  expect(() => serverName('')).toThrow('"" can\'t name a member.');
  expect(() => serverName('a'.repeat(201))).toThrow('too long a name');
  expect(() => serverName('\ud800')).toThrow('"?" is no text');
  for (const id of ['', 'a b', 'a\nlisten x', 'a:b']) {
    expect(() => backendNames(id)).toThrow("is no cluster's id.");
  }
});
