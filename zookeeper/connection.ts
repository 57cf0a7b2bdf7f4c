import { connect, type Socket } from 'node:net';
import type { ServerAddress } from './addresses';
import { Input, Malformed, Output } from './jute';
import { KeepAlive } from './keep-alive';
import { Packets } from './packets';
import { CODE, type Hello, OP, readWelcome, type Welcome, writeHello, XID } from './protocol';
import type { SessionOptions } from './types';

/** What is asked of the server, and who takes the answer. */
export interface Call {
  readonly op: number;
  readonly write: (output: Output) => void;
  /** Called once. Without an input nothing but the code is known. Does not throw but `Malformed`. */
  readonly answer: (code: number, input: Input | null) => void;
}

export interface ConnectionOptions
  extends ServerAddress,
    Hello,
    Pick<SessionOptions, 'digest' | 'gatherMs'> {
  /** How long the server has to welcome us, milliseconds. */
  readonly patienceMs: number;
}

/** One of `expired`, `refused` and `lost` ends it, unless it is closed before. */
export interface ConnectionListener {
  /** It can be used from now on. */
  welcomed(granted: Welcome): void;
  /** A watch has fired: it is gone. */
  changed(path: string): void;
  /** There is no such session any more. */
  expired(): void;
  /** The credentials are not accepted. */
  refused(): void;
  lost(): void;
}

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
  #waiting: { readonly xid: number; readonly call: Call }[] = [];
  #answered = 0;
  #flushing = false;
  #xid = 0;
  #lastZxid: bigint;
  #granted: Welcome | null = null;
  #over = false;
  #patience: NodeJS.Timeout;
  #keepAlive: KeepAlive | null = null;
  #gathering: NodeJS.Timeout | undefined;

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
          return this.#readOn();
        },
      },
    });
    this.#socket.on('connect', () => {
      // A process that was busy has only now been able to speak.
      this.#patience.refresh();
      this.#output.packet((output) => writeHello(output, options));
      this.#flush();
    });
    // What went wrong doesn't matter to a session: another server is tried in any case.
    this.#socket.on('error', () => {});
    this.#socket.on('end', () => this.#lose());
    this.#socket.on('close', () => this.#lose());
    this.#patience = setTimeout(() => {
      // What has come while we had no time to listen is heard first.
      setImmediate(() => {
        if (this.#granted === null) this.#lose();
      });
    }, options.patienceMs);
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
    const xid = (this.#xid + 1) & 0x7fffffff;
    // Whatever can't be written is its caller's to know, and nothing is waited for.
    this.#packet(xid, call);
    this.#xid = xid;
    this.#waiting.push({ xid, call });
  }

  /** Ends the session, not only the connection, as far as the server hears of it. */
  close(): void {
    this.#end({ code: CODE.sessionExpired, farewell: this.#granted !== null, tell: () => {} });
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
    this.#keepAlive?.said();
    this.#socket.write(this.#output.take());
  }

  /** @returns whether to read on now; else the socket is left alone for a moment. */
  #readOn(): boolean {
    const ms = this.#options.gatherMs?.() ?? 0;
    if (ms === 0 || this.#over) return true;
    this.#gathering = setTimeout(() => this.#socket.resume(), ms);
    return false;
  }

  #hear(chunk: Buffer): void {
    this.#keepAlive?.heard();
    try {
      this.#packets.push(chunk, (packet) => {
        if (!this.#over) this.#take(new Input(packet));
      });
    } catch (error) {
      // Whether the server or a listener failed: the rest of the chunk is gone, and we out of step.
      this.#lose();
      if (!(error instanceof Malformed)) throw error;
    }
  }

  #take(input: Input): void {
    if (this.#granted === null) {
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
        this.#takeVerdict(code, this.#granted);
        break;
      default:
        this.#takeAnswer(xid, { code, input });
    }
  }

  #takeWelcome(input: Input): void {
    const granted = readWelcome(input);
    clearTimeout(this.#patience);
    if (granted.timeoutMs <= 0) {
      this.#end({ code: CODE.sessionExpired, tell: () => this.#listener.expired() });
      return;
    }
    this.#granted = granted;
    this.#keepAlive = new KeepAlive({
      timeoutMs: granted.timeoutMs,
      ping: () => this.#packet(XID.ping, { op: OP.ping, write: () => {} }),
      onSilence: () => this.#lose(),
    });
    const { digest } = this.#options;
    if (digest === null) {
      this.#listener.welcomed(granted);
      return;
    }
    const credentials = Buffer.from(`${digest.user}:${digest.password}`);
    this.#packet(XID.auth, {
      op: OP.auth,
      write: (output) => output.int(0).text('digest').bytes(credentials),
    });
  }

  #takeVerdict(code: number, granted: Welcome): void {
    if (code === CODE.ok) {
      this.#listener.welcomed(granted);
      return;
    }
    const tell = () => this.#listener.refused();
    this.#end({ code: CODE.sessionExpired, farewell: true, tell });
  }

  #takeEvent(input: Input): void {
    const type = input.int();
    input.int();
    // Others are about the session, which we know of ourselves.
    if (type > 0) this.#listener.changed(input.text());
  }

  #takeAnswer(xid: number, { code, input }: { code: number; input: Input }): void {
    const waiting = this.#waiting[this.#answered];
    if (waiting?.xid !== xid) throw new Malformed(`an answer to ${xid}, which is not its turn`);
    this.#answered += 1;
    // Now and then, so that each answer doesn't move all that wait.
    if (this.#answered === this.#waiting.length || this.#answered >= 1024) {
      this.#waiting = this.#waiting.slice(this.#answered);
      this.#answered = 0;
    }
    waiting.call.answer(code, input);
  }

  #lose(): void {
    this.#end({ code: CODE.connectionLost, tell: () => this.#listener.lost() });
  }

  /** The one way out: hangs up, tells once how it ended, and answers all that was still asked. */
  #end({ code, tell, farewell = false }: End): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#patience);
    clearTimeout(this.#gathering);
    this.#keepAlive?.stop();
    if (farewell) this.#sayFarewell();
    else this.#socket.destroy();
    const waiting = this.#waiting.slice(this.#answered);
    this.#waiting = [];
    this.#answered = 0;
    try {
      tell();
    } finally {
      for (const { call } of waiting) call.answer(code, null);
    }
  }

  #sayFarewell(): void {
    this.#packet(this.#xid + 1, { op: OP.close, write: () => {} });
    this.#flush();
    this.#socket.end();
    setTimeout(() => this.#socket.destroy(), FAREWELL_MS).unref();
  }
}

interface End {
  /** What calls without an answer end in. */
  readonly code: number;
  readonly tell: () => void;
  /** The server is told that the session is over. */
  readonly farewell?: boolean;
}
