import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { forPages, harden } from './csp';

function response() {
  const headers: Record<string, string> = {};
  const setHeader = (name: string, value: string) => {
    headers[name] = value;
  };
  return { headers, response: { setHeader } as unknown as ServerResponse };
}

function page(url: string, headers: Record<string, string> = {}, dev = false) {
  const request = { url, headers: { ...headers } } as unknown as IncomingMessage;
  const answer = response();
  forPages(request, answer.response, dev);
  const policy = answer.headers['content-security-policy'] ?? '';
  return { policy, nonce: /'nonce-([^']+)'/.exec(policy)?.[1], asked: request.headers };
}

describe('a page', () => {
  test('runs no script without the nonce of its answer, which is new each time', () => {
    const one = page('/');
    const directives = new Map(
      one.policy.split('; ').map((text) => {
        const [name = '', ...values] = text.split(' ');
        return [name, values.join(' ')];
      }),
    );
    expect(directives.get('script-src')).toBe(`'nonce-${one.nonce}' 'strict-dynamic'`);
    expect(directives.get('script-src-attr')).toBe("'none'");
    expect(directives.get('default-src')).toBe("'none'");
    expect(one.nonce).toMatch(/^[A-Za-z0-9+/]{22}==$/);
    expect(page('/').nonce).not.toBe(one.nonce);
  });

  test('may evaluate code only while it is developed', () => {
    expect(page('/', {}, true).policy).toContain("'unsafe-eval'");
    expect(page('/').policy).not.toContain('unsafe-eval');
  });

  test('gets its nonce from here, and never from who asks', () => {
    const spoofed = {
      'x-nonce': 'mine',
      'content-security-policy': "script-src 'nonce-mine'",
      'content-security-policy-report-only': "script-src 'nonce-mine'",
    };
    const { asked, nonce, policy } = page('/', { ...spoofed, accept: 'text/html' });
    expect(asked).toEqual({
      'x-nonce': nonce,
      'content-security-policy': policy,
      accept: 'text/html',
    });
  });

  test('is not told where it was forwarded from', () => {
    const headers = { 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example' };
    expect(Object.keys(page('/', headers).asked)).toEqual(['x-nonce', 'content-security-policy']);
  });

  test('has parts with a policy of their own, by which the shared stream lives', () => {
    const { policy, nonce, asked } = page('/_next/static/chunks/a.js', { 'x-nonce': 'mine' });
    expect(policy).toContain("script-src 'self'; connect-src 'self'");
    expect(nonce).toBeUndefined();
    expect(asked).toEqual({});
  });
});

describe('every answer', () => {
  const peer = { address: '192.0.2.1', secure: true, host: 'howdah.example' };
  const headersFor = (changes: Partial<typeof peer>) => {
    const answer = response();
    harden(answer.response, { ...peer, ...changes });
    return answer.headers;
  };

  test('may do nothing as a page, and is nobody else’s to use', () => {
    expect(headersFor({})).toMatchObject({
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
    });
  });

  test('asks for TLS from now on where it came by TLS, and not in the name of this machine', () => {
    expect(headersFor({})['strict-transport-security']).toMatch(/^max-age=\d+$/);
    expect(headersFor({ secure: false })).not.toHaveProperty('strict-transport-security');
    for (const host of ['localhost:8087', '127.0.0.1', '[::1]:1']) {
      expect(headersFor({ host })).not.toHaveProperty('strict-transport-security');
    }
  });
});
