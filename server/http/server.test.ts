import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { roles } from '@/lib/access/roles';
import { MOST_CALLS } from '@/lib/calls';
import { Failure } from '@/lib/errors';
import type { Accounts } from '../auth/accounts';
import { anAudit, anIdentity, everything } from '../auth/identity-for-tests';
import type {
  Audit,
  AuditReader,
  HistoryReader,
  Operations,
  PolicyWriter,
  RoutingReader,
  SettingsReader,
} from '../ports';
import { createGuard } from './guard';
import { createPeer } from './peer';
import { createHttpServer } from './server';

const peer = createPeer({ proxies: [] });
const admin = { headers: { authorization: 'Bearer admin' } };
const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

async function listening(operations: Partial<Operations> = {}) {
  const errors: unknown[] = [];
  const pages: string[] = [];
  const server = createHttpServer({
    mostStreams: 10,
    tls: null,
    peer,
    guard: createGuard({ peer, hosts: [] }),
    services: {
      operations: operations as Operations,
      routing: {} as RoutingReader,
      policies: {} as PolicyWriter,
      settings: {} as SettingsReader,
      history: {} as HistoryReader,
      accounts: {} as Accounts,
      audit: anAudit() as unknown as Audit & AuditReader,
      limit: async () => null,
    },
    identify: async ({ headers }) => {
      if (headers.authorization === 'Bearer away') throw new Failure('unavailable', 'Away.');
      const role = roles.find((one) => headers.authorization === `Bearer ${one}`);
      return role === undefined ? null : anIdentity(everything(role));
    },
    signIn: { 'GET /api/auth/options': (_, response) => void response.end('options') },
    isOpen: () => false,
    stream: (_, response) => response.end('stream'),
    pages: (request, response) => {
      pages.push(request.url ?? '');
      response.end('page');
    },
    metrics: { contentType: 'text/plain; version=0.0.4', text: async () => 'up 1\n' },
    health: () => ({ ok: true, body: { fine: true } }),
    onError: (error) => errors.push(error),
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stops.push(() => server.close());
  stops.push(() => server.closeAllConnections());
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('no address');
  return { url: `http://127.0.0.1:${address.port}`, port: address.port, errors, pages };
}

/** Sends a request line as it is: clients tidy addresses up. */
function raw(port: number, line: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port });
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk.toString();
    });
    socket.on('close', () => resolve(answer.split('\r\n')[0] ?? ''));
    socket.on('error', reject);
    socket.end(`${line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
  });
}

test.each(['GET //', 'GET http://', 'GET /api/%zz', 'GET ///api/stream', 'GET *'])(
  'answers %s, and goes on',
  async (line) => {
    const { port, url } = await listening();
    expect(await raw(port, line)).toMatch(/^HTTP\/1\.1 [2345]\d\d/);
    expect((await fetch(`${url}/api/health`)).status).toBe(200);
  },
);

test('keeps addresses apart: pages, the API, the stream, health', async () => {
  const { url, pages } = await listening();
  expect(await (await fetch(`${url}/clusters/x`, admin)).text()).toBe('page');
  expect(await (await fetch(`${url}/api/stream`, admin)).text()).toBe('stream');
  expect(await (await fetch(`${url}/api/health`, admin)).json()).toEqual({ fine: true });
  expect((await fetch(`${url}/api/else`)).status).toBe(404);
  expect(pages).toEqual(['/clusters/x']);
});

test('refuses a change from elsewhere before it reaches anything', async () => {
  let called = false;
  const { url } = await listening({
    start: async () => {
      called = true;
      throw new Failure('internal', 'no');
    },
  });
  const answer = await fetch(`${url}/api/trpc/operations.start`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: 'http://evil.example' },
    body: '{}',
  });
  expect(answer.status).toBe(403);
  expect(called).toBe(false);
});

test.each([
  ['DELETE /api/trpc/x', 405],
  ['TRACE /', 405],
  ['POST /', 405],
  [`GET /${'x'.repeat(17_000)}`, 414],
  // Somebody is to be known, but it is read.
  [`GET /api/stream?since=${'x'.repeat(17_000)}`, 401],
  [`GET /${'x'.repeat(70_000)}`, 431],
])('answers %.30s … with %i', async (line, status) => {
  const { port } = await listening();
  expect(await raw(port, line)).toContain(` ${status} `);
});

test.each([
  ['POST /api/trpc/x', 'content-length: 65537', 413],
  ['POST /api/else', 'content-length: 1000000000000', 413],
  ['POST /api/trpc/x', 'transfer-encoding: chunked', 411],
  ['GET /', 'content-length: 5', 400],
  ['GET /', 'transfer-encoding: chunked', 400],
])('answers %s with %s before its body comes, and hangs up', async (line, header, status) => {
  const { port, pages } = await listening();
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port });
    let text = '';
    socket.on('data', (chunk) => {
      text += String(chunk);
    });
    socket.on('close', () => resolve(text));
    socket.on('error', reject);
    // Its body never comes.
    socket.write(`${line} HTTP/1.1\r\nHost: localhost\r\n${header}\r\n\r\n`);
  });
  expect(answer).toContain(` ${status} `);
  expect(pages).toEqual([]);
});

test('takes so many calls in one request, and no more', async () => {
  const { url } = await listening({ list: () => [] });
  const ask = async (calls: number) => {
    const paths = Array.from({ length: calls }, () => 'operations.list').join();
    const inputs = Object.fromEntries(
      Array.from({ length: calls }, (_, n) => [n, { cluster: 'x' }]),
    );
    const input = encodeURIComponent(JSON.stringify(inputs));
    return (await fetch(`${url}/api/trpc/${paths}?batch=1&input=${input}`, admin)).status;
  };
  expect(await ask(MOST_CALLS)).toBe(200);
  expect(await ask(MOST_CALLS + 1)).toBe(400);
});

test('a query whose input fits no address may be posted, and is read as any other', async () => {
  const asked: unknown[] = [];
  const { url } = await listening({
    preflight: async (_, wish) => {
      asked.push(wish);
      throw new Failure('not-found', 'There is no such cluster.');
    },
  });
  const wish = { kind: 'configuration', text: `{"x":"${'y'.repeat(30_000)}"}`, seq: null };
  const post = (path: string, origin: string) =>
    fetch(`${url}/api/trpc/${path}`, {
      method: 'POST',
      headers: { ...admin.headers, 'content-type': 'application/json', origin },
      body: JSON.stringify({ cluster: 'x', wish }),
    });
  expect((await post('operations.preflight', url)).status).toBe(404);
  expect(asked).toEqual([wish]);
  // Nor does that open anything to a page elsewhere.
  expect((await post('operations.preflight', 'http://evil.example')).status).toBe(403);
});

test('a failure has its code, its status and its one sentence', async () => {
  const { url, errors } = await listening({
    preflight: () => {
      throw new Failure('not-found', 'There is no such cluster.');
    },
  });
  const about = { cluster: 'x', wish: { kind: 'resume' } };
  const input = encodeURIComponent(JSON.stringify(about));
  const answer = await fetch(`${url}/api/trpc/operations.preflight?input=${input}`, admin);
  expect(answer.status).toBe(404);
  const body = (await answer.json()) as { error: { message: string; data: { failure: string } } };
  expect(body.error.message).toBe('There is no such cluster.');
  expect(body.error.data.failure).toBe('not-found');
  expect(errors).toEqual([]);
});

test('what nobody foresaw is an internal error, reported, and told without its insides', async () => {
  const { url, errors } = await listening({
    list: () => {
      throw new Error('password=hunter2');
    },
  });
  const input = encodeURIComponent(JSON.stringify({ cluster: 'x' }));
  const answer = await fetch(`${url}/api/trpc/operations.list?input=${input}`, admin);
  expect(answer.status).toBe(500);
  expect(await answer.text()).not.toContain('hunter2');
  expect(errors).toHaveLength(1);
});

test('gives its figures to Prometheus', async () => {
  const { url } = await listening();
  const answer = await fetch(`${url}/metrics`, admin);
  expect(answer.headers.get('content-type')).toContain('text/plain');
  expect(await answer.text()).toBe('up 1\n');
});

describe('nobody known', () => {
  test('is told whether Howdah serves, and nothing else', async () => {
    const { url } = await listening();
    expect(await (await fetch(`${url}/api/health`)).json()).toEqual({ ok: true });
  });

  test('is led from a page to the sign-in page, which knows where they wanted to go', async () => {
    const { url, pages } = await listening();
    const answer = await fetch(`${url}/timeline?code=config`, { redirect: 'manual' });
    expect(answer.status).toBe(302);
    expect(answer.headers.get('location')).toBe('/sign-in?to=%2Ftimeline%3Fcode%3Dconfig');
    await fetch(`${url}/sign-in`);
    await fetch(`${url}/_next/static/x.js`);
    expect(pages).toEqual(['/sign-in', '/_next/static/x.js']);
  });

  test.each(['/api/stream?topics=fleet', '/metrics'])('is refused %s', async (path) => {
    const { url } = await listening();
    const answer = await fetch(`${url}${path}`);
    expect(answer.status).toBe(401);
    expect(await answer.text()).toBe('Sign in first.\n');
  });
});

test('who could be somebody while accounts can’t be asked is told that, not that they are nobody', async () => {
  const { url } = await listening();
  const away = { headers: { authorization: 'Bearer away' } };
  expect((await fetch(`${url}/api/stream?topics=fleet`, away)).status).toBe(503);
  expect((await fetch(`${url}/api/trpc/account.me`, away)).status).toBe(503);
});

test.each(['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE'])(
  '%s is for no address',
  async (method) => {
    const { url } = await listening();
    for (const path of [
      '/',
      '/api/stream',
      '/api/trpc/account.me',
      '/metrics',
      '/api/auth/sign-in',
    ]) {
      const answer = await fetch(`${url}${path}`, {
        method: method === 'TRACE' ? 'PROPFIND' : method,
        headers: { ...admin.headers, 'content-type': 'application/json' },
      });
      expect(answer.status).toBe(405);
    }
  },
);
