import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { get as getByTls } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  connect,
  type DetailedPeerCertificate,
  type SecureVersion,
  type TLSSocket,
} from 'node:tls';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { freePort, signedIn, waitFor } from '@/sandbox';

/** The product as a process of its own, of an ensemble that isn't there: it serves all the same. */

let folder: string;
const children: ChildProcess[] = [];
const file = (name: string) => join(folder, name);

function makeCertificate(name: string): void {
  const args = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1'];
  const out = ['-keyout', file(`${name}.key`), '-out', file(`${name}.pem`)];
  execFileSync('openssl', ['req', '-x509', ...args, ...subject, ...out], { stdio: 'ignore' });
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'howdah-listening-'));
  makeCertificate('first');
  makeCertificate('second');
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Started {
  readonly child: ChildProcess;
  readonly port: number;
  readonly said: () => string;
}

async function start(settings: Readonly<Record<string, string>>): Promise<Started> {
  const port = await freePort();
  const child = spawn(process.execPath, ['--import', 'tsx', 'server/main.ts'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      NODE_ENV: 'production',
      HOWDAH_CONFIG: file('howdah.yaml'),
      HOWDAH_ENSEMBLE: '127.0.0.1:1',
      HOWDAH_STORE: 'none',
      HOWDAH_PORT: String(port),
      ...settings,
    },
  });
  children.push(child);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      said += String(chunk);
    });
  }
  return { child, port, said: () => said };
}

/** With TLS by files of its own, which tests may replace. */
async function startWithTls(): Promise<Started> {
  writeFileSync(file('howdah.yaml'), '');
  copyFileSync(file('first.pem'), file('cert.pem'));
  copyFileSync(file('first.key'), file('key.pem'));
  const howdah = await start({
    HOWDAH_TLS_CERT: file('cert.pem'),
    HOWDAH_TLS_KEY: file('key.pem'),
    ...signedIn(folder).env,
  });
  await waitFor(() => howdah.said().includes('answers on https://'), {
    timeoutMs: 30_000,
    what: 'Howdah to listen',
  });
  return howdah;
}

async function ends(settings: Readonly<Record<string, string>>) {
  writeFileSync(file('howdah.yaml'), '');
  const { child, said } = await start(settings);
  const [code] = (await once(child, 'close')) as [number];
  return { code, said: said() };
}

function handshake(port: number, version?: SecureVersion): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const versions = version ? { minVersion: version, maxVersion: version } : {};
    const socket = connect(
      {
        ...{ host: '127.0.0.1', port, rejectUnauthorized: false },
        ...{ ciphers: 'DEFAULT@SECLEVEL=0', ...versions },
      },
      () => resolve(socket),
    );
    socket.once('error', reject);
  });
}

async function presented(port: number): Promise<string> {
  const socket = await handshake(port);
  const { subject } = socket.getPeerCertificate() as DetailedPeerCertificate;
  socket.destroy();
  return String(subject.CN);
}

test('speaks HTTPS by the certificate it is given, and no TLS older than 1.2', async () => {
  const { port } = await startWithTls();
  const status = await new Promise((resolve, reject) => {
    const ca = readFileSync(file('first.pem'));
    getByTls({ host: '127.0.0.1', port, path: '/api/health', ca }, (answer) =>
      resolve(answer.resume().statusCode),
    ).on('error', reject);
  });
  expect(status).toBe(200);
  (await handshake(port, 'TLSv1.2')).destroy();
  await expect(handshake(port, 'TLSv1.1')).rejects.toThrow(/version/i);
});

test('streams by TLS as without', async () => {
  const { port } = await startWithTls();
  const socket = await handshake(port);
  let told = '';
  socket.on('data', (chunk) => {
    told += String(chunk);
  });
  const { authorization } = signedIn(folder).headers;
  const head = ['GET /api/stream?topics=fleet HTTP/1.1', 'Host: localhost'];
  socket.write(`${[...head, `Authorization: ${authorization}`].join('\r\n')}\r\n\r\n`);
  await waitFor(() => told.includes('"type":"hello"'), { timeoutMs: 10_000, what: 'a greeting' });
  socket.destroy();
});

test('a renewed certificate is taken up on SIGHUP; one that can not be used is not', async () => {
  const { child, port, said } = await startWithTls();
  const open = await handshake(port);
  expect(await presented(port)).toBe('first');

  copyFileSync(file('second.pem'), file('cert.pem'));
  child.kill('SIGHUP');
  await waitFor(() => said().includes('stays as it was'), { timeoutMs: 10_000, what: 'a refusal' });
  expect(await presented(port)).toBe('first');

  copyFileSync(file('second.key'), file('key.pem'));
  child.kill('SIGHUP');
  await waitFor(() => said().includes('read again'), { timeoutMs: 10_000, what: 'the new one' });
  expect(await presented(port)).toBe('second');

  expect(child.exitCode).toBeNull();
  const answer = once(open, 'data');
  open.write('GET /api/health HTTP/1.1\r\nHost: localhost\r\n\r\n');
  expect(String(await answer)).toMatch(/^HTTP\/1\.1 200/);
  open.destroy();
});

test.each([
  [{ HOWDAH_HOST: '0.0.0.0' }, 'HOWDAH_HOST is "0.0.0.0": without TLS'],
  [{ HOWDAH_TLS_CERT: '/nowhere/a', HOWDAH_TLS_KEY: '/nowhere/b' }, "listen.tls can't be used"],
])('ends with 2 and one sentence where it may not listen so: %j', async (settings, sentence) => {
  const { code, said } = await ends(settings as Record<string, string>);
  expect(code).toBe(2);
  expect(said).toContain(sentence);
  expect(said.trim().split('\n')).toHaveLength(1);
});

test('ends with 2 where certificate and key are no pair', async () => {
  const { code, said } = await ends({
    HOWDAH_TLS_CERT: file('first.pem'),
    HOWDAH_TLS_KEY: file('second.key'),
  });
  expect(code).toBe(2);
  expect(said).toContain('key values mismatch');
});

test('listens beyond loopback by an explicit word, and answers to the names it was told', async () => {
  writeFileSync(file('howdah.yaml'), '');
  const { port, said } = await start({
    HOWDAH_HOST: '0.0.0.0',
    HOWDAH_LISTEN_PLAIN: 'yes',
    HOWDAH_URL: 'https://howdah.example.org',
  });
  await waitFor(() => said().includes('answers on'), { timeoutMs: 30_000, what: 'it to listen' });
  // `fetch` says whom it connects to, whatever it is told.
  const statusFor = (name: string) =>
    new Promise((resolve, reject) => {
      const headers = { host: name };
      get({ host: '127.0.0.2', port, path: '/api/health', headers }, (answer) =>
        resolve(answer.resume().statusCode),
      ).on('error', reject);
    });
  expect(await statusFor(`127.0.0.1:${port}`)).toBe(200);
  expect(await statusFor('howdah.example.org')).toBe(200);
  expect(await statusFor('evil.example')).toBe(403);
});
