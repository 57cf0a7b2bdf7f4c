import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Sight } from '@/lib/access/sight';
import { type Cursor, parseCursor } from '@/lib/stream/cursor';
import { type HelloFrame, MOST_CLUSTERS, WIRE_VERSION } from '@/lib/stream/frames';
import type { Clock, StreamSource } from '../ports';
import { Places, type Share } from './places';
import type { Following } from './subscriber';
import { Telling } from './telling';

export interface HubOptions {
  readonly clock: Clock;
  readonly source: StreamSource;
  readonly build: string;
  /** New for each start of the process. */
  readonly epoch: string;
  /** How many streams there may be at once. */
  readonly most: number;
  /** Which clusters somebody follows has changed. */
  readonly onAttention: (ids: ReadonlySet<string>) => void;
}

/** For whom a stream is. */
export interface Listener {
  readonly sight: Sight;
  /** Of whose streams there may be only so many, e.g. of an address. */
  readonly shares: readonly Share[];
  /** Why it is to end; null: it may go on. Asked again and again. */
  ended(): string | null;
}

interface Subscriber {
  readonly listener: Listener;
  readonly response: ServerResponse;
  /** The body is written here: see `startBody`. */
  readonly body: Socket;
  readonly following: Following;
  /** Gives its place back; said twice it is given back once. */
  readonly giveBack: () => void;
  cursor: Cursor;
  /** The socket's buffer is full: nothing is sent, or kept for it, until it drains. */
  stalled: boolean;
}

/** What changes within this is told together; a leader's change is told at once. */
const GATHER_MS = 50;
/** Between two browsers that come back after a restart: not all in one breath. */
const RETRY_MS = { least: 500, spread: 2500 };
const BEAT_MS = 5000;

/** Tells every browser what it has missed, whenever something has changed. */
export class Hub {
  readonly #options: HubOptions;
  readonly #subscribers = new Set<Subscriber>();
  readonly #places: Places;
  #cancelTelling: (() => void) | null = null;
  #delivered = { events: 0, bytes: 0 };
  #closed = false;
  #cancelBeat: () => void = () => {};

  constructor(options: HubOptions) {
    this.#options = options;
    this.#places = new Places(options.most);
    this.#beatLater();
  }

