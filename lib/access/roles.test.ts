import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clusterId, ensembleId } from '../topology/cluster-id';
import {
  both,
  covers,
  type Grant,
  holds,
  roleOn,
  roleOnAll,
  roles,
  type Scope,
  scopeInWords,
  scopeKey,
} from './roles';
import { sightOf } from './sight';

const key = (ensemble: string, namespace: string, scope: string) =>
  clusterId({ ensemble, namespace, scope, group: null });
const orders = key('main', '/service', 'orders');
const billing = key('main', '/service', 'billing');
const elsewhere = key('main', '/other', 'orders');
const abroad = key('south', '/service', 'orders');
const clusters = [orders, billing, elsewhere, abroad];

const scope: fc.Arbitrary<Scope> = fc.oneof(
  fc.constant({ of: 'all' as const }),
  fc.record({
    of: fc.constant('namespace' as const),
    ensemble: fc.constantFrom('main', 'south'),
    namespace: fc.constantFrom('/service', '/other'),
  }),
  fc.record({ of: fc.constant('cluster' as const), cluster: fc.constantFrom(...clusters) }),
);
const grants: fc.Arbitrary<Grant[]> = fc.array(
  fc.record({ role: fc.constantFrom(...roles), scope }),
  { maxLength: 5 },
);
const least = (grantsThere: readonly Grant[], cluster: string) => {
  const role = roleOn(grantsThere, cluster);
  return role === null ? -1 : roles.indexOf(role);
};

describe('a grant', () => {
  test('for a cluster reaches that cluster alone', () => {
    const mine: Grant[] = [{ role: 'operator', scope: { of: 'cluster', cluster: orders } }];
    expect(clusters.map((id) => roleOn(mine, id))).toEqual(['operator', null, null, null]);
    expect(roleOnAll(mine)).toBeNull();
  });

  test('for a namespace reaches its clusters on that ensemble alone', () => {
    const mine: Grant[] = [
      { role: 'viewer', scope: { of: 'namespace', ensemble: 'main', namespace: '/service' } },
    ];
    expect(clusters.map((id) => roleOn(mine, id))).toEqual(['viewer', 'viewer', null, null]);
  });

  test('for anything of an ensemble lets it be seen how that fares, but nothing that it keeps', () => {
    const mine: Grant[] = [{ role: 'admin', scope: { of: 'cluster', cluster: orders } }];
    expect(sightOf(mine).sees(ensembleId('main'))).toBe(true);
    expect(sightOf(mine).sees(ensembleId('south'))).toBe(false);
    expect(roleOn(mine, ensembleId('main'))).toBeNull();
    expect(roleOn([{ role: 'viewer', scope: { of: 'all' } }], ensembleId('main'))).toBe('viewer');
  });

  test('is named so that no two scopes have the same words', () => {
    const scopes: Scope[] = [
      { of: 'all' },
      ...[orders, billing, elsewhere, abroad].map((cluster) => ({
        of: 'cluster' as const,
        cluster,
      })),
      { of: 'namespace', ensemble: 'main', namespace: '/service' },
      { of: 'namespace', ensemble: 'main', namespace: '/other' },
    ];
    expect(new Set(scopes.map(scopeInWords)).size).toBe(scopes.length);
    expect(new Set(scopes.map(scopeKey)).size).toBe(scopes.length);
  });

  test('says nothing about an id that is none', () => {
    const mine: Grant[] = [
      { role: 'admin', scope: { of: 'namespace', ensemble: 'main', namespace: '/service' } },
    ];
    expect(roleOn(mine, 'nonsense')).toBeNull();
  });
});

test('what a token and its owner both may is never more than either may, anywhere', () => {
  fc.assert(
    fc.property(grants, grants, fc.constantFrom(...clusters), (a, b, id) => {
      expect(least(both(a, b), id)).toBe(Math.min(least(a, id), least(b, id)));
    }),
  );
});

test('whoever holds what they give has at least that role wherever it reaches', () => {
  fc.assert(
    fc.property(grants, grants, fc.constantFrom(...clusters), (have, give, id) => {
      fc.pre(holds(have, give));
      expect(least(have, id)).toBeGreaterThanOrEqual(least(give, id));
    }),
  );
});

test('each role may what those below it may', () => {
  expect(roles.map((role) => roles.map((needed) => covers(role, needed)))).toEqual([
    [true, false, false],
    [true, true, false],
    [true, true, true],
  ]);
});

test('those who see the same have the same key, whoever they are', () => {
  fc.assert(
    fc.property(grants, grants, (a, b) => {
      const [one, other] = [sightOf(a), sightOf(b)];
      fc.pre(one.key === other.key);
      for (const id of clusters) expect(one.sees(id)).toBe(other.sees(id));
    }),
  );
});
