import { lookup } from 'node:dns/promises';
import { type EnsembleAddress, parseConnect } from '@/zookeeper';

/**
 * Its servers with every host name replaced by its addresses, so that a name that can't be looked up
 * is said, rather than a server taken for unreachable. Hosts that don't resolve are left out; throws
 * when none does.
 */
export async function resolveConnect(connect: string): Promise<EnsembleAddress> {
  const { servers, chroot } = parseConnect(connect);
  const found = await Promise.allSettled(
    servers.map(async ({ host, port }) =>
      (await lookup(host, { all: true })).map(({ address }) => ({ host: address, port })),
    ),
  );
  const resolved = found.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
  if (resolved.length === 0) {
    throw new Error(`none of ${servers.map((s) => s.host).join(', ')} has an address in DNS`);
  }
  return { servers: resolved, chroot };
}
