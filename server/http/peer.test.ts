import type { IncomingMessage } from 'node:http';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createPeer } from './peer';

const PROXIES = ['10.0.0.0/8', 'fd00::/8'];
const peerOf = createPeer({ proxies: PROXIES });

function asked(
  from: string | undefined,
  headers: Record<string, string> = {},
  encrypted = false,
): IncomingMessage {
  const socket = encrypted ? { remoteAddress: from, encrypted } : { remoteAddress: from };
  return { socket, headers: { host: 'howdah.example', ...headers } } as unknown as IncomingMessage;
}

describe('who asks', () => {
  test.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['::FFFF:c000:207', '192.0.2.7'],
    ['2001:DB8:0:0::1', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    [undefined, ''],
  ])('%s is written %s', (from, address) => expect(peerOf(asked(from)).address).toBe(address));

  test.each([
    ['one hop', '192.0.2.7', '192.0.2.7'],
    ['hops of our own proxies', '192.0.2.7, 10.0.0.2, fd00::3', '192.0.2.7'],
    [
      'a client that has put others before itself',
      '127.0.0.1, 198.51.100.1, 192.0.2.7',
      '192.0.2.7',
    ],
    ['a client that has put a proxy of ours before itself', '10.9.9.9, 192.0.2.7', '192.0.2.7'],
    ['a port', '192.0.2.7:4711', '192.0.2.7'],
    ['IPv6', '2001:DB8::0:7', '2001:db8::7'],
    ['IPv6 with a port', '[2001:db8::7]:4711', '2001:db8::7'],
    ['IPv6 in brackets', '[2001:db8::7]', '2001:db8::7'],
    ['IPv4 in IPv6 clothes', '::ffff:192.0.2.7', '192.0.2.7'],
    ['a proxy in IPv6 clothes', '192.0.2.7, ::ffff:10.0.0.2', '192.0.2.7'],
    ['proxies only', '10.0.0.3, 10.0.0.2', '10.0.0.3'],
    ['garbage before the client', 'unknown, 192.0.2.7', '192.0.2.7'],
    ['garbage in place of the client', '192.0.2.7, unknown, 10.0.0.2', '10.0.0.2'],
    ['nothing', '', '10.0.0.1'],
    ['an address with more behind it', '192.0.2.7 evil', '10.0.0.1'],
    ['a port that is none', '192.0.2.7:port', '10.0.0.1'],
    ['an octal look-alike', '010.0.0.1', '10.0.0.1'],
  ])('behind a proxy, by %s', (_, forwarded, address) =>
    expect(peerOf(asked('10.0.0.1', { 'x-forwarded-for': forwarded })).address).toBe(address),
  );

  test('is who is connected, whatever the headers say, unless that is a proxy', () => {
    const spoofed = {
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'evil.example',
      forwarded: 'for=127.0.0.1;proto=https',
    };
    const expected = { address: '192.0.2.7', secure: false, host: 'howdah.example' };
    expect(peerOf(asked('192.0.2.7', spoofed))).toEqual(expected);
    expect(createPeer({ proxies: [] })(asked('127.0.0.1', spoofed))).toEqual({
      ...expected,
      address: '127.0.0.1',
    });
  });

  test('is remembered after the connection has gone', () => {
    const request = asked('192.0.2.7');
    expect(peerOf(request).address).toBe('192.0.2.7');
    Object.assign(request.socket, { remoteAddress: undefined });
    expect(peerOf(request).address).toBe('192.0.2.7');
  });

  test('no client chooses its own address, whatever it sends', () => {
    const address = fc.oneof(fc.ipV4(), fc.ipV6(), fc.string(), fc.constant('10.0.0.9'));
    const hops = fc.array(fc.constantFrom('10.0.0.2', '10.1.1.1:80', '[fd00::2]:443'));
    fc.assert(
      fc.property(fc.array(address), hops, (sent, ours) => {
        // Each proxy adds whom it was asked by; the first of them was asked by the client.
        const header = [...sent, '192.0.2.7', ...ours].join(', ');
        const peer = peerOf(asked('10.0.0.1', { 'x-forwarded-for': header }));
        expect(peer.address).toBe('192.0.2.7');
        const direct = peerOf(asked('192.0.2.7', { 'x-forwarded-for': sent.join() }));
        expect(direct.address).toBe('192.0.2.7');
      }),
    );
  });
});

describe('a connection is secure', () => {
  const direct = '192.0.2.7';
  const proxy = '10.0.0.1';
  test.each([
    { how: 'by its own encryption', from: direct, says: null, encrypted: true, secure: true },
    { how: 'not without', from: direct, says: 'https', encrypted: false, secure: false },
    { how: 'by the word of a proxy', from: proxy, says: 'HTTPS', encrypted: false, secure: true },
    { how: 'not against that word', from: proxy, says: 'http', encrypted: true, secure: false },
    { how: 'as it is without a word', from: proxy, says: null, encrypted: true, secure: true },
    { how: 'by the last', from: proxy, says: 'https, http', encrypted: false, secure: false },
    { how: 'not by garbage', from: proxy, says: 'httpsx', encrypted: false, secure: false },
  ])('$how', ({ from, says, encrypted, secure }) => {
    const headers: Record<string, string> = says === null ? {} : { 'x-forwarded-proto': says };
    expect(peerOf(asked(from, headers, encrypted)).secure).toBe(secure);
  });
});

describe('the host asked for', () => {
  test.each([
    ['Howdah.Example:8087', 'howdah.example:8087'],
    ['[::1]:8087', '[::1]:8087'],
    ['a b', ''],
    ['user@howdah.example', ''],
    ['howdah.example/x', ''],
    ['', ''],
  ])('"%s" is "%s"', (host, is) => expect(peerOf(asked('192.0.2.7', { host })).host).toBe(is));

  test('is the one that a proxy was asked for', () => {
    const headers = { 'x-forwarded-host': 'evil.example, Howdah.example.org' };
    expect(peerOf(asked('10.0.0.1', headers)).host).toBe('howdah.example.org');
    expect(peerOf(asked('10.0.0.1')).host).toBe('howdah.example');
  });
});
