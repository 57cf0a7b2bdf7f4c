import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { PatroniSettings } from '@/server/ports';
import { reach } from './reach';
import { ask } from './rest';

const servers: Server[] = [];

/** Something that listens, and does that with whoever connects. */
function listening(then: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    then(socket);
  });
  servers.push(server);
  return new Promise((done) => {
    server.listen(0, '127.0.0.1', () => done((server.address() as { port: number }).port));
  });
}

const settings: PatroniSettings = {
  ...{ basic: null, ca: null, cert: null, key: null, insecure: false },
  addresses: {
    check: async ({ host, port }) => ({ is: 'allowed', endpoint: { host, ip: host, port } }),
  },
};
const lookingUp: PatroniSettings = {
  ...settings,
  addresses: { check: () => new Promise(() => {}) },
};
const call = (guard = async () => true) =>
  ({ method: 'POST', path: '/switchover', body: {}, guard }) as const;

afterEach(() => {
  vi.useRealTimers();
  for (const server of servers.splice(0)) server.close();
});

describe('a request is certainly not sent', () => {
  test.each([
    ['closes the connection before TLS stands', (socket: Socket) => void socket.destroy()],
    ['resets it then', (socket: Socket) => void socket.resetAndDestroy()],
    [
      'knows nothing of TLS',
      (socket: Socket) => void socket.end('HTTP/1.0 400 Bad Request\r\n\r\n'),
    ],
  ])('to one that %s', async (_, then) => {
    const port = await listening(then);
    const guard = vi.fn(async () => true);
    const answer = await ask(`https://127.0.0.1:${port}`, call(guard), settings);
    expect(answer.is).toBe('not-sent');
    expect(guard).not.toHaveBeenCalled();
  });

  test('where nobody listens, and where the guard says no', async () => {
    const port = await listening(() => {});
    const no = async () => false;
    expect(await ask(`http://127.0.0.1:${port}`, call(no), settings)).toEqual({
      ...{ is: 'not-sent', why: 'it was not to be sent any more' },
    });
    const server = servers.pop();
    await new Promise((done) => server?.close(done));
    expect((await ask(`http://127.0.0.1:${port}`, call(), settings)).is).toBe('not-sent');
  });

  test('over a connection that is closed while the guard looks', async () => {
    const sockets: Socket[] = [];
    const received: string[] = [];
    const port = await listening((socket) => {
      sockets.push(socket);
      socket.on('data', (data) => received.push(data.toString()));
    });
    const guard = async () => {
      await vi.waitFor(() => expect(sockets).toHaveLength(1));
      sockets[0]?.resetAndDestroy();
      await new Promise((done) => setTimeout(done, 50));
      return true;
    };
    expect((await ask(`http://127.0.0.1:${port}`, call(guard), settings)).is).toBe('not-sent');
    expect(received).toEqual([]);
  });

  test('while its address is looked up for too long', async () => {
    vi.useFakeTimers();
    const answer = ask('http://pg-a.example:8008', call(), lookingUp);
    await vi.advanceTimersByTimeAsync(3000);
    expect(await answer).toEqual({
      ...{ is: 'not-sent', why: 'the address of pg-a.example was not found in time' },
    });
  });
});

test('a connection that breaks once the request is on its way leaves it open whether it was received', async () => {
  const port = await listening((socket) => {
    socket.on('data', () => socket.destroy());
  });
  expect((await ask(`http://127.0.0.1:${port}`, call(), settings)).is).toBe('unanswered');
});

test('whoever is only looked up is unreachable after two seconds', async () => {
  vi.useFakeTimers();
  const reached = reach('http://pg-a.example:8008', lookingUp);
  await vi.advanceTimersByTimeAsync(2000);
  expect((await reached).is).toBe('unreachable');
});
