import { connect, type Socket } from 'node:net';
import { Input, Malformed, Output } from './jute';
import { Packets } from './packets';
import { CODE, OP, readWelcome, type SessionId, writeHello, XID } from './protocol';

/** What is asked of the server, and who takes the answer. */
export interface Call {
  readonly op: number;
  readonly write: (output: Output) => void;
  /** Called once. Without an input nothing but the code is known. */
  readonly answer: (code: number, input: Input | null) => void;
}

export interface ConnectionOptions {
  readonly host: string;
  readonly port: number;
  readonly session: SessionId;
  /** Asked for, milliseconds. */
  readonly timeoutMs: number;
  readonly lastZxid: bigint;
  /** How long the server has to welcome us, milliseconds. */
  readonly patienceMs: number;
  readonly digest: { readonly user: string; readonly password: string } | null;
}

/** Exactly one of `expired`, `refused` and `lost` ends it. */
export interface ConnectionListener {
  welcomed(granted: { readonly timeoutMs: number; readonly session: SessionId }): void;
  /** A watch has fired: it is gone. */
  changed(path: string): void;
  /** There is no such session any more. */
  expired(): void;
  /** The credentials are not accepted. */
  refused(): void;
  lost(): void;
}

/** A server that says nothing for this part of the session's timeout is given up. */
const SILENCE = 2 / 3;
/** And it is asked for a sign of life whenever we had nothing to say for this part. */
const IDLE = 1 / 3;
const READ_BYTES = 64 * 1024;
/** `close` waits this long for the server to have heard it. */
const FAREWELL_MS = 1000;

