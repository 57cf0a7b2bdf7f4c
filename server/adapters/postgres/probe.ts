import type { Socket } from 'node:net';
import type pg from 'pg';
import type { SettingFacts } from '@/lib/configuration/facts';
import type { Burden } from '@/lib/operations/preflight';
import type { ProbeFailure, ProbeSample } from '@/lib/topology/sample';
import type { Clock, ProbePort, ProbeTarget } from '@/server/ports';
import { burdenStatement, decodeBurden } from './burden';
import { hostOf } from './conn-url';
import { ANSWER_MS, CONNECT_MS, connectTo, hangUp } from './connect';
import { type Connection, decodeSample } from './decode';
import { ProbeError, probeErrorOf } from './errors';
import { decodeSettings, settingsStatement } from './settings';
import { hello, probeStatement, type Statement } from './statement';
import { Turns } from './turns';

interface Open extends Connection {
  readonly client: pg.Client;
  readonly connUrl: string;
  /** For messages. */
  readonly address: string;
  readonly statement: Statement;
  readonly turns: Turns;
  /** False where a pooler loses what was prepared. */
  prepares: boolean;
}

/** Longer than it takes for the turn of a member of a cluster that somebody looks at. */
const TURN_MS = 3000;

/** Asks watched servers how they are, over at most one connection each. */
export class PostgresProbe implements ProbePort {
  readonly #clock: Clock;
  readonly #open = new Map<string, Open>();
  /** What ends the connecting for a member; whoever comes later, or forgets it, does. */
  readonly #connecting = new Map<string, AbortController>();
  readonly #sockets = new Set<Socket>();
  /** Told once a member's connection is open. */
  readonly #awaiting = new Map<string, Set<(open: Open) => void>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get connections(): number {
    return this.#sockets.size;
  }

  async sample(target: ProbeTarget): Promise<ProbeSample | ProbeFailure> {
    const { connUrl, settings } = target;
    let open = this.#open.get(target.key);
    let address = open?.address ?? 'PostgreSQL';
    try {
      if (!settings) throw new ProbeError('no-credentials', 'no monitoring user is configured');
      if (open?.connUrl !== connUrl || open.turns.over) {
        const { host, port } = hostOf(connUrl);
        address = `${host}:${port}`;
        open = await this.#connect(target, { host, port });
      }
      return await this.#sampled(open);
    } catch (error) {
      // Meanwhile it may have been forgotten, and connected to anew.
      if (open && this.#open.get(target.key) === open) this.#drop(target.key);
      const { code, message } = probeErrorOf(error, address);
      return { at: this.#clock.now(), code, says: message };
    }
  }

  #sampled(open: Open): Promise<ProbeSample> {
    return open.turns.take(async () => {
      const sentAt = this.#clock.now();
      const row = await rowOf(open);
      return decodeSample(row, open, { sentAt, receivedAt: this.#clock.now() });
    });
  }

  settings(key: string): Promise<readonly SettingFacts[] | ProbeFailure> {
    return this.#asked(key, settingsStatement, decodeSettings);
  }

  burden(key: string): Promise<Burden | ProbeFailure> {
    return this.#asked(key, burdenStatement, decodeBurden);
  }

  /** Over the connection that samples come by; what comes later over it waits behind this. */
  async #asked<T>(
    key: string,
    statement: string,
    decode: (rows: unknown) => T,
  ): Promise<T | ProbeFailure> {
    const open = this.#open.get(key) ?? (await this.#opened(key));
    if (open === null) {
      const says = 'nothing is connected to it now';
      return { at: this.#clock.now(), code: 'unreachable', says };
    }
    try {
      // Its limits are the sample's own.
      const { rows } = await open.turns.take(() => open.client.query(statement));
      return decode(rows);
    } catch (error) {
      if (open.turns.over && this.#open.get(key) === open) this.#drop(key);
      const { code, message } = probeErrorOf(error, open.address);
      return { at: this.#clock.now(), code, says: message };
    }
  }

  forget(key: string): void {
    this.#connecting.get(key)?.abort(notAsked());
    this.#drop(key);
  }

  close(): void {
    for (const key of [...this.#connecting.keys(), ...this.#open.keys()]) this.forget(key);
  }

  async #connect(target: ProbeTarget, wanted: { host: string; port: number }): Promise<Open> {
    const { key } = target;
    this.forget(key);
    const connecting = new AbortController();
    this.#connecting.set(key, connecting);
    try {
      const open = await this.#openFor(target, wanted, connecting.signal);
      if (connecting.signal.aborted) {
        hangUp(open.client);
        throw notAsked();
      }
      this.#open.set(key, open);
      for (const tell of [...(this.#awaiting.get(key) ?? [])]) tell(open);
      return open;
    } finally {
      if (this.#connecting.get(key) === connecting) this.#connecting.delete(key);
    }
  }

  /** Null: it took too long. */
  #opened(key: string): Promise<Open | null> {
    const awaiting = this.#awaiting.get(key) ?? new Set();
    this.#awaiting.set(key, awaiting);
    return new Promise((resolve) => {
      const settle = (open: Open | null) => {
        cancel();
        awaiting.delete(settle);
        if (awaiting.size === 0 && this.#awaiting.get(key) === awaiting) {
          this.#awaiting.delete(key);
        }
        resolve(open);
      };
      const cancel = this.#clock.after(TURN_MS, () => settle(null));
      awaiting.add(settle);
    });
  }

  async #openFor(
    { connUrl, settings }: ProbeTarget,
    wanted: { host: string; port: number },
    signal: AbortSignal,
  ): Promise<Open> {
    if (!settings) throw new ProbeError('no-credentials', 'no monitoring user is configured');
    const checked = await this.#inTime(settings.addresses.check(wanted));
    if (checked.is === 'refused') throw new ProbeError('address-not-allowed', checked.says);
    const client = await connectTo(checked.endpoint, settings, {
      signal,
      onSocket: (socket) => {
        this.#sockets.add(socket);
        socket.once('close', () => this.#sockets.delete(socket));
      },
    });
    const giveUp = () => hangUp(client);
    signal.addEventListener('abort', giveUp);
    try {
      const open = await this.#greet(client, {
        connUrl,
        address: `${wanted.host}:${wanted.port}`,
      });
      signal.throwIfAborted();
      return open;
    } catch (error) {
      hangUp(client);
      throw error;
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }

  /** A resolver that hangs must not hold a probe up for longer than a server that does. */
  async #inTime<T>(lookup: Promise<T>): Promise<T> {
    let cancel = () => {};
    const late = new Promise<never>((_, reject) => {
      cancel = this.#clock.after(CONNECT_MS, () =>
        reject(new ProbeError('timeout', 'its name could not be resolved in time')),
      );
    });
    return Promise.race([lookup, late]).finally(() => cancel());
  }

  /** Learns what is asked once for each connection. */
  async #greet(client: pg.Client, where: Pick<Open, 'connUrl' | 'address'>): Promise<Open> {
    const { rows } = await client.query<{ version: number; system_id: string | null }>(hello);
    const serverVersion = rows[0]?.version ?? 0;
    if (serverVersion < 100000) {
      throw new ProbeError(
        'failed',
        `PostgreSQL ${serverVersion} is older than 10, the oldest known`,
      );
    }
    const systemId = rows[0]?.system_id ?? null;
    const statement = probeStatement(serverVersion);
    const turns = new Turns(this.#clock, ANSWER_MS);
    return { client, ...where, serverVersion, systemId, statement, prepares: true, turns };
  }

  #drop(key: string): void {
    const open = this.#open.get(key);
    if (!open) return;
    this.#open.delete(key);
    hangUp(open.client);
  }
}

/** There is no such statement; there is one already. */
const PREPARED_ELSEWHERE = new Set(['26000', '42P05']);

async function rowOf(open: Open): Promise<unknown> {
  const { client, statement } = open;
  if (open.prepares) {
    try {
      return (await client.query<Record<string, unknown>>(statement)).rows[0];
    } catch (error) {
      if (!PREPARED_ELSEWHERE.has((error as { code?: string }).code ?? '')) throw error;
      // Behind a pooler each transaction may run on another connection.
      open.prepares = false;
    }
  }
  return (await client.query<Record<string, unknown>>(statement.text)).rows[0];
}

const notAsked = () => new ProbeError('failed', 'nobody asks for it any more');
