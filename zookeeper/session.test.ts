import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { waitFor } from '@/sandbox/wait-for';
import { answer, event, FakeServer, type FakeServerOptions, znode } from './fake-server';
import { OP, XID } from './protocol';
import { openSession } from './session';
import type { SessionListener, SessionOptions, ZooKeeperSession } from './types';

/** What a real server never does, and a listener never should. */

let servers: FakeServer[] = [];
let sessions: ZooKeeperSession[] = [];
/** What was thrown where nobody could catch it. */
let uncaught: Error[] = [];
const note = (error: Error) => uncaught.push(error);
let others: NodeJS.UncaughtExceptionListener[] = [];

beforeEach(() => {
  others = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  process.on('uncaughtException', note);
});
afterEach(() => {
  for (const session of sessions) session.close();
  for (const server of servers) server.close();
  [servers, sessions, uncaught] = [[], [], []];
  process.removeAllListeners('uncaughtException');
  for (const one of others) process.on('uncaughtException', one);
});

async function serve(options: FakeServerOptions): Promise<FakeServer> {
  const server = await FakeServer.start(options);
  servers.push(server);
  return server;
}

function open(
  { address }: FakeServer,
  {
    listener = {},
    ...options
  }: Partial<SessionOptions> & { listener?: Partial<SessionListener> } = {},
) {
  const told: string[] = [];
  const tell = (what: string, act: (() => void) | undefined) => {
    told.push(what);
    act?.();
  };
  const session = openSession(
    { servers: [address], chroot: '', timeoutMs: 3000, digest: null, ...options },
    {
      connected: () => tell('connected', listener.connected),
      disconnected: () => tell('disconnected', listener.disconnected),
      closed: (why) => tell(`closed: ${why}`, () => listener.closed?.(why)),
      changed: (path) => tell(`changed: ${path}`, () => listener.changed?.(path)),
    },
  );
  sessions.push(session);
  const until = (what: string, times = 1) =>
    waitFor(() => told.filter((one) => one === what).length >= times, {
      timeoutMs: 10_000,
      everyMs: 5,
      what: () => `"${what}" ${times} times in: ${told.join(', ')}`,
    });
  return { session, told, until };
}

const readable = ({
  xid,
  op,
  input,
  socket,
}: Parameters<NonNullable<FakeServerOptions['on']>>[0]) => {
  if (op === OP.data) socket.write(answer(xid, { body: znode(`of ${input.text()}`) }));
};
const text = (found: Promise<{ data: Buffer } | null>) =>
  found.then(
    (one) => one?.data.toString() ?? null,
    (error: { code: string }) => error.code,
  );

