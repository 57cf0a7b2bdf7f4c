import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withoutSecrets } from './secrets';

describe('a secret is left out', () => {
  test.each([
    ['postgres://u:hunter2@h:5432/db', 'postgres://u:…@h:5432/db'],
    ['postgres://u:p@ss@h/db?a=b@c', 'postgres://u:…@h/db?a=b@c'],
    ['postgres://u:p/w@h/db', 'postgres://u:…@h/db'],
    ["postgres://u:it's@h", 'postgres://u:…@h'],
    ['http://:token@h/', 'http://:…@h/'],
    [
      'postgres://h/db?user=u&password=p%26q&sslmode=x',
      'postgres://h/db?user=u&password=…&sslmode=x',
    ],
    ['host=h password=hunter2 user=u', 'host=h password=… user=u'],
    ["password = 'it\\'s a secret' user=u", "password = '…' user=u"],
    ["password='it''s' user=u", "password='…' user=u"],
    ["password=it's user=u", 'password=… user=u'],
    ['password=a\\ b user=u', 'password=… user=u'],
    ['password="a b" user=u', 'password="…" user=u'],
    ['sslpassword=x PGPASSWORD=y', 'sslpassword=… PGPASSWORD=…'],
    ["password='cut off in the mid", "password='…'"],
    ['{"password": "hunter2", "a": 1}', '{"password": "…", "a": 1}'],
    ['{"password":"hun', '{"password":"…"'],
    ['{"password": 12345}', '{"password": "…"}'],
    ['postgres://u:hunt', 'postgres://u:…'],
    ['{"password": ["a", "]"], "b": 1}', '{"password": "…", "b": 1}'],
    ['{"token": {"a": {"b": "}"}}, "b": 1}', '{"token": "…", "b": 1}'],
    ['{"pass\\u0077ord": "hunter2"}', '{"pass\\u0077ord": "…"}'],
    [
      '{"primary_conninfo": "host=h password=\'it\\\\\'s\' user=u", "b": 1}',
      '{"primary_conninfo": "host=h password=\'…\' user=u", "b": 1}',
    ],
    ['{"conninfo": "host=h password=hun', '{"conninfo": "host=h password=…"'],
    [
      '{"aws_secret_access_key": "x", "api-key": "y"}',
      '{"aws_secret_access_key": "…", "api-key": "…"}',
    ],
    ['replication:\n  password: hunter 2\n  user: u', 'replication:\n  password: …\n  user: u'],
    ['password: |\n  line\n  line\nuser: u', 'password: …user: u'],
    ["token: 'it''s'\nuser: u", "token: '…'\nuser: u"],
    ['- secret: x', '- secret: …'],
    ['Authorization: Basic dTpw', 'Authorization: …'],
    ['he said password: hunter2', 'he said password: …'],
  ])('%s → %s', (text, safe) => expect(withoutSecrets(text)).toBe(safe));

  /** What is asked is that the middle of it is nowhere, whatever stands around it. */
  const secret = fc
    .tuple(fc.string({ maxLength: 6 }), fc.string({ maxLength: 6 }))
    .map(([before, after]) => `x${before}CANARY${after}`);
  const name = fc.constantFrom('password', 'sslpassword', 'PGPASSWORD', 'token', 'client_secret');

  const conninfo = (key: string, value: string) =>
    `host=h ${key}='${value.replace(/['\\]/g, '\\$&')}' user=u`;
  const forms: readonly ((key: string, value: string) => string)[] = [
    (_, value) => `postgres://u:${encodeURIComponent(value)}@h/db`,
    conninfo,
    (key, value) => `host=h ${key}=${value.replace(/[\s'"\\]/g, '\\$&')} user=u`,
    (key, value) => JSON.stringify({ a: { [key]: value }, b: [1] }),
    (key, value) => JSON.stringify({ a: { [key]: [{ c: value }] } }, null, 2),
    (key, value) => JSON.stringify({ primary_conninfo: conninfo(key, value), b: 1 }),
    (key, value) => JSON.stringify({ says: JSON.stringify({ [key]: value }) }),
    (key, value) => `a:\n  ${key}: ${JSON.stringify(value)}\n  b: 1\n`,
    (key, value) => `a:\n  ${key}: '${value.replaceAll("'", "''")}'\n  b: 1\n`,
    (key, value) => `?${key}=${encodeURIComponent(value)}&b=1`,
  ];

  test.each(forms.map((form, n) => [n, form] as const))('in form %i, whatever it is', (_, form) => {
    fc.assert(
      fc.property(name, secret, (key, value) => {
        const text = form(key, value);
        expect(text.includes('CANARY')).toBe(true);
        const safe = withoutSecrets(text);
        expect(safe).not.toContain('CANARY');
        expect(withoutSecrets(safe)).toBe(safe);
      }),
      { numRuns: 500 },
    );
  });

  test('and where the text is cut off within it', () => {
    fc.assert(
      fc.property(name, fc.constantFrom(...forms), fc.nat(5), (key, form, cut) => {
        const text = form(key, 'xxCANARYxx');
        const until = text.indexOf('CANARY') + 'CANARY'.length + (cut % 3);
        expect(withoutSecrets(text.slice(0, until))).not.toContain('CANARY');
      }),
    );
  });

  test('from JSON that is JSON afterwards, with all else as it was', () => {
    fc.assert(
      fc.property(name, secret, fc.jsonValue(), (key, value, given) => {
        const other = JSON.parse(JSON.stringify(given));
        const clean = withoutSecrets(JSON.stringify(other)) === JSON.stringify(other);
        fc.pre(clean);
        const text = JSON.stringify({ first: other, [key]: value, last: other });
        expect(JSON.parse(withoutSecrets(text))).toEqual({ first: other, [key]: '…', last: other });
      }),
    );
  });
});

describe('what holds no secret stays as it is', () => {
  test.each([
    'password authentication failed for user "u"',
    'Unexpected token: x at 5',
    'Unexpected token } in JSON at position 5',
    '{"password_encryption": "scram-sha-256", "passfile": "/x"}',
    '{"password": null, "token": "", "secret": false}',
    'http://h:8008/patroni@x',
    'http://[::1]:8008/patroni@x',
    'postgres://h1:5432,h2:5433/db?a=b@c',
    'Howdah answers on http://127.0.0.1:8087',
    'see http://h:80: nothing, nor at http://h:8087.',
    'git@host:path, a@b.c',
    'postgres://u@h/db',
    'the reason is "a secret", and 5" of it',
    '',
  ])('%s', (text) => expect(withoutSecrets(text)).toBe(text));

  test('whatever it is', () => {
    const plain = fc
      .string({ maxLength: 200 })
      .filter((text) => !/pass|pwd|secret|token|key|auth|cred|\/\//i.test(text));
    fc.assert(fc.property(plain, (text) => withoutSecrets(text) === text));
    fc.assert(
      fc.property(fc.array(plain), (texts) => {
        const text = JSON.stringify(texts);
        return withoutSecrets(text) === text;
      }),
    );
  });
});

test('it takes no longer than the text is long', () => {
  const hostile = [
    '"'.repeat(65_536),
    `password"${'\\"'.repeat(32_768)}`,
    'password='.repeat(8_000),
    '://a:b'.repeat(10_000),
    `password: ${'{"a":['.repeat(10_000)}`,
    `"password":${'{'.repeat(60_000)}`,
    `password${' '.repeat(60_000)}`,
    'password:\n'.repeat(7_000),
  ];
  for (const text of hostile) {
    const began = performance.now();
    withoutSecrets(text);
    expect(performance.now() - began, text.slice(0, 20)).toBeLessThan(1000);
  }
});
