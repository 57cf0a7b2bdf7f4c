import { lookup } from 'node:dns/promises';
import { inNetworks } from './networks';
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
  const allowed = inNetworks(networks);
  return {
    async check(wanted) {
      const { host, port } = rewritten(wanted, rewrite);
      const { address } = await lookup(host);
      if (!allowed(address)) {
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
