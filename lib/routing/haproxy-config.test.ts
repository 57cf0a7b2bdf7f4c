import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Failure } from '../errors';
import { defaultCheckTimes } from './haproxy-checks';
import type { RoutedCluster, RoutedMember } from './haproxy-cluster';
import { type HaproxyOptions, haproxyConfig } from './haproxy-config';

const member = (name: string, more: Partial<RoutedMember> = {}): RoutedMember => ({
  name,
  host: '10.0.0.1',
  port: 5432,
  rest: { host: '10.0.0.1', port: 8008, https: false },
  ...more,
});
const alpha: RoutedCluster = {
  id: 'main~.2Fservice~alpha',
  name: 'alpha',
  members: [member('alpha-1'), member('alpha-2', { host: '10.0.0.2' })],
  leaderReads: 'fallback',
  writePort: 5000,
  readPort: 5001,
};
const base: HaproxyOptions = {
  clusters: [alpha],
  leftOut: [],
  bind: '127.0.0.1',
  statisticsPort: 7000,
  socket: '/run/haproxy/admin.sock',
  agent: { host: '127.0.0.1', port: 8018 },
  caFile: null,
  user: 'haproxy',
  maxConnections: 4000,
  checks: defaultCheckTimes,
  command: null,
};
const made = (change: Partial<HaproxyOptions> = {}) => haproxyConfig({ ...base, ...change });
const of = (change: Partial<RoutedCluster>) => made({ clusters: [{ ...alpha, ...change }] });

/** The lines of one section, without its remarks. */
function section(text: string, name: string): string[] {
  const lines = text.split('\n');
  const from = lines.indexOf(name);
  const to = lines.indexOf('', from);
  return lines
    .slice(from, to < 0 ? undefined : to)
    .map((line) => line.trim())
    .filter((line) => !line.startsWith('#'));
}
const servers = (text: string, name: string) =>
  section(text, `listen main:.2Fservice:alpha:${name}`).filter((one) => one.startsWith('server '));

test('writes go by the leader lock alone: no agent is asked', () => {
  const lines = section(made(), 'listen main:.2Fservice:alpha:write');
  expect(lines).toEqual([
    'listen main:.2Fservice:alpha:write',
    'bind 127.0.0.1:5000',
    'option httpchk GET /primary',
    'http-check expect status 200',
    'default-server rise 1',
    'server alpha-1 10.0.0.1:5432 check port 8008',
    'server alpha-2 10.0.0.2:5432 check addr 10.0.0.1 port 8008',
  ]);
});

test('reads go by the agent, and each member has a twin that goes by Patroni alone', () => {
  const [first, , last] = servers(made(), 'read');
  expect(first).toBe(
    'server alpha-1 10.0.0.1:5432 weight 100 check port 8008 agent-check agent-addr 127.0.0.1 ' +
      'agent-port 8018 agent-inter 1000ms ' +
      'agent-send "main~.2Fservice~alpha alpha-1 main:.2Fservice:alpha:read/alpha-1\\n"',
  );
  expect(last).toBe(
    'server alpha-1-last 10.0.0.1:5432 weight 100 backup check port 8008 ' +
      'inter 10000ms fastinter 1000ms downinter 2000ms',
  );
  expect(made()).toContain('option allbackups');
});

test('only where the leader never reads a promoted member is refused by Patroni', () => {
  expect(of({ leaderReads: 'never' })).toContain('httpchk GET /replica');
  expect(of({ leaderReads: 'fallback' })).toContain('httpchk GET /read-only');
  expect(of({ leaderReads: 'always' })).toContain('httpchk GET /read-only');
});

test("a cluster that is left out is named with why, and its ports are nobody else's", () => {
  const beta = { id: 'main~.2Fservice~beta', name: 'beta', writePort: 5010, readPort: 5011 };
  const left = (change = {}) => made({ leftOut: [{ ...beta, why: 'It\nis "ill".', ...change }] });
  expect(left()).toContain(
    '\n\n# Left out: main~.2Fservice~beta, whose ports 5010 and 5011 stay its own: It?is "ill".\n\n',
  );
  expect(() => left({ writePort: 5001 })).toThrow('for reads of alpha and for writes of beta.');
});

test('without an agent the leader is a backup, or reads always or never', () => {
  const alone = (leaderReads: RoutedCluster['leaderReads']) =>
    made({ agent: null, clusters: [{ ...alpha, leaderReads }] });
  expect(servers(alone('fallback'), 'read')).toEqual([
    'server alpha-1 10.0.0.1:5432 weight 100 check port 8008',
    'server alpha-2 10.0.0.2:5432 weight 100 check addr 10.0.0.1 port 8008',
    'server alpha-1-last 10.0.0.1:5432 backup track main:.2Fservice:alpha:write/alpha-1',
    'server alpha-2-last 10.0.0.2:5432 backup track main:.2Fservice:alpha:write/alpha-2',
  ]);
  expect(alone('fallback')).toContain('httpchk GET /replica');
  expect(alone('always')).toContain('httpchk GET /read-only');
  for (const text of [alone('never'), alone('always')]) {
    expect(text).not.toContain('backup');
    expect(text).not.toContain('agent-');
  }
});

