import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { type Sight, seesAll, sightOf } from '@/lib/access/sight';
import { FakeClock } from '../fake-clock';
import type { StreamSource } from '../ports';
import { Hub } from './hub';

/** A browser's end: takes what it is sent until its buffer is full, then nothing until it drains. */
class Browser extends EventEmitter {
  readonly received: string[] = [];
  status = 0;
  full = false;
  ended = false;
  removeHeader(): void {}
  flushHeaders(): void {}
  readonly socket = this;
  writeHead(status: number): this {
    this.status = status;
    return this;
  }
  readonly writableLength = 0;
  readonly chunks: Buffer[] = [];
  write(bytes: Buffer): boolean {
    this.chunks.push(bytes);
    this.received.push(bytes.toString());
    return !this.full;
  }
  end(text?: string): void {
    if (text) this.received.push(text);
    this.ended = true;
    this.emit('close');
  }
  destroy(): void {
    this.ended = true;
    this.emit('close');
  }
  drain(): void {
    this.full = false;
    this.emit('drain');
  }
}

function start() {
  const clock = new FakeClock();
  const state = { rev: 1, made: 0, refused: null as string | null, sight: seesAll as Sight };
  const attention: string[][] = [];
  const source: StreamSource = {
    get rev() {
      return state.rev;
    },
    settled: true,
    summaries: () => ({
      full: true,
      changed: [{ id: 'a', json: `{"id":"a","n":${state.rev}}` }],
      gone: [],
    }),
    view: () => {
      state.made += 1;
      return { rev: state.rev, json: `{"n":${state.rev}}` };
    },
    samples: () => ({ reset: false, entries: [] }),
    events: () => ({ reset: false, entries: [] }),
    operation: () => null,
    routing: () => null,
    ensembles: () => ({ rev: 1, json: '[]' }),
    probing: () => ({ rev: 0, json: 'null' }),
    history: () => ({ rev: 0, json: 'null' }),
  };
  const hub = new Hub({
    clock,
    source,
    build: 'b',
    epoch: 'e',
    most: 100,
    onAttention: (ids) => attention.push([...ids]),
  });
  const join = (topics: string, headers: Record<string, string> = {}) => {
    const browser = new Browser();
    const request = { url: `/api/stream?topics=${encodeURIComponent(topics)}`, headers };
    hub.subscribe(request as unknown as IncomingMessage, browser as unknown as ServerResponse, {
      sight: state.sight,
      ended: () => state.refused,
      shares: headers.from === undefined ? [] : [{ of: headers.from, most: 2 }],
    });
    return browser;
  };
  const change = async () => {
    state.rev += 1;
    hub.notify();
    await clock.pass(100);
  };
  return { clock, state, hub, join, change, attention };
}

