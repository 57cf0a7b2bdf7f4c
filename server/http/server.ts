import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { SecureContextOptions } from 'node:tls';
import { nodeHTTPRequestHandler } from '@trpc/server/adapters/node-http';
import { onEverything, refusal } from '@/lib/access/who';
import { MOST_CALLS } from '@/lib/calls';
import { Failure, failureCodes } from '@/lib/errors';
import { withoutSecrets } from '@/lib/secrets';
import { awayNow, type SignInRoute } from '../auth/answers';
import type { Identity } from '../auth/identities';
import type { Services } from '../trpc/context';
import { appRouter } from '../trpc/router';
import { addressOf } from './addresses';
import { exportAudit } from './audit-export';
import { bound, excessOf, MOST_BODY, MOST_HEAD } from './bounds';
import { harden } from './csp';
import type { Guard } from './guard';
import type { PeerOf } from './peer';
import { answerRouting } from './routing-endpoint';

export interface HttpParts {
  readonly peer: PeerOf;
  readonly guard: Guard;
  /** More connections than streams are for all else. */
  readonly mostStreams: number;
  /** Speaks HTTPS by these; null: HTTP. */
  readonly tls: SecureContextOptions | null;
  readonly services: Services;
  /** Who asks; null: nobody known. Throws `unavailable` where that can't be told. */
  readonly identify: (request: IncomingMessage) => Promise<Identity | null>;
  /** The ways to sign in and out, by method and path. */
  readonly signIn: Readonly<Record<string, SignInRoute>>;
  /** Whether that address may read figures without being known. */
  readonly isOpen: (address: string) => boolean;
  /** The live stream: answers and keeps the response. */
  readonly stream: (request: IncomingMessage, response: ServerResponse, identity: Identity) => void;
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
    else {
      route(parts, request, response).catch((error: unknown) => {
        parts.onError(error);
        if (response.headersSent) response.destroy();
        else plain(response, 500, 'Howdah met an error of its own: see its log.');
      });
    }
  };
  const bounds = { maxHeaderSize: MOST_HEAD };
  const server =
    parts.tls === null
      ? createServer(bounds, answer)
      : createTlsServer({ ...bounds, ...parts.tls, handshakeTimeout: 10_000 }, answer);
  return bound(server, parts.mostStreams);
}

async function route(
  parts: HttpParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  // Some request lines that HTTP lets through are no addresses.
  if (!URL.canParse(request.url ?? '/', 'http://howdah')) {
    plain(response, 400, 'That is not an address.');
    return;
  }
  const { pathname, search } = new URL(request.url ?? '/', 'http://howdah');
  const { name, methods, need } = addressOf(pathname);
  const method = request.method ?? '';
  if (!methods.includes(method)) {
    response.setHeader('allow', methods.join(', '));
    plain(response, 405, `${method} is not what this address is for.`);
    return;
  }
  if (name === 'assets' || name === 'sign-in page') return parts.pages(request, response);
  if (name === 'sign-in') return signIn(parts, request, response);
  const known = await whoAsks(parts, request);
  if (name === 'procedures') return answerProcedure(parts, request, { response, ...known });
  if (name === 'nothing') return plain(response, 404, 'There is no such address.');

  const { identity, unknown } = known;
  const { address } = parts.peer(request);
  const open = name === 'metrics' && parts.isOpen(address);
  const refused = open ? null : refusal(need, identity?.who ?? null);
  if (refused !== null && name === 'page') {
    const to =
      pathname === '/' && search === '' ? '' : `?to=${encodeURIComponent(pathname + search)}`;
    response.writeHead(302, { location: `/sign-in${to}`, 'cache-control': 'no-store' }).end();
    return;
  }
  if (refused !== null) {
    if (unknown) return plain(response, 503, unknown.message);
    if (identity === null) response.setHeader('www-authenticate', 'Bearer realm="Howdah"');
    return plain(response, refused.code === 'signed-out' ? 401 : 403, refused.says);
  }
  if (name === 'page') return parts.pages(request, response);
  if (name === 'stream' && identity !== null) return parts.stream(request, response, identity);
  if (name === 'audit export' && identity !== null) {
    const { audit } = parts.services;
    const query = new URL(request.url ?? '/', 'http://howdah').searchParams;
    return orRefuse(parts, response, () =>
      exportAudit(query, response, { audit, identity, from: address }),
    );
  }
  if (name === 'routing') {
    const { routing } = parts.services;
    const who = async () => (await parts.identify(request))?.who ?? null;
    return orRefuse(parts, response, () => answerRouting(request, response, { routing, who }));
  }
  if (name === 'metrics') return sendMetrics(parts, response);
  sendHealth(
    parts,
    response,
    open || refusal(wholeHealth, identity?.who ?? null) === null || parts.isOpen(address),
  );
}

const wholeHealth = onEverything('viewer');

/** Who asks; null with the reason, where accounts can't be asked and this credential is new. */
async function whoAsks(parts: HttpParts, request: IncomingMessage): Promise<Known> {
  try {
    return { identity: await parts.identify(request), unknown: null };
  } catch (error) {
    // Why is for the log: they may be anybody.
    if (error instanceof Failure) return { identity: null, unknown: awayNow(error) };
    throw error;
  }
}

interface Known {
  readonly identity: Identity | null;
  readonly unknown: Failure | null;
}

function answerProcedure(
  parts: HttpParts,
  request: IncomingMessage,
  { response, identity, unknown }: Known & { readonly response: ServerResponse },
): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://howdah');
  const from = parts.peer(request).address;
  return nodeHTTPRequestHandler({
    router: appRouter,
    req: request,
    res: response,
    path: pathname.slice('/api/trpc/'.length),
    createContext: () => ({ ...parts.services, identity, unknown, from }),
    responseMeta: () => ({ headers: new Headers({ 'cache-control': 'no-store' }) }),
    maxBodySize: MOST_BODY,
    maxBatchSize: MOST_CALLS,
    // A query whose input fits no address; what changes something is asked by POST alone as ever.
    allowMethodOverride: true,
    onError: ({ error }) => {
      if (error.code === 'INTERNAL_SERVER_ERROR') parts.onError(error);
    },
  });
}

async function signIn(
  parts: HttpParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://howdah');
  const route = `${request.method} ${pathname}`;
  const answer = Object.hasOwn(parts.signIn, route) ? parts.signIn[route] : undefined;
  if (!answer) return plain(response, 404, 'There is no such address.');
  await orRefuse(parts, response, () => answer(request, response));
}

/** A failure has its status and its sentence, as JSON. */
async function orRefuse(
  { onError }: HttpParts,
  response: ServerResponse,
  answer: () => Promise<void> | void,
): Promise<void> {
  try {
    await answer();
  } catch (error) {
    const failure =
      error instanceof Failure
        ? error
        : new Failure('internal', 'Howdah met an error of its own: see its log.', error);
    if (failure.code === 'internal') onError(error);
    if (response.headersSent) {
      response.destroy();
      return;
    }
    response.writeHead(failureCodes[failure.code].http, {
      'content-type': 'application/json',
      'cache-control': 'no-store',
    });
    response.end(
      `${JSON.stringify({ failure: failure.code, message: withoutSecrets(failure.message) })}\n`,
    );
  }
}

function sendHealth({ health }: HttpParts, response: ServerResponse, whole: boolean): void {
  const { ok, body } = health();
  response.writeHead(ok ? 200 : 503, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
  });
  response.end(`${JSON.stringify(whole ? body : { ok })}\n`);
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
