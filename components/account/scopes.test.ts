import { describe, expect, it } from 'vitest';
import { summary } from '@/components/stream/example-frames';
import type { Grant, Scope } from '@/lib/access/roles';
import { keyOf, placesOf, rolesFor } from './scopes';

describe('the places that a role can be given on', () => {
  it('are each namespace once, and each cluster by its name', () => {
    const places = placesOf([], [summary('orders'), summary('billing')]);
    expect(places.namespaces).toEqual([
      { of: 'namespace', ensemble: 'main', namespace: '/service' },
    ]);
    expect(places.clusters.map(({ cluster }) => cluster)).toEqual(['billing', 'orders']);
  });

  it('are two where two namespaces have a cluster of the same name', () => {
    const staged = { ensemble: 'main', namespace: '/staging', scope: 'orders', group: null };
    const both = [
      summary('orders', { id: 'main~.2Fservice~orders' }),
      summary('orders', { id: 'main~.2Fstaging~orders', key: staged }),
    ];
    const { clusters, namespaces } = placesOf([], both);
    expect(new Set(clusters.map(keyOf)).size).toBe(2);
    expect(namespaces.map(({ namespace }) => namespace)).toEqual(['/service', '/staging']);
  });

  it('have keys that tell them apart', () => {
    const keys = [
      keyOf({ of: 'all' }),
      keyOf({ of: 'namespace', ensemble: 'a', namespace: 'b c' }),
      keyOf({ of: 'namespace', ensemble: 'a b', namespace: 'c' }),
      keyOf({ of: 'cluster', cluster: 'a' }),
    ];
    expect(new Set(keys).size).toBe(4);
  });
});

it('nobody is offered to give more than they have', () => {
  const scope: Scope = { of: 'cluster', cluster: 'main~.2Fservice~orders' };
  const mine: Grant[] = [{ role: 'operator', scope }];
  expect(rolesFor(scope, mine)).toEqual(['viewer', 'operator']);
  expect(rolesFor({ of: 'all' }, mine)).toEqual([]);
  expect(rolesFor({ of: 'all' }, null)).toEqual(['viewer', 'operator', 'admin']);
});
