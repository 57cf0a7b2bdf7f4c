import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clusterId } from '../topology/cluster-id';
import { defaultCheckTimes } from './haproxy-checks';
import { type HaproxyOptions, haproxyConfig } from './haproxy-config';
import { portsIn } from './haproxy-written';

const idOf = (scope: string) =>
  clusterId({ ensemble: 'main', namespace: '/service', scope, group: null });
const at = (scope: string, writePort: number, readPort: number) => ({
  ...{ id: idOf(scope), name: scope, writePort, readPort },
});
const rest = { host: 'fd00::1', port: 8008, https: true };
const routed = (...place: Parameters<typeof at>) => ({
  ...at(...place),
  leaderReads: 'fallback' as const,
  members: [{ name: `${place[0]}1`, host: '10.0.0.1', port: 5432, rest }],
});
const base: HaproxyOptions = {
  clusters: [routed('a', 5000, 5001), routed('b/c.d', 6001, 6000)],
  leftOut: [{ ...at('e', 5010, 5011), why: '"e" has no members.' }],
  bind: '127.0.0.1',
  statisticsPort: 7000,
  socket: '/run/haproxy/admin.sock',
  agent: { host: '127.0.0.1', port: 8018 },
  caFile: null,
  user: 'haproxy',
  maxConnections: 4000,
  checks: defaultCheckTimes,
  command: 'npm run howdah -- haproxy config',
};
const text = haproxyConfig(base);
const ports = {
  [idOf('a')]: { write: 5000, read: 5001 },
  [idOf('b/c.d')]: { write: 6001, read: 6000 },
  [idOf('e')]: { write: 5010, read: 5011 },
};
const read = (of: string) => {
  const written = portsIn(of);
  return written && { bind: written.bind, ports: Object.fromEntries(written.clusters) };
};

test('what was generated tells whose ports are where', () => {
  expect(read(text)).toEqual({ bind: '127.0.0.1', ports });
  for (const bind of ['*', '::1', '0.0.0.0']) {
    expect(read(haproxyConfig({ ...base, bind, agent: null }))).toEqual({ bind, ports });
  }
});

test('a port that was moved by hand is where it is', () => {
  expect(read(text.replace(':6001', ':6011'))?.ports[idOf('b/c.d')]?.write).toBe(6011);
});

test('what is not as it was generated tells nothing', () => {
  const first = '  bind 127.0.0.1:5000\n';
  const changed: Record<string, (from: string) => string> = {
    'nothing at all': () => '',
    'half of it': (from) => from.slice(0, from.indexOf('frontend statistics')),
    'another beginning': (from) => `# Mine.\n${from}`,
    'a section of their own': (from) => `${from}\nlisten mine\n  bind 127.0.0.1:9000\n`,
    'one without a blank line': (from) => `${from}frontend mine\n`,
    'a second port': (from) => from.replace(first, `${first}  bind 127.0.0.1:5002\n`),
    'one further down': (from) => from.replace('  balance', '  bind :5002\n  balance'),
    'one in defaults': (from) => from.replace('  mode tcp', '  bind :5002\n  mode tcp'),
    'no port': (from) => from.replace(first, ''),
    'a port with more to it': (from) => from.replace(first, '  bind 127.0.0.1:5000 ssl\n'),
    'another address': (from) => from.replace(first, '  bind 10.0.0.1:5000\n'),
    'a port beyond the last': (from) => from.replace(first, '  bind 127.0.0.1:65536\n'),
    'the port of another': (from) => from.replace(first, '  bind 127.0.0.1:6000\n'),
    'a cluster twice': (from) => from.replace('service:a:read', 'service:a:write'),
    'no such id': (from) => from.replaceAll('main:.2Fservice:a:', 'main:a:'),
    'line breaks of elsewhere': (from) => from.replaceAll('\n', '\r\n'),
  };
  for (const [what, change] of Object.entries(changed)) {
    expect(change(text), what).not.toBe(text);
    expect(portsIn(change(text)), what).toBeNull();
  }
});

test('no text for people is taken for a port that is reserved', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (odd) => {
      const forged = `${odd}\n# Left out: x~y~z, whose ports 1 and 2 stay its own: `;
      const [a] = base.clusters;
      if (!a) return;
      const clusters = [{ ...a, name: forged }];
      const leftOut = [{ ...at('e', 5010, 5011), why: forged }];
      const made = haproxyConfig({ ...base, clusters, leftOut, command: forged });
      expect(Object.keys(read(made)?.ports ?? {}).sort()).toEqual([idOf('a'), idOf('e')]);
    }),
  );
});
