import { BlockList, isIP, SocketAddress } from 'node:net';

/** Whether an address is in one of these networks, which are written like 10.0.0.0/8. */
export function inNetworks(networks: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits = ''] = network.split('/');
    list.addSubnet(address, Number(bits), isIP(address) === 6 ? 'ipv6' : 'ipv4');
  }
  return (address) => {
    const family = isIP(address);
    return family !== 0 && list.check(address, family === 6 ? 'ipv6' : 'ipv4');
  };
}

const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/;

/**
 * The one way an address is written here: IPv6 compressed and in lower case, without the zone, and
 * IPv4 in IPv6 clothes as IPv4. Null for what is no address.
 */
export function canonicalAddress(text: string): string | null {
  const address = text.replace(/%.*$/, '');
  const family = isIP(address);
  if (family !== 6) return family === 4 ? address : null;
  const written = new SocketAddress({ address, family: 'ipv6' }).address;
  return MAPPED.exec(written)?.[1] ?? written;
}
