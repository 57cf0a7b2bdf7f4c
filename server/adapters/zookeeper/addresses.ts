import { lookup } from 'node:dns/promises';
import { isIPv6 } from 'node:net';

export interface ServerAddress {
  readonly host: string;
  readonly port: number;
}

/** Splits "a:2181,b:2181/chroot". A port left out is 2181. */
export function parseConnect(connect: string): { servers: ServerAddress[]; chroot: string } {
  const slash = connect.indexOf('/');
  const chroot = slash < 0 ? '' : connect.slice(slash).replace(/\/+$/, '');
  const list = slash < 0 ? connect : connect.slice(0, slash);
  const servers = list
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
    .map((item) => {
      const match = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(item);
      const host = match?.[1] ?? match?.[2];
      const port = Number(match?.[3] ?? 2181);
      if (!host || port < 1 || port > 65535) throw new Error(`"${item}" is not host:port`);
      return { host, port };
    });
  if (servers.length === 0) throw new Error('no server is named');
  return { servers, chroot };
}

/**
 * The connect string with every host name replaced by its addresses, off the event loop's hot path:
 * the C client would look names up synchronously. Hosts that don't resolve are left out; throws
 * when none does.
 */
export async function resolveConnect(connect: string): Promise<string> {
  const { servers, chroot } = parseConnect(connect);
  const found = await Promise.allSettled(
    servers.map(async ({ host, port }) => {
      const { address } = await lookup(host);
      return isIPv6(address) ? `[${address}]:${port}` : `${address}:${port}`;
    }),
  );
  const addresses = found.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  if (addresses.length === 0) {
    throw new Error(`none of ${servers.map((s) => s.host).join(', ')} has an address in DNS`);
  }
  return addresses.join(',') + chroot;
}
