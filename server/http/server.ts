import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { SecureContextOptions } from 'node:tls';
import { nodeHTTPRequestHandler } from '@trpc/server/adapters/node-http';
import { MOST_CALLS } from '@/lib/calls';
import type { Context } from '../trpc/context';
import { appRouter } from '../trpc/router';
import { bound, excessOf, MOST_BODY, MOST_HEAD } from './bounds';
import { harden } from './csp';
import type { Guard } from './guard';
import type { PeerOf } from './peer';

export interface HttpParts {
  readonly peer: PeerOf;
  readonly guard: Guard;
  /** More connections than streams are for all else. */
  readonly mostStreams: number;
  /** Speaks HTTPS by these; null: HTTP. */
  readonly tls: SecureContextOptions | null;
  readonly context: Context;
  /** The live stream: answers and keeps the response. */
  readonly stream: (request: IncomingMessage, response: ServerResponse) => void;
  /** Everything that is not the API: the pages. */
  readonly pages: (request: IncomingMessage, response: ServerResponse) => void;
  /** Figures for Prometheus. */
  readonly metrics: { readonly contentType: string; text(): Promise<string> };
  readonly health: () => { readonly ok: boolean; readonly body: unknown };
  readonly onError: (error: unknown) => void;
}

/** The one HTTP server: pages, tRPC, the stream and health, behind one guard. */
export function createHttpServer(parts: HttpParts): Server | TlsServer {
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    harden(response, parts.peer(request));
    const excess = excessOf(request);
    const refusal = parts.guard.refuse(request);
    if (excess) plain(response, excess.status, excess.says);
    else if (refusal) plain(response, 403, refusal);
    else route(parts, request, response);
  };
  const bounds = { maxHeaderSize: MOST_HEAD };
  const server =
    parts.tls === null
      ? createServer(bounds, answer)
      : createTlsServer({ ...bounds, ...parts.tls, handshakeTimeout: 10_000 }, answer);
  return bound(server, parts.mostStreams);
}

function route(parts: HttpParts, request: IncomingMessage, response: ServerResponse): void {
  // Some request lines that HTTP lets through are no addresses.
  if (!URL.canParse(request.url ?? '/', 'http://howdah')) {
    plain(response, 400, 'That is not an address.');
    return;
  }
  const { pathname } = new URL(request.url ?? '/', 'http://howdah');
  if (pathname.startsWith('/api/trpc/')) {
    void nodeHTTPRequestHandler({
      router: appRouter,
      req: request,
      res: response,
      path: pathname.slice('/api/trpc/'.length),
      createContext: () => parts.context,
      maxBodySize: MOST_BODY,
      maxBatchSize: MOST_CALLS,
      onError: ({ error }) => {
        if (error.code === 'INTERNAL_SERVER_ERROR') parts.onError(error);
      },
    });
    return;
  }
  if (pathname === '/api/stream') {
    if (request.method === 'GET') parts.stream(request, response);
    else plain(response, 405, 'The stream is read with GET.');
    return;
  }
  if (pathname === '/api/health') {
    const { ok, body } = parts.health();
    response.writeHead(ok ? 200 : 503, {
      'content-type': 'application/json',
      'cache-control': 'no-store',
    });
    response.end(`${JSON.stringify(body)}\n`);
    return;
  }
  if (pathname === '/metrics') {
    void sendMetrics(parts, response);
    return;
  }
  if (pathname.startsWith('/api/')) plain(response, 404, 'There is no such address.');
  else parts.pages(request, response);
}

async function sendMetrics(
  { metrics, onError }: HttpParts,
  response: ServerResponse,
): Promise<void> {
  try {
    const text = await metrics.text();
    response.writeHead(200, { 'content-type': metrics.contentType, 'cache-control': 'no-store' });
    response.end(text);
  } catch (error) {
    onError(error);
    plain(response, 500, 'The metrics could not be gathered: see the log.');
  }
}

function plain(response: ServerResponse, status: number, says: string): void {
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
    // What else comes of the request is not read.
    connection: 'close',
  });
  response.end(`${says}\n`);
}
