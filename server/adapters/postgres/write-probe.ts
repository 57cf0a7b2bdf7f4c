import { connect, type Socket } from 'node:net';
import type pg from 'pg';
import type { WriteAttempt } from '@/lib/operations/write-outage';
import type { Clock, WritePort, WriteTarget } from '@/server/ports';
import { hostOf } from './conn-url';
import { connectTo, type Endpoint, hangUp, type Purpose } from './connect';
import { ProbeError, probeErrorOf } from './errors';

const ANSWER_MS = 1000;
/** What has been called off is waited for as long again, then the connection is given up. */
const CALLED_OFF_MS = 1000;

const writing: Purpose = {
  application: 'howdah-write-probe',
  connectMs: ANSWER_MS,
  // Longer than what is waited for here: the driver's own end would leave the server waiting.
  answerMs: ANSWER_MS + CALLED_OFF_MS + 1000,
  statementMs: ANSWER_MS,
  // Whether it is read-only is for the server to say.
  options: '',
};

/**
 * A message in the WAL, by a transaction with an id of its own: committing it writes, flushes and
 * waits for synchronous standbys as committing anything does. It needs no right and no table. A
 * standby, and a primary that is set to be read-only, isn't made to refuse it in its log.
 */
const WRITE = `
  select case when current_setting('transaction_read_only') = 'off'
    then pg_logical_emit_message(true, 'howdah', '')::text end as lsn`;

/** Through a proxy a table is written to, if one is named: nothing on the way can answer for it. */
const writeTo = (table: string) => `
  insert into ${table} (id, at) values (1, clock_timestamp())
  on conflict (id) do update set at = excluded.at returning id::text as lsn`;

interface Open {
  readonly client: pg.Client;
  readonly connUrl: string;
  readonly endpoint: Endpoint;
  /** The statement that was called off is still to end. */
  ending: Promise<unknown> | null;
  /** The server has told that it no longer waited for its standbys. */
  warned: boolean;
}

