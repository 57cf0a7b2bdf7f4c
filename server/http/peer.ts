import type { IncomingMessage } from 'node:http';
import { canonicalAddress, inNetworks } from '../networks';

/** Who asks, and how. */
export interface Peer {
  /** Canonical, so that one client has one; empty where the connection has gone. */
  readonly address: string;
  /** The browser's connection is encrypted. */
  readonly secure: boolean;
  /** What the browser asked for, in lower case, with the port if it has one; empty for none. */
  readonly host: string;
}

export type PeerOf = (request: IncomingMessage) => Peer;

const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d{1,5})?$/;

/**
 * Anybody can send forwarding headers, so they are believed only where the connection itself comes
 * from a proxy that is configured. Those that proxies have added are read from the right: the first
 * address that is not a proxy's own is the client's, and whatever stands to its left is the
 * client's word for itself.
 */
export function createPeer({ proxies }: { readonly proxies: readonly string[] }): PeerOf {
  const isProxy = inNetworks(proxies);
  const read = (request: IncomingMessage): Peer => {
    const { socket, headers } = request;
    const nearest = canonicalAddress(socket.remoteAddress ?? '') ?? '';
    const encrypted = 'encrypted' in socket && socket.encrypted === true;
    const host = asHost(headers.host);
    if (!isProxy(nearest)) return { address: nearest, secure: encrypted, host };
    const scheme = last(headers['x-forwarded-proto'])?.toLowerCase();
    const asked = last(headers['x-forwarded-host']);
    return {
      address: clientOf(nearest, items(headers['x-forwarded-for']), isProxy),
      secure: scheme === undefined ? encrypted : scheme === 'https',
      host: asked === undefined ? host : asHost(asked),
    };
  };
  // Asked again when the connection may have gone, which then has no address any more.
  const known = new WeakMap<IncomingMessage, Peer>();
  return (request) => {
    const peer = known.get(request) ?? read(request);
    known.set(request, peer);
    return peer;
  };
}

/** What is no address ends the way back: the hop before it is the last that is known. */
function clientOf(
  nearest: string,
  hops: readonly string[],
  isProxy: (address: string) => boolean,
): string {
  let client = nearest;
  for (const hop of hops.toReversed()) {
    const address = canonicalAddress(withoutPort(hop));
    if (address === null) return client;
    client = address;
    if (!isProxy(address)) return client;
  }
  return client;
}

/** Some proxies write the port behind the address, and IPv6 then in brackets. */
function withoutPort(hop: string): string {
  const match = /^\[([^\]]*)\](?::\d{1,5})?$|^(\d+\.\d+\.\d+\.\d+):\d{1,5}$/.exec(hop);
  return match?.[1] ?? match?.[2] ?? hop;
}

function asHost(text: string | undefined): string {
  const host = text?.trim().toLowerCase() ?? '';
  return HOST.test(host) ? host : '';
}

function items(header: string | readonly string[] | undefined): string[] {
  const text = typeof header === 'string' ? header : (header ?? []).join(',');
  return text.split(',').map((item) => item.trim());
}

/** What the proxy that is connected to us has said: it is the last to have added to a list. */
function last(header: string | readonly string[] | undefined): string | undefined {
  return header === undefined ? undefined : items(header).at(-1);
}
