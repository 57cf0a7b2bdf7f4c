import { connect, type Socket } from 'node:net';
import { known } from './signed-in';

export interface StreamOptions {
  readonly url: string;
  /** As in the address: "fleet,cluster:<id>". */
  readonly topics: string;
  /** The JSON text of each event, and when its last byte arrived on the clock of `usage.now`. */
  readonly onEvent?: (json: string, at: number) => void;
  /** Every chunk, before it is taken apart. */
  readonly onBytes?: (bytes: number) => void;
}

export interface OpenStream {
  readonly socket: Socket;
  close(): void;
}

/** A subscriber that costs as little as possible: a socket, and a search for the ends of events. */
export function openStream({ url, topics, onEvent, onBytes }: StreamOptions): OpenStream {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  const path = `/api/stream?topics=${encodeURIComponent(topics)}`;
  const head = Object.entries({ host: `${hostname}:${port}`, ...known() });
  const lines = head.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  socket.write(`GET ${path} HTTP/1.1\r\n${lines}\r\n`);
  socket.on('error', () => {});
  const unchunk = new Unchunker();
  let rest = '';
  socket.on('data', (chunk) => {
    onBytes?.(chunk.length);
    if (!onEvent) return;
    const at = Number(process.hrtime.bigint()) / 1e9;
    rest += unchunk.take(chunk);
    for (let end = rest.indexOf('\n\n'); end >= 0; end = rest.indexOf('\n\n')) {
      const event = rest.slice(0, end);
      rest = rest.slice(end + 2);
      const data = event.startsWith('data: ') ? event : (/^data: .*$/m.exec(event)?.[0] ?? '');
      if (data !== '') onEvent(data.slice('data: '.length), at);
    }
  });
  return { socket, close: () => socket.destroy() };
}

/** Takes the head and, where there are any, HTTP's chunk frames off a response, so that its body is left. */
class Unchunker {
  #pending: Buffer = Buffer.alloc(0);
  #inBody = false;
  #chunked = false;
  #left = 0;

  take(chunk: Buffer): string {
    let data = this.#pending.length > 0 ? Buffer.concat([this.#pending, chunk]) : chunk;
    this.#pending = Buffer.alloc(0);
    if (!this.#inBody) {
      const end = data.indexOf('\r\n\r\n');
      if (end < 0) return this.#keep(data);
      this.#chunked = /^transfer-encoding: chunked\r$/im.test(data.toString('latin1', 0, end + 2));
      data = data.subarray(end + 4);
      this.#inBody = true;
    }
    return (this.#chunked ? this.#unframed(data) : data).toString('utf8');
  }

  #unframed(framed: Buffer): Buffer {
    let data = framed;
    const parts: Buffer[] = [];
    while (data.length > 0) {
      if (this.#left > 0) {
        const part = data.subarray(0, this.#left);
        parts.push(part);
        this.#left -= part.length;
        data = data.subarray(part.length);
        continue;
      }
      // A frame's end is followed by an empty line, then comes the next one's size.
      const at = data[0] === 13 ? 2 : 0;
      const end = data.indexOf('\r\n', at);
      if (end < 0) {
        this.#keep(data);
        break;
      }
      this.#left = Number.parseInt(data.subarray(at, end).toString('latin1'), 16);
      data = data.subarray(end + 2);
    }
    return Buffer.concat(parts);
  }

  #keep(data: Buffer): string {
    this.#pending = Buffer.from(data);
    return '';
  }
}
