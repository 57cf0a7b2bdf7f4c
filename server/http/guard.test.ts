import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { createGuard } from './guard';
import { createPeer } from './peer';

const peer = createPeer({ proxies: ['10.0.0.0/8'] });
const guard = createGuard({ peer, hosts: ['Howdah.example'] });
const published = createGuard({ peer, hosts: [], url: 'https://howdah.example.org' });

const request = (method: string, headers: Record<string, string>, socket: object = {}) =>
  ({ method, headers, socket }) as unknown as IncomingMessage;
const ask = (method: string, headers: Record<string, string>) =>
  guard.refuse(request(method, headers));

describe('a request', () => {
  test.each([
    'localhost',
    'localhost:8087',
    '127.0.0.1:8087',
    '[::1]:8087',
    '[::1]',
    'LOCALHOST',
    'howdah.example',
    'Howdah.Example:443',
  ])('to %s may read', (host) => expect(ask('GET', { host })).toBeNull());

  test.each([
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example:8087',
    'evil.example:127',
    '',
    'howdah.example.evil',
  ])(
    'to the name "%s" is refused, even to read: it may be a name made to resolve to loopback',
    (host) => {
      expect(ask('GET', { host })).toContain('does not answer to the host name');
      expect(
        ask('POST', { host, origin: `http://${host}`, 'content-type': 'application/json' }),
      ).not.toBeNull();
    },
  );

  test('without a host is refused', () => expect(ask('GET', {})).not.toBeNull());
});

describe('a change', () => {
  const host = '127.0.0.1:8087';
  const json = { 'content-type': 'application/json; charset=utf-8' };
  test('from a page of this Howdah is taken', () => {
    expect(ask('POST', { host, origin: 'http://127.0.0.1:8087', ...json })).toBeNull();
    const encrypted = request(
      'POST',
      { host, origin: 'https://127.0.0.1:8087', ...json },
      {
        encrypted: true,
      },
    );
    expect(guard.refuse(encrypted)).toBeNull();
  });

  test('from the address that people use is taken, also where a proxy asks for another', () => {
    const origin = 'https://howdah.example.org';
    const forwarded = { 'x-forwarded-host': 'howdah.example.org', 'x-forwarded-proto': 'https' };
    expect(published.refuse(request('POST', { host, origin, ...json }))).toBeNull();
    const proxied = { host, origin, ...forwarded, ...json };
    const proxy = { remoteAddress: '10.0.0.1' };
    expect(published.refuse(request('POST', proxied, proxy))).toBeNull();
    const other = { ...proxied, origin: 'http://howdah.example.org' };
    expect(published.refuse(request('POST', other, proxy))).toContain('Origin');
  });

  test('is not taken by the word of somebody who is no proxy', () => {
    const origin = 'https://127.0.0.1:8087';
    expect(ask('POST', { host, origin, 'x-forwarded-proto': 'https', ...json })).toContain(
      'Origin',
    );
    const evil = { 'x-forwarded-host': 'evil.example', origin: 'http://evil.example' };
    expect(ask('POST', { host, ...evil, ...json })).toContain('Origin');
  });

  test.each([
    'http://evil.example',
    'http://127.0.0.1',
    'http://127.0.0.1:80870',
    'http://localhost:8087',
    'https://127.0.0.1:8087',
    'null',
    '',
  ])('from the origin "%s" is refused', (origin) =>
    expect(ask('POST', { host, origin, ...json })).toContain('Origin'),
  );

  test('without an origin is refused', () =>
    expect(ask('POST', { host, ...json })).toContain('Origin'));

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    '',
    'application/jsonp',
  ])('as "%s", which a form can send, is refused', (type) =>
    expect(ask('POST', { host, origin: `http://${host}`, 'content-type': type })).toContain(
      'application/json',
    ),
  );

  test.each(['PUT', 'DELETE', 'PATCH', 'OPTIONS', ''])('by %s is guarded as well', (method) =>
    expect(ask(method, { host })).not.toBeNull(),
  );
});
