import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Cursor, parseCursor } from '@/lib/stream/cursor';
import { type HelloFrame, WIRE_VERSION } from '@/lib/stream/frames';
import type { Clock, StreamSource } from '../ports';
import { catchUp, type Following, toEvents } from './subscriber';

export interface HubOptions {
  readonly clock: Clock;
  readonly source: StreamSource;
  readonly build: string;
  /** New for each start of the process. */
  readonly epoch: string;
  /** Which clusters somebody follows has changed. */
  readonly onAttention: (ids: ReadonlySet<string>) => void;
}

interface Subscriber {
  readonly response: ServerResponse;
  readonly following: Following;
  cursor: Cursor;
  /** The socket's buffer is full: nothing is sent, or kept for it, until it drains. */
  stalled: boolean;
}

const GATHER_MS = 30;
const BEAT_MS = 5000;
const MOST_CLUSTERS = 12;
const MOST_SUBSCRIBERS = 2000;

/** Tells every browser what it has missed, whenever something has changed. */
export class Hub {
  readonly #options: HubOptions;
  readonly #subscribers = new Set<Subscriber>();
  #scheduled = false;
  #closed = false;
  #cancelBeat: () => void = () => {};

  constructor(options: HubOptions) {
    this.#options = options;
    this.#beatLater();
  }

  get size(): number {
    return this.#subscribers.size;
  }

  /** Answers `GET /api/stream?topics=fleet,cluster:<id>&since=<cursor>` with an endless response. */
  subscribe(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://howdah');
    const following = readTopics(url.searchParams.get('topics') ?? '');
    if (this.#closed || this.#subscribers.size >= MOST_SUBSCRIBERS || following === null) {
      response.writeHead(following === null ? 400 : 503, { 'content-type': 'text/plain' });
      response.end(
        following === null ? 'Topics are "fleet" and "cluster:<id>".\n' : 'Too many streams.\n',
      );
      return;
    }
    const resumeFrom = request.headers['last-event-id'] ?? url.searchParams.get('since');
    const subscriber: Subscriber = {
      response,
      following,
      cursor: parseCursor(typeof resumeFrom === 'string' ? resumeFrom : null, this.#options.epoch),
      stalled: false,
    };
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    });
    response.on('drain', () => {
      subscriber.stalled = false;
      this.#tell(subscriber);
    });
    response.on('close', () => {
      this.#subscribers.delete(subscriber);
      this.#attention();
    });
    this.#subscribers.add(subscriber);
    const { build, epoch, clock } = this.#options;
    const hello: HelloFrame = { type: 'hello', wire: WIRE_VERSION, build, epoch, now: clock.now() };
    response.write(`retry: 1000\ndata: ${JSON.stringify(hello)}\n\n`);
    this.#attention();
    this.#tell(subscriber);
  }

  /** Something has changed: everybody is told soon, together with what else changes until then. */
  notify(): void {
    if (this.#scheduled || this.#closed) return;
    this.#scheduled = true;
    this.#options.clock.after(GATHER_MS, () => {
      this.#scheduled = false;
      for (const subscriber of this.#subscribers) this.#tell(subscriber);
    });
  }

  /** Ends every stream; browsers come back by themselves. */
  close(): void {
    this.#closed = true;
    this.#cancelBeat();
    for (const { response } of this.#subscribers) response.end();
  }

  #tell(subscriber: Subscriber): void {
    if (subscriber.stalled || this.#closed) return;
    const news = catchUp(this.#options.source, subscriber.following, subscriber.cursor);
    if (news.frames.length === 0) return;
    subscriber.cursor = news.cursor;
    subscriber.stalled = !subscriber.response.write(toEvents(news));
  }

  #attention(): void {
    const ids = new Set([...this.#subscribers].flatMap(({ following }) => following.clusters));
    this.#options.onAttention(ids);
  }

  #beatLater(): void {
    this.#cancelBeat = this.#options.clock.after(BEAT_MS, () => {
      const beat = `data: {"type":"beat","now":${this.#options.clock.now()}}\n\n`;
      for (const subscriber of this.#subscribers) {
        if (!subscriber.stalled) subscriber.stalled = !subscriber.response.write(beat);
      }
      this.#beatLater();
    });
  }
}

function readTopics(text: string): Following | null {
  const topics = text.split(',').filter((topic) => topic !== '');
  const clusters = topics
    .filter((topic) => topic.startsWith('cluster:'))
    .map((topic) => topic.slice('cluster:'.length));
  const fleet = topics.includes('fleet');
  const known = clusters.length + (fleet ? 1 : 0);
  if (known !== new Set(topics).size || clusters.length > MOST_CLUSTERS) return null;
  return { fleet, clusters };
}
