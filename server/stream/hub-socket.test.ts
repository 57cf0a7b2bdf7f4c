import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { seesAll } from '@/lib/access/sight';
import { FakeClock } from '../fake-clock';
import type { StreamSource } from '../ports';
import { Hub } from './hub';

/** So much of it that no system's buffers hold many. */
const MUCH = 'x'.repeat(500_000);

function start() {
  const state = { rev: 1, refused: null as string | null };
  const source: StreamSource = {
    get rev() {
      return state.rev;
    },
    settled: true,
    summaries: () => ({
      full: true,
      changed: [{ id: 'a', json: `{"n":${state.rev},"much":"${MUCH}"}` }],
      gone: [],
    }),
    view: () => null,
    samples: () => ({ reset: false, entries: [] }),
    events: () => ({ reset: false, entries: [] }),
    operation: () => null,
    routing: () => null,
    ensembles: () => ({ rev: 1, json: '[]' }),
    probing: () => ({ rev: 0, json: 'null' }),
    history: () => ({ rev: 0, json: 'null' }),
  };
  const hub = new Hub({
    ...{ clock: new FakeClock(), source, build: 'b', epoch: 'e', most: 1, onAttention: () => {} },
  });
  const server = createServer((request, response) =>
    hub.subscribe(request, response, { sight: seesAll, ended: () => state.refused, shares: [] }),
  );
  return { state, hub, server };
}

/** A browser that takes nothing, told of changes until its buffers are full. */
async function unread({ state, hub, server }: ReturnType<typeof start>) {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').pause();
  socket.write('GET /?topics=fleet HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await once(server, 'request');
  while (hub.figures.unsentBytes === 0) {
    state.rev += 1;
    hub.notify(true);
    await turn();
  }
  return socket;
}

test('who has taken nothing for long and may no longer see gets no later state, and holds no place', async () => {
  const parts = start();
  const { state, hub, server } = parts;
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const socket = await unread(parts);
  expect(hub.figures).toMatchObject({ streams: 1, stalled: 1 });
  const seen = state.rev;

  state.refused = 'no longer';
  hub.recheck();
  expect(hub.figures.streams).toBe(0);
  state.rev = seen + 1000;
  hub.notify(true);
  // What was under way may still arrive; nothing that came to be after it.
  let text = '';
  socket.on('data', (chunk) => {
    text += String(chunk);
  });
  socket.on('error', () => {});
  socket.resume();
  await once(socket, 'close');
  expect(text).toContain('"type":"hello"');
  expect(text).not.toContain(`"n":${state.rev}`);

  // There is one place in all, and it is free again.
  state.refused = null;
  const next = await unread(parts);
  expect(hub.figures.streams).toBe(1);
  next.destroy();
  hub.close();
  server.close();
});
