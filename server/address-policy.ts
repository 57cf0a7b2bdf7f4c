import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import type { AddressPolicy } from './ports';

/**
 * Allows the networks given, after rewriting: `rewrite` maps "host:port" or "host" as ZooKeeper has
 * it to where it is reached from here. The address that was checked is the one that is used, so
 * that a name can't resolve to another one in between.
 */
export function addressPolicy(
  networks: readonly string[],
  rewrite: Readonly<Record<string, string>>,
): AddressPolicy {
  const allowed = new BlockList();
  for (const network of networks) {
    const [address = '', bits = ''] = network.split('/');
    allowed.addSubnet(address, Number(bits), isIP(address) === 6 ? 'ipv6' : 'ipv4');
  }
  return {
    async check(wanted) {
      const { host, port } = rewritten(wanted, rewrite);
      const { address, family } = await lookup(host);
      if (!allowed.check(address, family === 6 ? 'ipv6' : 'ipv4')) {
        const resolved = address === host ? address : `${host} (${address})`;
        return {
          is: 'refused',
          says: `${resolved} is in none of the networks Howdah may send credentials to (setting "networks")`,
        };
      }
      return { is: 'allowed', endpoint: { host, ip: address, port } };
    },
  };
}

function rewritten(
  wanted: { readonly host: string; readonly port: number },
  rewrite: Readonly<Record<string, string>>,
): { host: string; port: number } {
  const to = rewrite[`${wanted.host}:${wanted.port}`] ?? rewrite[wanted.host];
  if (to === undefined) return wanted;
  const match = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(to);
  return { host: match?.[1] ?? match?.[2] ?? to, port: Number(match?.[3] ?? wanted.port) };
}
