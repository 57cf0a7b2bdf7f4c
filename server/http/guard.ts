import type { IncomingMessage } from 'node:http';
import type { PeerOf } from './peer';

/**
 * A page elsewhere can make a browser send requests here: a name that merely resolves to this
 * machine is told by the Host header, another site's script by Origin and content type.
 */
export interface Guard {
  /** One sentence why the request is not answered; null when it may be. */
  refuse(request: IncomingMessage): string | null;
}

export interface GuardOptions {
  readonly peer: PeerOf;
  /** Names to answer to, beside loopback's and the one of `url`. */
  readonly hosts: readonly string[];
  /** The origin under which people reach Howdah, where it isn't the one that requests name. */
  readonly url?: string | undefined;
}

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];
const READS: ReadonlySet<string> = new Set(['GET', 'HEAD']);

/** Accepts these names on whatever port, and changes from the page's own origin or that of `url`. */
export function createGuard({ peer, hosts, url }: GuardOptions): Guard {
  const accepted = new Set([...LOOPBACK, ...hosts.map((host) => host.toLowerCase())]);
  if (url !== undefined) accepted.add(new URL(url).hostname);
  return {
    refuse(request) {
      const { host, secure } = peer(request);
      const name = host.replace(/:\d+$/, '');
      if (!accepted.has(name)) {
        return `Howdah does not answer to the host name "${name}": add it to listen.hosts (HOWDAH_HOSTS).`;
      }
      if (READS.has(request.method ?? '')) return null;
      const { origin, authorization } = request.headers;
      // No page elsewhere can send that along, and scripts have no origin to name.
      const byHand = authorization !== undefined && origin === undefined;
      if (
        !byHand &&
        (origin === undefined || (origin !== url && origin !== originOf(secure, host)))
      ) {
        return 'A change is only taken from a page of this Howdah: the Origin header does not match.';
      }
      const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
      if (type !== 'application/json') return 'A change is only taken as application/json.';
      return null;
    },
  };
}

/** As browsers write it: without the scheme's own port. */
function originOf(secure: boolean, host: string): string | null {
  const url = `${secure ? 'https' : 'http'}://${host}`;
  return URL.canParse(url) ? new URL(url).origin : null;
}
