import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type Config, ConfigError, loadConfig, loadStoreConfig } from './config';

const folder = mkdtempSync(join(tmpdir(), 'howdah-config-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

function file(text: string): string {
  const path = join(folder, `${files++}`);
  writeFileSync(path, text);
  return path;
}

function load(yaml: string | null, environment: Record<string, string> = {}): Config {
  const HOWDAH_CONFIG = file(yaml ?? '');
  return loadConfig({ HOWDAH_CONFIG, ...environment } as unknown as NodeJS.ProcessEnv);
}

function mistakes(yaml: string | null, environment: Record<string, string> = {}): string {
  try {
    load(yaml, environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes.join('\n');
    throw error;
  }
  throw new Error('nothing was wrong with it');
}

const key = { ensemble: 'main', namespace: '/service', scope: 'orders', group: null };
const enough = { HOWDAH_ENSEMBLE: 'zk1:2181' };

describe('a configuration', () => {
  test('of one variable is enough', () => {
    const config = load(null, enough);
    expect(config.ensembles).toMatchObject([
      {
        name: 'main',
        connect: 'zk1:2181',
        namespaces: ['/service', '/postgresql-common'],
        digest: null,
      },
    ]);
    expect(config.listen).toEqual({
      ...{ host: '127.0.0.1', port: 8087, hosts: [], proxies: [], plain: false },
      ...{ mostStreams: 2000, mostStreamsPerAddress: 200 },
    });
    expect(config.clusterSettings(key).monitor).toBeNull();
    expect(config.clusterSettings(key).writeProbe).toBeNull();
    expect(config.clusterSettings(key).patroni.basic).toBeNull();
  });

  test('names znodes to keep by their paths', () => {
    const of = (paths: string) => `ensembles: [{ connect: 'a:1', keepZnodes: [${paths}] }]`;
    expect(load(of('/app/routing/, /b'), {}).ensembles[0]?.keepZnodes).toEqual([
      '/app/routing',
      '/b',
    ]);
    expect(() => load(of('app'), {})).toThrow(/keepZnodes.*begins with "\/"/);
  });

  test('of the store needs no ensemble, and is the same as with one', () => {
    const HOWDAH_CONFIG = file('store: { folder: /x, diskMb: 5 }');
    const environment = { HOWDAH_CONFIG } as unknown as NodeJS.ProcessEnv;
    const store = loadStoreConfig(environment);
    expect(store).toMatchObject({ folder: '/x', url: null, budgetBytes: 5 * 2 ** 20 });
    expect(loadConfig({ ...environment, ...enough }).store).toEqual(store);
    expect(load(null, enough).store?.budgetBytes).toBeNull();
  });

  test('in the environment wins over the file, setting by setting', () => {
    const yaml = `
ensembles: [{ name: prod, connect: 'a:1', namespaces: [/x] }]
monitor: { user: from-file, password: from-file, database: kept }
listen: { port: 1000 }`;
    const config = load(yaml, {
      HOWDAH_ENSEMBLE: 'b:2',
      HOWDAH_MONITOR_USER: 'from-env',
      HOWDAH_PORT: '2000',
      HOWDAH_NAMESPACES: '/y/, /z',
      HOWDAH_HOST: '',
    });
    expect(config.ensembles).toMatchObject([
      { name: 'prod', connect: 'b:2', namespaces: ['/y', '/z'] },
    ]);
    expect(config.clusterSettings(key).monitor).toMatchObject({
      user: 'from-env',
      password: 'from-file',
      database: 'kept',
    });
    expect(config.listen).toMatchObject({ host: '127.0.0.1', port: 2000 });
  });

  test.each([
    [{ HOWDAH_HOST: '127.0.0.2' }],
    [{ HOWDAH_HOST: '0.0.0.0', HOWDAH_LISTEN_PLAIN: 'yes' }],
    [{ HOWDAH_HOST: '::', HOWDAH_TLS_CERT: '/cert', HOWDAH_TLS_KEY: '/key' }],
  ])('listens beyond loopback with TLS or by an explicit word: %j', (environment) => {
    const { listen } = load(null, { ...enough, ...environment });
    expect(listen.host).toBe(environment.HOWDAH_HOST);
  });

  test('has the address that people use as browsers write it', () => {
    const url = 'HTTPS://Howdah.Example.org:443/';
    expect(load(null, { ...enough, HOWDAH_URL: url }).listen.url).toBe(
      'https://howdah.example.org',
    );
  });

  test('limits connections to PostgreSQL, in all, for each host and for each cluster', () => {
    expect(load(null, enough).poll).toMatchObject({
      mostConnections: 4000,
      mostPerHost: 64,
      mostPerCluster: 32,
    });
    const { poll } = load('poll: { mostPerHost: 8 }', {
      ...enough,
      HOWDAH_POLL_MOST_CONNECTIONS: '50',
      HOWDAH_POLL_MOST_PER_CLUSTER: '3',
    });
    expect(poll).toMatchObject({ mostConnections: 50, mostPerHost: 8, mostPerCluster: 3 });
  });

  test('reads passwords from files, and the environment’s file wins over the file’s password', () => {
    const secret = file('s3cret\n');
    const yaml = 'monitor: { user: u, password: old }';
    const config = load(yaml, { ...enough, HOWDAH_MONITOR_PASSWORD_FILE: secret });
    expect(config.clusterSettings(key).monitor?.password).toBe('s3cret');
    const other = load(`monitor: { user: u, passwordFile: ${secret} }`, {
      ...enough,
      HOWDAH_MONITOR_PASSWORD: 'env',
    });
    expect(other.clusterSettings(key).monitor?.password).toBe('env');
  });

  test('has a secret of its own, in place or in a file, wherever that is said last', () => {
    const [one, other] = ['1'.repeat(32), '2'.repeat(32)];
    const secret = file(`${other}\n`);
    const folder = load(null, enough).store?.folder;
    expect(load(null, enough).secret).toEqual({ given: null, folder });
    expect(load('store: { kind: none }', enough).secret).toEqual({ given: null, folder: null });
    const given = (yaml: string, environment: Record<string, string> = {}) =>
      load(yaml, { ...enough, ...environment }).secret.given;
    expect(given(`secret: "${one}"`)).toBe(one);
    expect(given(`secretFile: ${secret}`)).toBe(other);
    expect(given(`secret: "${one}"`, { HOWDAH_SECRET_FILE: secret })).toBe(other);
    expect(given(`secretFile: ${secret}`, { HOWDAH_SECRET: one })).toBe(one);
    const short = mistakes('secret: hunter2', enough);
    expect(short).toContain('32 characters');
    expect(short).not.toContain('hunter2');
    expect(mistakes('secretFile: /nowhere', enough)).toContain('/nowhere');
  });

  test('has overrides: the last that fits and speaks of it wins', () => {
    const yaml = `
monitor: { user: general, password: p }
overrides:
  - { namespace: /service, monitor: { user: service, password: p } }
  - { scope: orders, patroni: { user: admin, password: p } }
  - { scope: orders, ensemble: other, monitor: { user: other, password: p } }`;
    const { clusterSettings } = load(yaml, enough);
    expect(clusterSettings(key).monitor?.user).toBe('service');
    expect(clusterSettings(key).patroni.basic?.user).toBe('admin');
    expect(clusterSettings({ ...key, namespace: '/x', scope: 'y' }).monitor?.user).toBe('general');
    expect(clusterSettings({ ...key, ensemble: 'other' }).monitor?.user).toBe('other');
    expect(clusterSettings({ ...key, scope: 'y' }).patroni.basic).toBeNull();
  });

  test('tries to write only where it is told as whom, for all clusters or for some', () => {
    const some = `overrides: [{ scope: orders, writeProbe: { user: some, password: p } }]`;
    const { clusterSettings } = load(some, enough);
    expect(clusterSettings(key).writeProbe).toMatchObject({
      ...{ user: 'some', password: 'p', database: 'postgres', sslmode: 'prefer', ca: null },
    });
    expect(clusterSettings({ ...key, scope: 'y' }).writeProbe).toBeNull();
    const all = load(some, {
      ...{ ...enough, HOWDAH_WRITE_PROBE_USER: 'all', HOWDAH_WRITE_PROBE_PASSWORD: 'q' },
      HOWDAH_WRITE_PROBE_SSLMODE: 'verify-full',
    }).clusterSettings;
    expect(all(key).writeProbe?.user).toBe('some');
    expect(all({ ...key, scope: 'y' }).writeProbe).toMatchObject({
      ...{ user: 'all', password: 'q', sslmode: 'verify-full' },
    });
  });

  test('lets credentials go to private networks only, or to those of a cluster', async () => {
    const yaml = `
networks: [10.0.0.0/8]
rewrite: { 'pg-a:5432': '10.1.1.1:6000' }
overrides: [{ scope: lab, networks: [192.0.2.0/24] }]`;
    const { clusterSettings } = load(yaml, enough);
    const check = (host: string, scope = 'orders') =>
      clusterSettings({ ...key, scope }).patroni.addresses.check({ host, port: 5432 });
    expect(await check('10.2.3.4')).toMatchObject({ is: 'allowed' });
    expect(await check('pg-a')).toMatchObject({ endpoint: { ip: '10.1.1.1', port: 6000 } });
    expect(await check('192.0.2.1')).toMatchObject({ is: 'refused' });
    expect(await check('192.0.2.1', 'lab')).toMatchObject({ is: 'allowed' });
    expect(await check('10.2.3.4', 'lab')).toMatchObject({ is: 'refused' });
  });
});

describe('a mistake', () => {
  test.each([
    [{ HOWDAH_PORT: '99999' }, 'HOWDAH_PORT is "99999"', '65535'],
    [{ HOWDAH_PORT: 'http' }, 'HOWDAH_PORT is "http"', 'number'],
    [{ HOWDAH_HOST: '0.0.0.0' }, 'HOWDAH_HOST is "0.0.0.0"', 'HOWDAH_LISTEN_PLAIN=yes'],
    [{ HOWDAH_HOST: '::', HOWDAH_LISTEN_PLAIN: 'no' }, 'HOWDAH_HOST is "::"', 'listen.tls'],
    [{ HOWDAH_HOST: 'a/b' }, 'HOWDAH_HOST is "a/b"', 'an address of this machine'],
    [{ HOWDAH_LISTEN_PLAIN: 'maybe' }, 'HOWDAH_LISTEN_PLAIN is "maybe"', 'yes or no'],
    [{ HOWDAH_TLS_CERT: '/x' }, 'listen.tls.key', 'HOWDAH_TLS_KEY'],
    [{ HOWDAH_URL: 'howdah.example' }, 'HOWDAH_URL', 'https://howdah.example.org'],
    [{ HOWDAH_URL: 'https://howdah.example/x' }, 'HOWDAH_URL', 'without a path'],
    [{ HOWDAH_ENSEMBLE: 'zk1:2181;zk2' }, 'HOWDAH_ENSEMBLE is "zk1:2181;zk2"', 'zk1:2181,zk2:2181'],
    [{ HOWDAH_NETWORKS: '10.0.0.0/40' }, '10.0.0.0/40', '10.0.0.0/8'],
    [{ HOWDAH_PROXIES: '10.0.0.1' }, '10.0.0.1', '10.0.0.0/8'],
    [{ HOWDAH_PROXIES: '0.0.0.0/0' }, '0.0.0.0/0', 'everybody'],
    [{ HOWDAH_NAMESPACES: 'service' }, 'service', 'starts with a slash'],
    [{ HOWDAH_SESSION_TIMEOUT_MS: '5' }, 'HOWDAH_SESSION_TIMEOUT_MS is "5"', '1000'],
    [
      { HOWDAH_MONITOR_USER: 'u', HOWDAH_MONITOR_SSLMODE: 'on' },
      'HOWDAH_MONITOR_SSLMODE is "on"',
      'verify-full',
    ],
    [{ HOWDAH_MONITOR_PASSWORD: 'x' }, 'monitor.user is missing', 'name the role'],
    [{ HOWDAH_WRITE_PROBE_PASSWORD: 'x' }, 'writeProbe.user is missing', 'tries to write'],
    [{ HOWDAH_POLL_MOST_CONNECTIONS: '0' }, 'HOWDAH_POLL_MOST_CONNECTIONS is "0"', '>0'],
    [{ HOWDAH_LOG: 'loud' }, 'HOWDAH_LOG is "loud"', 'info'],
    [{ HOWDAH_PROT: '1' }, 'HOWDAH_PROT', 'not a setting'],
    [
      { HOWDAH_MONITOR_USER: 'u', HOWDAH_MONITOR_PASSWORD_FILE: '/nowhere' },
      '/nowhere',
      "can't be read",
    ],
  ])('%j names itself, its value and what would be right', (environment, names, right) => {
    const said = mistakes(null, { ...enough, ...environment });
    expect(said).toContain(names);
    expect(said).toContain(right);
  });

  test('in the file is named by its place', () => {
    expect(mistakes('ensembles: [{ connect: "a:1", tick: 1 }]')).toContain('tick in ensembles.0');
    expect(mistakes('poll: { idleMs: 1 }', enough)).toContain('poll.idleMs is 1');
    expect(mistakes('store: { diskMb: 0 }', enough)).toContain('store.diskMb is 0');
    expect(mistakes('a: [', enough)).toContain('YAML');
    expect(mistakes('')).toContain('HOWDAH_ENSEMBLE=');
    expect(() => loadConfig({ HOWDAH_CONFIG: '/nowhere/x.yaml', NODE_ENV: 'test' })).toThrow(
      'no such file',
    );
  });

  test('is told together with all others', () => {
    const said = mistakes(null, { HOWDAH_PORT: '0', HOWDAH_LOG: 'x', HOWDAH_WHAT: '1' });
    expect(said.split('\n').length).toBeGreaterThanOrEqual(3);
  });

  test.each([
    ['monitor: { user: 5, password: hunter2 }'],
    ['monitor:\n  user: u\n  password: *hunter2'],
    ['monitor:\n  user: u\n  password: "hunter2'],
    ['monitor: { user: u, password: [hunter2] }'],
    ['monitor: [{ user: u, password: hunter2 }]'],
    ['monitor: "postgres://u:hunter2@x/"'],
    ['writeProbe: { user: u, password: [hunter2] }'],
    ['writeProbe: "postgres://u:hunter2@x/"'],
    ['overrides: [{ writeProbe: [hunter2] }]'],
    ['patroni: [{ user: u, password: hunter2 }]'],
    ['ensembles: { connect: "a:1", digest: { user: u, password: hunter2 } }'],
    ['ensembles: [{ connect: "a:1", digest: { user: u, password: hunter2 } }, { connect: "b:1" }]'],
    ['overrides: { monitor: { user: u, password: hunter2 } }'],
    ['overrides: [{ monitor: [hunter2] }]'],
    ['overrides: [{ monitor: { user: u, password: { a: hunter2 } } }]'],
  ])('never shows a secret: %s', (yaml) => {
    const said = mistakes(yaml, yaml.startsWith('ensembles') ? {} : enough);
    expect(said).not.toBe('');
    expect(said).not.toContain('hunter2');
  });
});
