import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AgentReport, type Lease, leaseShape } from '@/lib/routing/lease';

/** A lease for a thousand clusters has some 300 kB. */
const MOST_BYTES = 4_000_000;

interface Control {
  readonly token: string;
  /** False: another Howdah holds one. */
  readonly take: (lease: Lease) => boolean;
  /** This process has stood still: what comes now may have waited for long. */
  readonly hasStoodStill: () => boolean;
  /** @param taken the lease that came with the request was; null: none came. */
  readonly report: (taken: boolean | null) => AgentReport;
}

/**
 * Where Howdah gives its leases: `POST /lease` with a lease, `GET /` for how the agent is. Both want
 * `Authorization: Bearer <token>`, and are answered with a report. 409: another Howdah holds one.
 */
export function controlServer(control: Control): Server {
  const server = createServer((request, response) => {
    handle(control, request, response).catch((error: unknown) => {
      send(response, 500, { error: error instanceof Error ? error.message : String(error) });
    });
  });
  server.requestTimeout = 5000;
  server.headersTimeout = 5000;
  return server;
}

async function handle(
  control: Control,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (!isAllowed(request.headers.authorization ?? '', control.token)) {
    send(response, 401, { error: 'The token is missing or wrong.' });
    return;
  }
  if (request.method === 'GET' && request.url === '/') {
    send(response, 200, control.report(null));
    return;
  }
  if (request.method !== 'POST' || request.url !== '/lease') {
    send(response, 404, { error: 'There is GET / and POST /lease.' });
    return;
  }
  // Howdah says it again in a moment, if it is still there.
  if (control.hasStoodStill()) {
    send(response, 503, { error: 'This agent has stood still, and takes nothing that is old.' });
    return;
  }
  const text = await bodyOf(request);
  const lease = text === null ? null : leaseIn(text);
  if (lease === null) {
    send(response, 400, { error: 'This is no lease that this agent understands.' });
    return;
  }
  const taken = control.take(lease);
  send(response, taken ? 200 : 409, control.report(taken));
}

function isAllowed(header: string, token: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(header), digest(`Bearer ${token}`));
}

/** Null: too much of it. */
async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes > MOST_BYTES) return null;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function leaseIn(text: string): Lease | null {
  try {
    return leaseShape.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  if (response.headersSent) return;
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
