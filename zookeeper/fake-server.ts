import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { Input, Output } from './jute';
import { Packets } from './packets';
import { OP, PASSWORD_BYTES, XID } from './protocol';

export interface Asked {
  readonly xid: number;
  readonly op: number;
  readonly input: Input;
  readonly socket: Socket;
}

export interface FakeServerOptions {
  readonly timeoutMs?: number;
  /** What comes of a call; pings and greetings are answered before. */
  readonly on?: (asked: Asked) => void;
}

/** A server for tests that answers as a real one never would. It runs in this process. */
export class FakeServer {
  readonly sockets = new Set<Socket>();
  readonly ops: number[] = [];
  connections = 0;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start({ timeoutMs = 3000, on = () => {} }: FakeServerOptions = {}) {
    const server = createServer();
    const fake = new FakeServer(server);
    server.on('connection', (socket) => fake.#serve(socket, { timeoutMs, on }));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return fake;
  }

  get address(): { host: string; port: number } {
    return { host: '127.0.0.1', port: (this.#server.address() as AddressInfo).port };
  }

  #serve(socket: Socket, { timeoutMs, on }: Required<FakeServerOptions>): void {
    this.connections += 1;
    this.sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => this.sockets.delete(socket));
    const packets = new Packets();
    let greeted = false;
    const take = (packet: Buffer) => {
      if (!greeted) {
        greeted = true;
        socket.write(welcome(timeoutMs));
        return;
      }
      const input = new Input(Buffer.from(packet));
      const asked = { xid: input.int(), op: input.int(), input, socket };
      this.ops.push(asked.op);
      if (asked.op === OP.ping) socket.write(answer(XID.ping));
      else on(asked);
    };
    socket.on('data', (chunk) => packets.push(chunk, take));
  }

  close(): void {
    for (const socket of this.sockets) socket.destroy();
    this.#server.close();
  }
}

function welcome(timeoutMs: number): Buffer {
  const password = Buffer.alloc(PASSWORD_BYTES, 1);
  return new Output().packet((o) => o.int(0).int(timeoutMs).long(77n).bytes(password)).take();
}

export function answer(
  xid: number,
  { code = 0, body = () => {} }: { code?: number; body?: (output: Output) => unknown } = {},
): Buffer {
  return new Output()
    .packet((output) => {
      body(output.int(xid).long(5n).int(code));
    })
    .take();
}

/** A znode that holds this text. */
export const znode = (text: string) => (output: Output) => {
  output.bytes(Buffer.from(text)).long(1n).long(1n).long(0n).long(0n).int(0).int(0).int(0);
  return output.long(0n).int(0).int(0).long(1n);
};

export function event(path: string): Buffer {
  return new Output()
    .packet((o) => o.int(XID.event).long(-1n).int(0).int(3).int(3).text(path))
    .take();
}
