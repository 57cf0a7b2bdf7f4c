import { expect, test } from 'vitest';
import { parseClusterId } from '../topology/cluster-id';
import { placeOf } from './place';

const at = (path: string, namespaces: readonly string[] = ['/service', '/service/eu']) => {
  const place = placeOf(path, { ensemble: 'main', namespaces });
  if (place === null) return null;
  const { namespace, scope, group } = parseClusterId(place.cluster) ?? {};
  return [namespace, scope, group, place.isConfig];
};

test('a znode is of the cluster that its path names, by the namespace that is nearest', () => {
  expect(at('/service/orders/config')).toEqual(['/service', 'orders', null, true]);
  expect(at('/service/eu/orders/config')).toEqual(['/service/eu', 'orders', null, true]);
  expect(at('/service/orders/2/config')).toEqual(['/service', 'orders', 2, true]);
  expect(at('/service/orders/config/below')).toEqual(['/service', 'orders', null, false]);
  expect(at('/service/orders')).toEqual(['/service', 'orders', null, false]);
  expect(at('/orders/config', ['/'])).toEqual(['/', 'orders', null, true]);
});

test('a namespace, and what is elsewhere, is of none', () => {
  expect([at('/service'), at('/service/eu', ['/service/eu']), at('/other/a')]).toEqual([
    null,
    null,
    null,
  ]);
});
