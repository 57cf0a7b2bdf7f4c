import { ProbeError } from './errors';

/** Where a member's znode says that its PostgreSQL is. Throws `ProbeError`. */
export function hostOf(connUrl: string): { host: string; port: number } {
  try {
    const url = new URL(connUrl);
    const host = decodeURIComponent(url.hostname).replace(/^\[|\]$/g, '');
    if (host === '') throw new Error('no host');
    return { host, port: Number(url.port || 5432) };
  } catch {
    throw new ProbeError('address-unreadable', 'its connection URL in ZooKeeper makes no sense');
  }
}
