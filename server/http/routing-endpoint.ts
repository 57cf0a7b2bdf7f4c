import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { onCluster, refusal, type Who } from '@/lib/access/who';
import { Failure } from '@/lib/errors';
import type { RoutingReader } from '../ports';

const PREFIX = '/api/routing/';
/** A proxy between may give up after a minute. */
const LONGEST_WAIT_S = 50;
const MOST_WAITING = 500;

let waiting = 0;

/**
 * Answers `GET /api/routing/<cluster>` with where that cluster is now, and an ETag. With
 * `If-None-Match` and `?wait=<seconds>` it is answered once that has changed, or 304 after so long.
 * Throws `bad-input`, `not-found`, `forbidden`, `limited`.
 */
export async function answerRouting(
  request: IncomingMessage,
  response: ServerResponse,
  { routing, who }: { readonly routing: RoutingReader; readonly who: () => Promise<Who | null> },
): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://howdah');
  const cluster = decoded(pathname.slice(PREFIX.length));
  await checkMay(cluster, who);
  const until = Date.now() + 1000 * waitOf(searchParams.get('wait'));
  const known = request.headers['if-none-match'] ?? null;
  let answer = made(routing, cluster);
  while (answer.etag === known && Date.now() < until && !response.destroyed) {
    if (waiting >= MOST_WAITING) throw new Failure('limited', 'Too many are waiting: ask again.');
    waiting += 1;
    await routing.changed(cluster, until - Date.now()).finally(() => {
      waiting -= 1;
    });
    await checkMay(cluster, who);
    answer = made(routing, cluster);
  }
  const headers = { etag: answer.etag, 'cache-control': 'no-cache' };
  if (answer.etag === known) {
    response.writeHead(304, headers).end();
    return;
  }
  response.writeHead(200, { ...headers, 'content-type': 'application/json' });
  response.end(answer.body);
}

/** What may not be seen is told as what isn't there. */
async function checkMay(cluster: string, who: () => Promise<Who | null>): Promise<void> {
  const refused = refusal(onCluster('viewer'), await who(), cluster);
  if (refused === null) return;
  const code = refused.code === 'hidden' ? 'not-found' : refused.code;
  throw new Failure(code, refused.code === 'hidden' ? 'There is no such cluster.' : refused.says);
}

function made(routing: RoutingReader, cluster: string) {
  const body = `${JSON.stringify(routing.endpoints(cluster), null, 2)}\n`;
  const etag = `"${createHash('sha256').update(body).digest('hex').slice(0, 16)}"`;
  return { body, etag };
}

function waitOf(text: string | null): number {
  const seconds = Number(text ?? 0);
  if (Number.isFinite(seconds) && seconds >= 0) return Math.min(seconds, LONGEST_WAIT_S);
  throw new Failure('bad-input', 'wait is so many seconds, e.g. 30.');
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new Failure('not-found', 'There is no such cluster.');
  }
}
