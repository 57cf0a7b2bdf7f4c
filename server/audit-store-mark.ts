import { createHmac } from 'node:crypto';
import type { StoreConfig } from './config';
import { keyFor } from './secret';

/**
 * What the anchors of a store are marked with, so that of a root that several stores share each
 * knows its own. It says nothing about where the store is.
 */
export function storeMark(secret: string, store: NonNullable<StoreConfig>): string {
  const place = store.url === null ? store.folder : placeOf(store.url);
  return createHmac('sha256', keyFor(secret, 'audit store'))
    .update(place)
    .digest('hex')
    .slice(0, 16);
}

function placeOf(url: string): string {
  const { hostname, port, pathname, searchParams } = new URL(url);
  return `${searchParams.get('host') ?? hostname}:${port || '5432'}${pathname}`;
}
