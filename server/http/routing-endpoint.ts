import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { onCluster, refusal, type Who } from '@/lib/access/who';
import { Failure } from '@/lib/errors';
import type { RoutingReader } from '../ports';
import { Places } from '../stream/places';

const PREFIX = '/api/routing/';
/** A proxy between may give up after a minute. */
const LONGEST_WAIT_S = 50;
/** So many wait at once, of one account or token so many. */
const waiting = new Places(500);
const MOST_OF_ONE = 20;

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
  const asking = await checkMay(cluster, who);
  const until = Date.now() + 1000 * waitOf(searchParams.get('wait'));
  const isKnown = knownIn(request.headers['if-none-match']);
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  let answer = made(routing, cluster);
  while (isKnown(answer.etag) && Date.now() < until && !response.destroyed) {
    const giveBack = waiting.take([{ of: asking.id, most: MOST_OF_ONE }]);
    if (giveBack === null) {
      throw new Failure('limited', 'Too many of your requests wait already: ask without ?wait.');
    }
    const within = { ms: Math.max(0, until - Date.now()), gone: gone.signal };
    await routing.changed(cluster, within).finally(giveBack);
    // Rights may have been taken meanwhile.
    await checkMay(cluster, who);
    answer = made(routing, cluster);
  }
  const headers = { etag: answer.etag, 'cache-control': 'no-cache' };
  if (isKnown(answer.etag)) {
    response.writeHead(304, headers).end();
    return;
  }
  response.writeHead(200, { ...headers, 'content-type': 'application/json' });
  response.end(answer.body);
}

/** What may not be seen is told as what isn't there. */
async function checkMay(cluster: string, who: () => Promise<Who | null>): Promise<Who> {
  const asking = await who();
  const refused = refusal(onCluster('viewer'), asking, cluster);
  if (asking !== null && refused === null) return asking;
  if (refused === null) throw new Failure('signed-out', 'Sign in first.');
  const code = refused.code === 'hidden' ? 'not-found' : refused.code;
  throw new Failure(code, refused.code === 'hidden' ? 'There is no such cluster.' : refused.says);
}

function made(routing: RoutingReader, cluster: string) {
  const body = `${JSON.stringify(routing.endpoints(cluster), null, 2)}\n`;
  const etag = `"${createHash('sha256').update(body).digest('hex').slice(0, 16)}"`;
  return { body, etag };
}

/** Whether whoever asks has that answer. What stands between may have made it a weak one. */
function knownIn(header: string | undefined): (etag: string) => boolean {
  const known = (header ?? '').split(',').map((one) => one.trim().replace(/^W\//, ''));
  return (etag) => known.includes(etag);
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