/** Tries to write on watched servers, over at most one connection for each key. */
export class PostgresWriteProbe implements WritePort {
  readonly #clock: Clock;
  readonly #open = new Map<string, Open>();
  readonly #connecting = new Map<string, AbortController>();
  readonly #sockets = new Set<Socket>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get connections(): number {
    return this.#sockets.size;
  }

  async attempt(target: WriteTarget): Promise<WriteAttempt> {
    const began = this.#clock.now();
    let open = this.#open.get(target.key);
    let address = 'PostgreSQL';
    try {
      if (open?.ending) return this.#stillEnding(open, began);
      if (open?.connUrl !== target.connUrl) {
        const wanted = hostOf(target.connUrl);
        address = `${wanted.host}:${wanted.port}`;
        open = await this.#connect(target, wanted);
      }
    } catch (error) {
      return this.#refused(error, { address, sentAt: began });
    }
    return this.#write(target, open);
  }

  forget(key: string): void {
    this.#connecting.get(key)?.abort(noMore());
    this.#connecting.delete(key);
    this.#drop(key);
  }

  close(): void {
    for (const key of [...this.#connecting.keys(), ...this.#open.keys()]) this.forget(key);
  }

  async #write({ key, table }: WriteTarget, open: Open): Promise<WriteAttempt> {
    const sentAt = this.#clock.now();
    const { host, port } = open.endpoint;
    const address = `${host}:${port}`;
    open.warned = false;
    const answer = open.client.query<{ lsn: string | null }>(
      table == null ? WRITE : writeTo(table),
    );
    // Whoever waits for it gets it; when nobody does any more it is no news.
    answer.catch(() => {});
    try {
      const result = await this.#within(ANSWER_MS, answer);
      const endedAt = this.#clock.now();
      if (result === 'late') {
        this.#callOff(key, open, answer);
        return { is: 'unsure', sentAt, endedAt, says: `${address} has not answered in time` };
      }
      if (open.warned) {
        const says = `${address} committed it without its synchronous standbys`;
        return { is: 'unsure', sentAt, endedAt, says };
      }
      if ((result.rows[0]?.lsn ?? null) !== null) return { is: 'committed', sentAt, endedAt };
      const says = `${address} is read-only`;
      return { is: 'refused', sentAt, endedAt, says, hopeless: false };
    } catch (error) {
      this.#dropIf(key, open);
      if (isOfServer(error)) return this.#refused(error, { address, sentAt });
      const { message } = probeErrorOf(error, address);
      return { is: 'unsure', sentAt, endedAt: this.#clock.now(), says: message };
    }
  }

  /**
   * A commit that waits for its standbys goes on waiting after its client has gone: it is called off
   * as psql does, so that none is left behind. What comes of it is no success, whatever it is.
   */
  #callOff(key: string, open: Open, answer: Promise<unknown>): void {
    cancel(open, (socket) => this.#count(socket));
    open.ending = this.#within(CALLED_OFF_MS, answer).then(
      (result) => {
        open.ending = null;
        if (result === 'late') this.#dropIf(key, open);
      },
      (error) => {
        open.ending = null;
        // Called off: the connection is as good as it was.
        if ((error as { code?: string }).code !== '57014') this.#dropIf(key, open);
      },
    );
  }

  async #stillEnding(open: Open, began: number): Promise<WriteAttempt> {
    await open.ending;
    const says = `${open.endpoint.host}:${open.endpoint.port} was still busy with the one before`;
    return { is: 'refused', sentAt: began, endedAt: this.#clock.now(), says, hopeless: false };
  }

  async #connect(target: WriteTarget, wanted: { host: string; port: number }): Promise<Open> {
    const { key, connUrl, settings } = target;
    this.forget(key);
    const connecting = new AbortController();
    this.#connecting.set(key, connecting);
    try {
      const checked = await this.#within(ANSWER_MS, settings.addresses.check(wanted));
      if (checked === 'late') {
        throw new ProbeError('timeout', 'its name could not be resolved in time');
      }
      if (checked.is === 'refused') throw new ProbeError('address-not-allowed', checked.says);
      const { endpoint } = checked;
      const client = await connectTo(endpoint, settings, {
        signal: connecting.signal,
        purpose: writing,
        onSocket: (socket) => this.#count(socket),
      });
      if (connecting.signal.aborted) {
        hangUp(client);
        throw noMore();
      }
      const open: Open = { client, connUrl, endpoint, ending: null, warned: false };
      client.on('notice', ({ code }) => {
        // "canceling wait for synchronous replication", and the like: committed here alone.
        if (code === '01000' || code === '57P01') open.warned = true;
      });
      client.on('end', () => this.#dropIf(key, open));
      this.#open.set(key, open);
      return open;
    } finally {
      if (this.#connecting.get(key) === connecting) this.#connecting.delete(key);
    }
  }

  async #within<T>(ms: number, awaited: Promise<T>): Promise<T | 'late'> {
    let stop = () => {};
    const late = new Promise<'late'>((resolve) => {
      stop = this.#clock.after(ms, () => resolve('late'));
    });
    return Promise.race([awaited, late]).finally(() => stop());
  }

  #refused(
    error: unknown,
    { address, sentAt }: { readonly address: string; readonly sentAt: number },
  ): WriteAttempt {
    const { code, message } = probeErrorOf(error, address);
    const hopeless = HOPELESS.has(code) || (error as { code?: string }).code === '42501';
    const says = message.replace('the monitoring user', 'the user of the write probe');
    return { is: 'refused', sentAt, endedAt: this.#clock.now(), says, hopeless };
  }

  #count(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
  }

  #dropIf(key: string, open: Open): void {
    if (this.#open.get(key) === open) this.#drop(key);
  }

  #drop(key: string): void {
    const open = this.#open.get(key);
    if (!open) return;
    this.#open.delete(key);
    hangUp(open.client);
  }
}

/** What another attempt a moment later would meet as well, whoever is primary. */
const HOPELESS: ReadonlySet<string> = new Set([
  ...['no-credentials', 'refused-auth', 'weak-auth', 'address-not-allowed', 'address-unreadable'],
]);

const noMore = () => new ProbeError('failed', 'nobody tries any more');

/** An error that the server has told: it committed nothing. */
function isOfServer(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && !code.startsWith('EPIPE');
}

/** Asks the server to give up what it does on that connection; nothing is answered. */
function cancel({ client, endpoint }: Open, onSocket: (socket: Socket) => void): void {
  const { processID, secretKey } = client as unknown as { processID: number; secretKey: number };
  const request = Buffer.alloc(16);
  request.writeInt32BE(16, 0);
  request.writeInt32BE(80877102, 4);
  request.writeInt32BE(processID, 8);
  request.writeInt32BE(secretKey, 12);
  const socket = connect({ host: endpoint.ip, port: endpoint.port, timeout: CALLED_OFF_MS });
  onSocket(socket);
  socket.on('error', () => {});
  socket.on('timeout', () => socket.destroy());
  socket.end(request);
}
