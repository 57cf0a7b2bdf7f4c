import type { IncomingMessage, Server } from 'node:http';
import type { Server as TlsServer } from 'node:https';
import { MOST_ADDRESS } from '@/lib/calls';

/** What any body may hold. */
export const MOST_BODY = 64 * 1024;
/** A stream's cursor comes back in its head, and grows with the clusters it follows. */
export const MOST_HEAD = 64 * 1024;
const MOST_HEADERS = 100;
/** Beyond streams: what browsers and proxies keep open besides. */
const OTHER_CONNECTIONS = 2000;

export interface Excess {
  readonly status: number;
  readonly says: string;
}

/**
 * What no route has to look at: it is answered before anything of a body is read. Since a body has
 * to say its length, none can turn out to be longer.
 */
export function excessOf({ method, url = '', headers }: IncomingMessage): Excess | null {
  const reads = method === 'GET' || method === 'HEAD';
  if (!reads && method !== 'POST') {
    return { status: 405, says: 'Howdah is asked by GET, HEAD and POST.' };
  }
  if (!reads && !url.startsWith('/api/')) return { status: 405, says: 'A page is only read.' };
  // The stream's bears its cursor, and is bounded with the head.
  if (url.length > MOST_ADDRESS * 2 && !url.startsWith('/api/stream')) {
    return { status: 414, says: 'That address is too long.' };
  }
  const chunked = headers['transfer-encoding'] !== undefined;
  const length = Number(headers['content-length'] ?? 0);
  if (reads && (chunked || length > 0)) {
    return { status: 400, says: 'A request that reads has no body.' };
  }
  if (chunked) return { status: 411, says: 'A body has to say its length.' };
  if (length > MOST_BODY) return { status: 413, says: `A body has at most ${MOST_BODY} bytes.` };
  return null;
}

/** How long, and how many: whoever is slow or greedy holds up nobody else. */
export function bound<S extends Server | TlsServer>(server: S, mostStreams: number): S {
  server.headersTimeout = 10_000;
  server.requestTimeout = 30_000;
  // Longer than proxies keep theirs, which would else send a request where nobody listens any more.
  server.keepAliveTimeout = 75_000;
  server.maxHeadersCount = MOST_HEADERS;
  server.maxConnections = mostStreams + OTHER_CONNECTIONS;
  return server;
}