test('checks over TLS go by a CA where one is named', () => {
  const secured = member('a', { rest: { host: 'pg1.example.org', port: 8008, https: true } });
  const text = made({ clusters: [{ ...alpha, members: [secured] }], caFile: '/etc/ssl/pg.pem' });
  expect(servers(text, 'write')).toEqual([
    'server a 10.0.0.1:5432 check addr pg1.example.org port 8008 ' +
      'check-ssl verify required ca-file /etc/ssl/pg.pem check-sni pg1.example.org',
  ]);
  const unproven = of({ members: [secured] });
  expect(unproven).toContain('check-ssl verify none');
  expect(unproven).toContain('# No CA was named');
});

test('IPv6 is written in brackets', () => {
  const text = made({
    bind: '::1',
    agent: { host: '::1', port: 8018 },
    clusters: [{ ...alpha, members: [member('a', { host: 'fd00::5' })] }],
  });
  expect(text).toContain('bind [::1]:5000');
  expect(text).toContain('server a [fd00::5]:5432');
  expect(text).toContain('agent-addr [::1] ');
});

test('what makes no sense is refused in one sentence', () => {
  const refusal = (makes: () => string, says: string) => {
    expect(makes).toThrow(says);
    expect(makes).toThrow(Failure);
  };
  refusal(() => of({ readPort: 5000 }), '"5000" is wanted as a port twice');
  refusal(() => of({ readPort: 7000 }), 'for statistics and for reads of alpha.');
  refusal(() => of({ readPort: 0 }), '"0" is no port.');
  refusal(() => of({ members: [] }), '"alpha" has no members.');
  refusal(() => of({ members: [member('a'), member('a')] }), '"alpha" has a member twice.');
  refusal(() => of({ members: [member('a', { host: 'a b' })] }), 'a of alpha: "a b" is no host');
  refusal(() => made({ bind: 'example.org' }), '"example.org" is no address to listen at.');
  refusal(() => made({ socket: 'admin.sock' }), '"admin.sock" is no full path');
  refusal(() => made({ socket: `/${'a'.repeat(100)}` }), 'is longer than 90 characters.');
  refusal(() => made({ caFile: '/a b' }), '"/a b" is no full path');
  refusal(() => made({ user: 'a b' }), '"a b" is no user');
  refusal(
    () =>
      made({
        clusters: [alpha, { ...alpha, writePort: 5010, readPort: 5011 }],
      }),
    '"alpha" is there twice.',
  );
});

/** What could end a word, a line, a quotation, or be more than it says. */
const odd = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc
    .array(
      fc.constantFrom('a', ' ', '"', "'", '\\', '\n', '\r', '\0', '#', '$', '{HOME}', '.if', ';'),
      { maxLength: 8 },
    )
    .map((parts) => parts.join('')),
  fc.constantFrom('a\nlisten evil', 'a check-ssl', '"\n', '*:1', '[::1]', '::1%lo', 'unix@/x'),
);
const port = fc.oneof(fc.constant(5432), fc.double(), fc.integer());

test('no value of a znode says more than it may, however odd it is', () => {
  /** Each line is one of those that an ordinary cluster makes, but for the words that are its own. */
  const LINES = [
    /^$/,
    /^(global|defaults|frontend statistics)$/,
    /^listen [\w.:-]+:(write|read)$/,
    / {2}(maxconn|user|stats|hard-stop-after|mode|timeout|option|clitcpka-|srvtcpka-|retries|default-server|http-check|balance) ?[\w/ .,-]*$/,
    /^ {2}bind 127\.0\.0\.1:\d+$/,
    /^ {2}server [\w.:-]+ (?:[\w.-]+|\[[0-9a-fA-F.:]+\]):\d+(?: weight 100)?(?: backup)? check(?: addr (?:[\w.-]+|\[[0-9a-fA-F.:]+\]))? port \d+(?: check-ssl verify none(?: check-sni [\w.-]+)?)?(?: inter 10000ms fastinter 1000ms downinter 2000ms)?(?: agent-check agent-addr 127\.0\.0\.1 agent-port 8018 agent-inter 1000ms agent-send "[\w.~-]+ [\w.!~*'()%-]+ [\w.:-]+\/[\w.:-]+\\n")?$/,
    /^ *# [\x20-\x5b\x5d-\x7e]*$/,
  ];
  fc.assert(
    fc.property(
      fc.record({
        name: odd,
        host: fc.oneof(odd, fc.constantFrom('10.0.0.1', 'fd00::1', 'pg.example.org')),
        port,
        rest: fc.record({ host: odd, port, https: fc.boolean() }),
      }),
      odd,
      odd,
      (one, name, command) => {
        for (const rest of [one.rest, { host: one.host, port: 8008, https: one.rest.https }]) {
          let text: string;
          try {
            const members = [{ ...one, rest }];
            text = made({ clusters: [{ ...alpha, name, members }], command });
          } catch (error) {
            expect(error).toBeInstanceOf(Failure);
            expect((error as Failure).code).toBe('refused');
            expect((error as Failure).message).toMatch(/^[\x20-\x7e]+\.$/);
            continue;
          }
          for (const line of text.split('\n')) {
            expect(LINES.some((allowed) => allowed.test(line)) ? '' : line).toBe('');
          }
          expect(text.match(/^listen /gm)).toHaveLength(2);
          expect(text.match(/^ {2}server /gm)).toHaveLength(3);
        }
      },
    ),
    { numRuns: 3000 },
  );
});
