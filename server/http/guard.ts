import type { IncomingMessage } from 'node:http';

/**
 * Until there are accounts, being asked from this machine's own page is all that protects a
 * cluster. A page elsewhere can make a browser send requests here: a name that merely resolves to
 * loopback is told by the Host header, another site's script by Origin and content type.
 */
export interface Guard {
  /** One sentence why the request is not answered; null when it may be. */
  refuse(request: IncomingMessage): string | null;
}

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];
const READS: ReadonlySet<string> = new Set(['GET', 'HEAD']);

/** Accepts loopback's names and those given, on whatever port. */
export function createGuard(hosts: readonly string[]): Guard {
  const accepted = new Set([...LOOPBACK, ...hosts.map((host) => host.toLowerCase())]);
  return {
    refuse(request) {
      const { host } = request.headers;
      const name = host?.toLowerCase().replace(/:\d+$/, '');
      if (!name || !accepted.has(name)) {
        return `Howdah does not answer to the host name "${name ?? ''}": add it to listen.hosts (HOWDAH_HOSTS).`;
      }
      if (READS.has(request.method ?? '')) return null;
      const { origin } = request.headers;
      if (origin !== `http://${host}` && origin !== `https://${host}`) {
        return 'A change is only taken from a page of this Howdah: the Origin header does not match.';
      }
      const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
      if (type !== 'application/json') return 'A change is only taken as application/json.';
      return null;
    },
  };
}