/**
 * One TCP connection to one server, on behalf of a session. Calls are sent in the order they are
 * made, those of one turn together, and answered in that order, as the protocol promises.
 */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #listener: ConnectionListener;
  readonly #socket: Socket;
  readonly #packets = new Packets();
  readonly #output = new Output();
  /** Calls without an answer, oldest first from `#answered` on. */
  #waiting: Call[] = [];
  #answered = 0;
  #flushing = false;
  #xid = 0;
  #lastZxid: bigint;
  #welcomed = false;
  #over = false;
  #heardAt = performance.now();
  #saidAt = performance.now();
  #timer: NodeJS.Timeout;

  constructor(options: ConnectionOptions, listener: ConnectionListener) {
    this.#options = options;
    this.#listener = listener;
    this.#lastZxid = options.lastZxid;
    this.#socket = connect({
      host: options.host,
      port: options.port,
      noDelay: true,
      // Read into the same memory again and again: nothing of it is kept.
      onread: {
        buffer: Buffer.allocUnsafe(READ_BYTES),
        callback: (size, buffer) => {
          this.#hear((buffer as Buffer).subarray(0, size));
          return true;
        },
      },
    });
    this.#socket.on('connect', () => {
      const { session, timeoutMs, lastZxid } = options;
      this.#output.packet((output) => writeHello(output, { session, timeoutMs, lastZxid }));
      this.#flush();
    });
    // What went wrong doesn't matter to a session: another server is tried in any case.
    this.#socket.on('error', () => {});
    this.#socket.on('close', () => this.#lose());
    this.#timer = setTimeout(() => this.#giveUpUnlessHeard(0), options.patienceMs);
  }

  /** The newest transaction the server has told of. */
  get lastZxid(): bigint {
    return this.#lastZxid;
  }

  /** Only once welcomed. */
  send(call: Call): void {
    if (this.#over) {
      call.answer(CODE.connectionLost, null);
      return;
    }
    this.#xid = (this.#xid + 1) & 0x7fffffff;
    this.#waiting.push(call);
    this.#packet(this.#xid, call);
  }

  /** Ends the session, not only the connection, as far as the server hears of it. */
  close(): void {
    if (this.#over) return;
    if (this.#welcomed) {
      this.send({ op: OP.close, write: () => {}, answer: () => {} });
      this.#flush();
      this.#socket.end();
      setTimeout(() => this.#socket.destroy(), FAREWELL_MS).unref();
    } else {
      this.#socket.destroy();
    }
    this.#end(() => {}, CODE.sessionExpired);
  }

  #packet(xid: number, { op, write }: Pick<Call, 'op' | 'write'>): void {
    this.#output.packet((output) => write(output.int(xid).int(op)));
    if (this.#flushing) return;
    this.#flushing = true;
    process.nextTick(() => this.#flush());
  }

  #flush(): void {
    this.#flushing = false;
    if (this.#output.length === 0 || this.#socket.destroyed) return;
    this.#saidAt = performance.now();
    this.#socket.write(this.#output.take());
  }

  #hear(chunk: Buffer): void {
    this.#heardAt = performance.now();
    try {
      this.#packets.push(chunk, (packet) => {
        if (!this.#over) this.#take(new Input(packet));
      });
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      this.#lose();
    }
  }

  #take(input: Input): void {
    if (!this.#welcomed) {
      this.#takeWelcome(input);
      return;
    }
    const xid = input.int();
    const zxid = input.long();
    const code = input.int();
    if (zxid > 0n) this.#lastZxid = zxid;
    switch (xid) {
      case XID.event:
        this.#takeEvent(input);
        break;
      case XID.ping:
        break;
      case XID.auth:
        if (code !== CODE.ok) this.#dismiss(() => this.#listener.refused());
        break;
      default:
        this.#takeAnswer(code, input);
    }
  }

  #takeWelcome(input: Input): void {
    const granted = readWelcome(input);
    clearTimeout(this.#timer);
    if (granted.timeoutMs <= 0) {
      this.#dismiss(() => this.#listener.expired());
      return;
    }
    this.#welcomed = true;
    this.#keepAlive(granted.timeoutMs);
    const { digest } = this.#options;
    if (digest) {
      const credentials = Buffer.from(`${digest.user}:${digest.password}`);
      this.#packet(XID.auth, {
        op: OP.auth,
        write: (output) => output.int(0).text('digest').bytes(credentials),
      });
    }
    this.#listener.welcomed(granted);
  }

  #takeEvent(input: Input): void {
    const type = input.int();
    input.int();
    // Others are about the session, which we know of ourselves.
    if (type > 0) this.#listener.changed(input.text());
  }

  #takeAnswer(code: number, input: Input): void {
    const call = this.#waiting[this.#answered];
    if (!call) {
      this.#lose();
      return;
    }
    this.#answered += 1;
    // Now and then, so that each answer doesn't move all that wait.
    if (this.#answered === this.#waiting.length || this.#answered >= 1024) {
      this.#waiting = this.#waiting.slice(this.#answered);
      this.#answered = 0;
    }
    call.answer(code, input);
  }

  #keepAlive(timeoutMs: number): void {
    const look = () => {
      const now = performance.now();
      if (now - this.#heardAt > timeoutMs * SILENCE) {
        this.#giveUpUnlessHeard(this.#heardAt);
      } else if (now - this.#saidAt > timeoutMs * IDLE) {
        this.#packet(XID.ping, { op: OP.ping, write: () => {} });
      }
    };
    this.#timer = setInterval(look, timeoutMs / 12);
  }

  /** We may have been away ourselves: what has come meanwhile is heard first. */
  #giveUpUnlessHeard(since: number): void {
    setImmediate(() => {
      if (since === 0 ? this.#welcomed : this.#heardAt !== since) return;
      this.#lose();
    });
  }

  #lose(): void {
    this.#end(() => this.#listener.lost());
    this.#socket.destroy();
  }

  #dismiss(tell: () => void): void {
    this.#end(tell, CODE.sessionExpired);
    this.#socket.destroy();
  }

  /** Tells once how it ended, then answers all that was still asked. */
  #end(tell: () => void, code: number = CODE.connectionLost): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#timer);
    tell();
    const waiting = this.#waiting.slice(this.#answered);
    this.#waiting = [];
    this.#answered = 0;
    for (const call of waiting) call.answer(code, null);
  }
}
