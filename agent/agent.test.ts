import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { question } from '@/lib/routing/agent-check';
import { agentReportShape, type Lease } from '@/lib/routing/lease';
import { type Agent, startAgent } from './agent';
import { agentOptions } from './options';
import { Stillness } from './stillness';

const TOKEN = 'a token of at least thirty-two characters';
let folder: string;
let agent: Agent | null = null;
let haproxy: Server | null = null;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'howdah-agent-'));
});
afterEach(() => {
  agent?.close();
  haproxy?.close();
  agent = null;
  haproxy = null;
  rmSync(folder, { recursive: true });
});

const started = async (socket: string | null = null): Promise<Agent> => {
  agent?.close();
  agent = await startAgent({
    check: { host: '127.0.0.1', port: 0 },
    control: { host: '127.0.0.1', port: 0 },
    token: TOKEN,
    stateFile: join(folder, 'drains'),
    haproxy: socket,
  });
  return agent;
};

/** What it says to a line, as HAProxy would ask. */
const said = ({ checkPort }: Agent, line: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(checkPort, '127.0.0.1', () => socket.write(line));
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.on('close', () => resolve(text));
    socket.on('error', reject);
  });
const about = (member: string) =>
  `${question({ cluster: 'orders', member, server: `reads/${member}` })}\n`;

const lease = (part: Partial<Lease> = {}): Lease => ({
  ...{ v: 1, holder: 'h1', name: 'Howdah on one', number: 1, ttlMs: 10_000, orders: {} },
  released: false,
  ...part,
});

async function given(
  { controlPort }: Agent,
  body: unknown,
  headers: Record<string, string> = { authorization: `Bearer ${TOKEN}` },
) {
  const answer = await fetch(`http://127.0.0.1:${controlPort}/lease`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: await answer.json() };
}

test('HAProxy is told what the lease says, and all of what it says nothing about', async () => {
  const running = await started();
  expect(await said(running, about('a'))).toBe('up ready 100%\n');
  const orders: Lease['orders'] = {
    orders: { a: { is: 'share', percent: 25 }, b: { is: 'cut', why: 'late' } },
  };
  const { status, body } = await given(running, lease({ orders }));
  expect(status).toBe(200);
  expect(agentReportShape.parse(body)).toMatchObject({
    ...{ taken: true, holder: { id: 'h1', name: 'Howdah on one' } },
    asked: [{ cluster: 'orders', member: 'a', server: 'reads/a', answer: 'up ready 25%' }],
  });
  expect(await said(running, about('a'))).toBe('up ready 25%\n');
  expect(await said(running, about('b'))).toBe('down #late\n');
  expect(await said(running, about('c'))).toBe('up ready 100%\n');
  expect(await said(running, 'GET / HTTP/1.1 and more\n')).toBe('up ready 100%\n');
});

test('nobody gives it leases without the token, nor what is no lease', async () => {
  const running = await started();
  expect((await given(running, lease(), {})).status).toBe(401);
  expect((await given(running, lease(), { authorization: 'Bearer no' })).status).toBe(401);
  expect((await given(running, { ...lease(), v: 2 })).status).toBe(400);
  expect((await given(running, lease({ ttlMs: 3_600_000 }))).status).toBe(400);
  expect(await said(running, about('a'))).toBe('up ready 100%\n');
});

test('another Howdah is told whose the lease is', async () => {
  const running = await started();
  await given(running, lease());
  const { status, body } = await given(running, lease({ holder: 'h2' }));
  expect([status, body.taken, body.holder.name]).toEqual([409, false, 'Howdah on one']);
});

test('a drain is on disk before its lease is answered, and outlives the agent', async () => {
  const first = await started();
  const orders: Lease['orders'] = { orders: { a: { is: 'drain', forMs: null } } };
  expect((await given(first, lease({ orders }))).status).toBe(200);
  expect(JSON.parse(readFileSync(join(folder, 'drains'), 'utf8')).drains).toHaveLength(1);
  const second = await started();
  expect(await said(second, about('b'))).toBe('up ready 100%\n');
  expect(await said(second, about('a'))).toBe('up drain\n');
});