  /** Streams, what has been written to them since the start, and what they have yet to take. */
  get figures(): {
    readonly streams: number;
    readonly stalled: number;
    readonly deliveries: number;
    readonly bytes: number;
    readonly unsentBytes: number;
  } {
    const all = [...this.#subscribers];
    return {
      streams: all.length,
      stalled: all.filter(({ stalled }) => stalled).length,
      deliveries: this.#delivered.events,
      bytes: this.#delivered.bytes,
      unsentBytes: all.reduce((sum, { body }) => sum + body.writableLength, 0),
    };
  }

  /** Answers `GET /api/stream?topics=fleet,cluster:<id>&since=<cursor>` with an endless response. */
  subscribe(request: IncomingMessage, response: ServerResponse, listener: Listener): void {
    const url = new URL(request.url ?? '/', 'http://howdah');
    const following = readTopics(url.searchParams.get('topics') ?? '', listener.sight);
    if (this.#closed || following === null) {
      response.writeHead(following === null ? 400 : 503, { 'content-type': 'text/plain' });
      response.end(
        following === null ? 'Topics are "fleet" and "cluster:<id>".\n' : 'Howdah is stopping.\n',
      );
      return;
    }
    const resumeFrom = request.headers['last-event-id'] ?? url.searchParams.get('since');
    const body = response.socket;
    if (body === null) {
      // Sent before the answer to what its connection had asked for earlier, which a stream would end.
      response.writeHead(400, { 'content-type': 'text/plain' });
      response.end('A stream wants a connection of its own.\n');
      return;
    }
    const giveBack = this.#places.take(listener.shares);
    if (giveBack === null) {
      response.writeHead(503, { 'content-type': 'text/plain' });
      response.end('Too many streams.\n');
      return;
    }
    startBody(response);
    const { build, clock } = this.#options;
    // Whoever may see more or less than before is told everything anew.
    const epoch = epochFor(this.#options.epoch, listener.sight);
    const subscriber: Subscriber = {
      listener,
      response,
      body,
      following,
      giveBack,
      cursor: parseCursor(typeof resumeFrom === 'string' ? resumeFrom : null, epoch),
      stalled: false,
    };
    body.on('drain', () => {
      subscriber.stalled = false;
      if (!this.#subscribers.has(subscriber)) return;
      // It may have stood still for long: whether they still may is asked before, not after.
      if (listener.ended() !== null) this.#end(subscriber);
      else this.#tell(subscriber, new Telling(this.#options.source));
    });
    response.on('close', () => this.#forget(subscriber));
    this.#subscribers.add(subscriber);
    const hello: HelloFrame = { type: 'hello', wire: WIRE_VERSION, build, epoch, now: clock.now() };
    const retry = Math.round(RETRY_MS.least + Math.random() * RETRY_MS.spread);
    this.#write(subscriber, Buffer.from(`retry: ${retry}\ndata: ${JSON.stringify(hello)}\n\n`));
    this.#attention();
    this.#tell(subscriber, new Telling(this.#options.source));
  }

  /**
   * Something has changed: everybody is told soon, together with what else changes until then; of
   * what is urgent at once.
   */
  notify(urgent = false): void {
    if (this.#closed) return;
    if (urgent) this.#tellAll();
    else this.#cancelTelling ??= this.#options.clock.after(GATHER_MS, () => this.#tellAll());
  }

  /** What somebody may see has changed: streams of those who may no longer see it end. */
  recheck(): void {
    for (const subscriber of [...this.#subscribers]) {
      if (subscriber.listener.ended() !== null) this.#end(subscriber);
    }
  }

  /** Ends every stream; browsers come back by themselves. */
  close(): void {
    this.#closed = true;
    this.#cancelBeat();
    this.#cancelTelling?.();
    for (const subscriber of [...this.#subscribers]) this.#end(subscriber);
  }

  /**
   * Nothing more is written, whatever its socket does. What an unread one still holds can't be
   * waited for: its reader decides when that would be.
   */
  #end(subscriber: Subscriber): void {
    const { body, response } = subscriber;
    this.#forget(subscriber);
    if (body.writableLength === 0) response.end();
    else response.destroy();
  }

  #forget(subscriber: Subscriber): void {
    subscriber.giveBack();
    if (this.#subscribers.delete(subscriber)) this.#attention();
  }

  #tellAll(): void {
    this.#cancelTelling?.();
    this.#cancelTelling = null;
    const telling = new Telling(this.#options.source);
    for (const subscriber of this.#subscribers) this.#tell(subscriber, telling);
  }

  #tell(subscriber: Subscriber, telling: Telling): void {
    if (subscriber.stalled || this.#closed) return;
    const { cursor, bytes } = telling.since(subscriber.following, subscriber.cursor);
    subscriber.cursor = cursor;
    if (bytes !== null) this.#write(subscriber, bytes);
  }

  #write(subscriber: Subscriber, bytes: Buffer): void {
    this.#delivered.events += 1;
    this.#delivered.bytes += bytes.length;
    if (!subscriber.body.write(bytes)) subscriber.stalled = true;
  }

  #attention(): void {
    const ids = new Set([...this.#subscribers].flatMap(({ following }) => following.clusters));
    this.#options.onAttention(ids);
  }

  #beatLater(): void {
    this.#cancelBeat = this.#options.clock.after(BEAT_MS, () => {
      const beat = Buffer.from(`data: {"type":"beat","now":${this.#options.clock.now()}}\n\n`);
      for (const subscriber of this.#subscribers) {
        if (subscriber.listener.ended() !== null) this.#end(subscriber);
        else if (!subscriber.stalled) this.#write(subscriber, beat);
      }
      this.#beatLater();
    });
  }
}

/**
 * Starts a response that ends with its connection, as HTTP allows, so that its body is what is
 * written to the socket: everybody gets the very same bytes, without a frame of chunks around them
 * that takes Node longer to make than to send.
 */
function startBody(response: ServerResponse): void {
  response.removeHeader('transfer-encoding');
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
    connection: 'close',
  });
  response.flushHeaders();
}

function readTopics(text: string, sight: Sight): Following | null {
  const topics = text.split(',').filter((topic) => topic !== '');
  const clusters = topics
    .filter((topic) => topic.startsWith('cluster:'))
    .map((topic) => topic.slice('cluster:'.length));
  const fleet = topics.includes('fleet');
  const known = clusters.length + (fleet ? 1 : 0);
  if (known !== new Set(topics).size || clusters.length > MOST_CLUSTERS) return null;
  return { fleet, clusters, sight, key: `${topics.sort().join()} ${sight.key}` };
}

/** A cursor counts what one sight has been told: another begins anew. */
function epochFor(epoch: string, sight: Sight): string {
  if (sight.all) return epoch;
  return `${epoch}.${createHash('sha256').update(sight.key).digest('hex').slice(0, 12)}`;
}