describe('the hub', () => {
  test('has so many streams in all and so many for each, and their places are used again', () => {
    const { join, hub } = start();
    const from = (who: string) => join('fleet', { from: who });
    const first = from('a');
    expect([first.status, from('a').status, from('a').status]).toEqual([200, 200, 503]);
    first.emit('close');
    expect([from('a').status, from('a').status]).toEqual([200, 503]);
    for (let n = 2; n < 100; n += 1) expect(join('fleet').status).toBe(200);
    expect(hub.figures.streams).toBe(100);
    expect(from('b').status).toBe(503);
  });

  test('greets, tells everything, then what changes', async () => {
    const { join, change } = start();
    const browser = join('fleet,cluster:a');
    expect(browser.status).toBe(200);
    expect(browser.received[0]).toContain('"type":"hello"');
    expect(browser.received[1]).toContain('"n":1');
    await change();
    expect(browser.received.at(-1)).toContain('"n":2');
  });

  test('gathers what changes together', async () => {
    const { join, hub, state, clock } = start();
    const browser = join('fleet');
    const before = browser.received.length;
    for (let i = 0; i < 50; i += 1) {
      state.rev += 1;
      hub.notify();
    }
    await clock.pass(100);
    expect(browser.received.length).toBe(before + 1);
  });

  test('sends nothing to whoever does not take it, and keeps nothing for them', async () => {
    const { join, change, state, clock } = start();
    const browser = join('fleet,cluster:a');
    browser.full = true;
    await change();
    const { length } = browser.received;
    const { made } = state;
    for (let i = 0; i < 1000; i += 1) await change();
    await clock.pass(60_000);
    expect(browser.received.length).toBe(length);
    // Nothing was even put together.
    expect(state.made).toBe(made);
    browser.drain();
    expect(browser.received.length).toBe(length + 1);
    expect(browser.received.at(-1)).toContain(`"n":${state.rev}`);
  });

  test('does not let one who is slow hold up another', async () => {
    const { join, change, state } = start();
    join('fleet').full = true;
    const quick = join('fleet');
    await change();
    await change();
    expect(quick.received.at(-1)).toContain(`"n":${state.rev}`);
  });

  test('goes on from the id of the last event', () => {
    const { join } = start();
    const id = /^id: (.*)$/m.exec(join('fleet').received.join(''))?.[1] ?? '';
    expect(join('fleet', { 'last-event-id': id }).received).toHaveLength(1);
    expect(join('fleet', { 'last-event-id': 'damaged' }).received).toHaveLength(2);
  });

  test('knows which clusters somebody looks at', () => {
    const { join, attention, hub } = start();
    const one = join('cluster:a');
    join('fleet,cluster:b');
    expect(attention.at(-1)?.toSorted()).toEqual(['a', 'b']);
    one.end();
    expect(attention.at(-1)).toEqual(['b']);
    expect(hub.figures.streams).toBe(1);
  });

  test('beats, so that silence means a dead connection', async () => {
    const { join, clock } = start();
    const browser = join('fleet');
    await clock.pass(11_000);
    expect(browser.received.filter((text) => text.includes('"beat"'))).toHaveLength(2);
  });

  test.each([
    'everything',
    'fleet,cluster',
    'fleet,fleets',
    Array.from({ length: 65 }, (_, i) => `cluster:${i}`).join(','),
  ])('refuses the topics %s', (topics) => expect(start().join(topics).status).toBe(400));

  test('makes the bytes once for all who stand at the same place, whenever they came', async () => {
    const { join, change, state } = start();
    const [first, second] = [join('fleet,cluster:a'), join('cluster:a,fleet')];
    await change();
    const third = join('fleet,cluster:a');
    await change();
    const { made } = state;
    await change();
    expect(state.made - made).toBe(1);
    expect(second.chunks.at(-1)).toBe(first.chunks.at(-1));
    expect(third.chunks.at(-1)).toBe(first.chunks.at(-1));
    expect(first.received.at(-1)).toContain(`"n":${state.rev}`);
  });

  test('tells at once of what is urgent, and with it of all that has changed', async () => {
    const { join, hub, state, clock } = start();
    const browser = join('fleet');
    state.rev += 1;
    hub.notify();
    const before = browser.received.length;
    hub.notify(true);
    expect(browser.received.at(-1)).toContain(`"n":${state.rev}`);
    await clock.pass(100);
    expect(browser.received.length).toBe(before + 1);
  });

  test('ends the stream of whom it may no longer answer', async () => {
    const { join, state, clock } = start();
    const browser = join('fleet');
    await clock.pass(6000);
    expect(browser.ended).toBe(false);
    state.refused = 'no longer';
    await clock.pass(6000);
    expect(browser.ended).toBe(true);
  });

  test('tells nothing to who drains after they may no longer see', async () => {
    const { join, state, change } = start();
    const browser = join('fleet');
    browser.full = true;
    await change();
    const { length } = browser.received;
    state.refused = 'no longer';
    browser.drain();
    expect(browser.received).toHaveLength(length);
    expect(browser.ended).toBe(true);
    browser.emit('drain');
    expect(browser.received).toHaveLength(length);
  });

  test('ends at once the streams of those who may no longer see, when it is told to look', () => {
    const { join, hub, state } = start();
    const browser = join('fleet');
    hub.recheck();
    expect(browser.ended).toBe(false);
    state.refused = 'no longer';
    hub.recheck();
    expect(browser.ended).toBe(true);
  });

  test('tells everything anew to who comes back and may see less, as to another process', () => {
    const { join, state } = start();
    const first = join('fleet');
    const cursor = /^id: (.*)$/m.exec(first.received.join(''))?.[1] ?? '';
    expect(join('fleet', { 'last-event-id': cursor }).received.join('')).not.toContain('fleet');
    state.sight = sightOf([{ role: 'viewer', scope: { of: 'cluster', cluster: 'a' } }]);
    const again = join('fleet', { 'last-event-id': cursor });
    expect(again.received.join('')).toContain('"type":"fleet","full":true');
    expect(again.received[0]).not.toContain('"epoch":"e"');
  });

  test('ends every stream when it closes, and takes no more', () => {
    const { join, hub } = start();
    const browser = join('fleet');
    hub.close();
    expect(browser.ended).toBe(true);
    expect(join('fleet').status).toBe(503);
  });

  test('refuses a stream that is asked for behind something else on one connection', async () => {
    const { hub } = start();
    const held: ServerResponse[] = [];
    const server = createServer((request, response) => {
      if (request.url === '/first') held.push(response);
      else hub.subscribe(request, response, { sight: seesAll, ended: () => null, shares: [] });
      // Both have been asked for: the answers may go, in their order.
      if (request.url !== '/first') held[0]?.end('first');
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const line = (path: string) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
    socket.write(line('/first') + line('/api/stream?topics=fleet'));
    let answers = '';
    for await (const chunk of socket) {
      answers += String(chunk);
      if (answers.includes('of its own')) break;
    }
    expect(answers).toMatch(/^HTTP\/1\.1 200 [\s\S]*first[\s\S]*HTTP\/1\.1 400 /);
    expect(hub.figures.streams).toBe(0);
    server.close();
  });
});