test('a state file that holds something else is left alone, and said', async () => {
  writeFileSync(join(folder, 'drains'), 'something else');
  await expect(started()).rejects.toThrow(/something else than an agent's drains/);
});

describe('of HAProxy’s own figures', () => {
  const csv = (check: string) =>
    `# pxname,svname,check_status\nreads,a,${check}\nreads,b,L7OK\nreads,BACKEND,\n`;

  test('it passes on what HAProxy prints, and keeps somebody in of those whose check passes', async () => {
    let check = 'L7OK';
    haproxy = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', () => socket.end(csv(check)));
    });
    const path = join(folder, 'haproxy');
    await new Promise<void>((done) => haproxy?.listen(path, done));
    const running = await started(path);
    await said(running, about('a'));
    const orders: Lease['orders'] = {
      orders: { a: { is: 'share', percent: 100 }, b: { is: 'share', percent: 0 } },
    };
    await given(running, lease({ orders }));
    await expect.poll(() => said(running, about('b'))).toBe('up ready 0%\n');
    check = 'L7STS';
    await expect.poll(() => said(running, about('b')), { timeout: 5000 }).toBe('up ready 1%\n');
    const report = await fetch(`http://127.0.0.1:${running.controlPort}/`, {
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    expect(agentReportShape.parse(await report.json()).statistics).toBe(csv('L7STS'));
  });

  test('it says why it has none', async () => {
    const running = await started(join(folder, 'nobody'));
    const { body } = await given(running, lease());
    expect(body.statistics).toBeNull();
    await expect
      .poll(async () => (await given(running, lease({ number: Date.now() }))).body.statisticsFault)
      .toMatch(/does not answer/);
  });
});

test('one that has stood still takes nothing that may have waited', () => {
  let at = 0;
  const stillness = new Stillness(() => at);
  at = 2900;
  expect(stillness.isRecent).toBe(false);
  at = 6000;
  expect(stillness.isRecent).toBe(true);
  at = 6900;
  expect(stillness.isRecent).toBe(true);
  at = 7000;
  expect(stillness.isRecent).toBe(false);
  stillness.close();
});

test('drains that can not be kept are said, and the lease is in force all the same', async () => {
  const running = await started();
  rmSync(folder, { recursive: true });
  const orders: Lease['orders'] = { orders: { a: { is: 'drain', forMs: null } } };
  await said(running, about('b'));
  const { status, body } = await given(running, lease({ orders }));
  expect([status, body.fault]).toEqual([200, expect.stringContaining("can't be kept on disk")]);
  expect(await said(running, about('a'))).toBe('up drain\n');
  mkdirSync(folder);
});

describe('its options', () => {
  const file = () => {
    writeFileSync(join(folder, 'token'), `${TOKEN}\n`);
    return ['--token-file', join(folder, 'token'), '--state', join(folder, 'drains')];
  };

  test('have defaults but for what it must be given', () => {
    expect(agentOptions(file())).toEqual({
      check: { host: '127.0.0.1', port: 8018 },
      control: { host: '127.0.0.1', port: 8019 },
      ...{ token: TOKEN, stateFile: join(folder, 'drains'), haproxy: null },
    });
    expect(agentOptions([...file(), '--control', '[::1]:9']).control).toEqual({
      ...{ host: '::1', port: 9 },
    });
  });

  test.each([
    [['--state', 'x'], '--token-file is missing.'],
    [['--check', '8018'], '--check is an address like 127.0.0.1:8018, not "8018".'],
    [['--check', 'a:70000'], 'not "a:70000"'],
    [['--wrong'], "Unknown option '--wrong'"],
    [['--token-file', '/nowhere', '--state', 'x'], '/nowhere can’t be read'],
  ])('%j is told in one sentence', (args, says) => {
    expect(() => agentOptions(args)).toThrow(says.replace('’', "'"));
  });
});