describe('a session', () => {
  test('never gives one call what another has asked for, also after a listener that fails', async () => {
    const server = await serve({
      on: (asked) => {
        const { xid, socket } = asked;
        const path = asked.input.text();
        const found = answer(xid, { body: znode(`of ${path}`) });
        socket.write(path === '/b' ? Buffer.concat([event('/boom'), found, event('/on')]) : found);
      },
    });
    const changed = (path: string) => {
      if (path === '/boom') throw new Error('a fault of the listener');
    };
    const { session, until } = open(server, { listener: { changed } });
    await until('connected');
    expect(await text(session.data('/b', true))).toBe('connection');
    expect(uncaught.map(({ message }) => message)).toEqual(['a fault of the listener']);
    await until('connected', 2);
    expect(await text(session.data('/c', true))).toBe('of /c');
  });

  test('takes an answer out of turn for nonsense, and connects anew', async () => {
    const server = await serve({
      on: ({ xid, socket }) => socket.write(answer(xid + 1, { body: znode('of another') })),
    });
    const { session, until } = open(server);
    await until('connected');
    expect(await text(session.data('/a', false))).toBe('connection');
    await until('connected', 2);
  });

  test('answers a call whose answer has no body', async () => {
    const server = await serve({ on: ({ xid, socket }) => socket.write(answer(xid)) });
    const { session, until } = open(server);
    await until('connected');
    const [one, two] = [text(session.data('/a', false)), text(session.data('/b', false))];
    expect(await one).toBe('connection');
    expect(await two).toBe('connection');
  });

  test('connects again and answers what was asked, also when a listener fails on the loss', async () => {
    const server = await serve({});
    const disconnected = () => {
      throw new Error('a fault of the listener');
    };
    const { session, until } = open(server, { listener: { disconnected } });
    await until('connected');
    const asked = text(session.data('/a', false));
    await waitFor(() => server.ops.includes(OP.data), { timeoutMs: 5000, what: 'the call' });
    for (const socket of server.sockets) socket.destroy();
    expect(await asked).toBe('connection');
    await until('connected', 2);
    expect(uncaught).toHaveLength(1);
  });

  test('tells of a loss as soon as the server hangs up', async () => {
    const server = await serve({});
    const { session, until } = open(server);
    await until('connected');
    for (const socket of server.sockets) socket.end();
    await until('disconnected');
    expect(session.connected).toBe(false);
  });

  test('is not connected before its credentials are accepted, and says goodbye if they are not', async () => {
    const server = await serve({
      on: ({ op, socket }) => {
        if (op === OP.auth) socket.write(answer(XID.auth, { code: -115 }));
      },
    });
    const { told, until } = open(server, { digest: { user: 'a', password: 'b' } });
    await until('closed: auth-failed');
    await waitFor(() => server.ops.includes(OP.close), { timeoutMs: 5000, what: 'a goodbye' });
    expect(told).toEqual(['closed: auth-failed']);
  });

  test('is used once its credentials are accepted', async () => {
    const server = await serve({
      on: (asked) => {
        if (asked.op === OP.auth) asked.socket.write(answer(XID.auth));
        else readable(asked);
      },
    });
    const { session, until } = open(server, { digest: { user: 'a', password: 'b' } });
    await until('connected');
    expect(await text(session.data('/a', false))).toBe('of /a');
  });

  test('outlives a pause of its own process that is shorter than its timeout', async () => {
    const server = await serve({ timeoutMs: 1200, on: readable });
    const { session, told, until } = open(server, { timeoutMs: 1200 });
    await until('connected');
    // Nothing at all happens in this process meanwhile, as in a long collection of garbage.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 900);
    const pinged = server.ops.filter((op) => op === OP.ping).length;
    await waitFor(() => server.ops.filter((op) => op === OP.ping).length > pinged, {
      timeoutMs: 5000,
      what: 'a ping',
    });
    expect(await text(session.data('/a', false))).toBe('of /a');
    expect(told).toEqual(['connected']);
  });

  test('gives up a server that says nothing more', async () => {
    const server = await serve({ timeoutMs: 600 });
    const { until } = open(server, { timeoutMs: 600 });
    await until('connected');
    for (const socket of server.sockets) socket.pause();
    await until('disconnected');
  });

  test('refuses a version that can not be one, and sends nothing of it', async () => {
    const server = await serve({ on: readable });
    const { session, until } = open(server);
    await until('connected');
    await expect(session.set('/a', Buffer.from('x'), 3e9)).rejects.toMatchObject({
      code: 'bad-version',
    });
    expect(await text(session.data('/a', false))).toBe('of /a');
    expect(server.ops).not.toContain(OP.set);
  });

  test('tells a listener that is an object of a class', async () => {
    const server = await serve({});
    class Listener implements SessionListener {
      told = false;
      connected(): void {
        this.told = true;
      }
      disconnected(): void {}
      closed(): void {}
      changed(): void {}
    }
    const listener = new Listener();
    const options = { servers: [server.address], chroot: '', timeoutMs: 3000, digest: null };
    sessions.push(openSession(options, listener));
    await waitFor(() => listener.told, { timeoutMs: 5000, what: 'it to be told' });
  });
});

test('what comes piece by piece is taken in together where it may wait, and nothing of it is lost', async () => {
  const server = await serve({});
  let pieces = 0;
  const gatherMs = () => {
    pieces += 1;
    return 100;
  };
  const { told, until } = open(server, { gatherMs });
  await until('connected');
  const [socket] = server.sockets;
  const welcomed = pieces;
  for (let n = 0; n < 30; n += 1) {
    socket?.write(event(`/${n}`));
    await new Promise((resolve) => setImmediate(resolve));
  }
  await until('changed: /29');
  expect(told.slice(1)).toEqual(Array.from({ length: 30 }, (_, n) => `changed: /${n}`));
  expect(pieces - welcomed).toBeLessThan(5);
  socket?.destroy();
  await until('disconnected');
});
