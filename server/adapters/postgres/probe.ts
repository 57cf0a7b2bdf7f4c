import type pg from 'pg';
import type { ProbeFailure, ProbeSample } from '@/lib/topology/sample';
import type { Clock, ProbePort, ProbeTarget } from '@/server/ports';
import { connectTo } from './connect';
import { type Connection, decodeSample } from './decode';
import { ProbeError, probeErrorOf } from './errors';
import { hello, probeStatement } from './statement';

interface Open extends Connection {
  readonly client: pg.Client;
  readonly connUrl: string;
  readonly statement: string;
}

/** Asks watched servers how they are, over at most one connection each. */
export class PostgresProbe implements ProbePort {
  readonly #clock: Clock;
  readonly #open = new Map<string, Open>();
  /** Who connects for a member: whoever comes later, or forgets it, takes the turn away. */
  readonly #turns = new Map<string, symbol>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async sample(target: ProbeTarget): Promise<ProbeSample | ProbeFailure> {
    const { connUrl, settings } = target;
    let address = 'PostgreSQL';
    try {
      if (!settings) throw new ProbeError('no-credentials', 'no monitoring user is configured');
      const { host, port } = hostOf(connUrl);
      address = `${host}:${port}`;
      const open = await this.#connection(target, { host, port });
      const sentAt = this.#clock.now();
      const { rows } = await open.client.query<Record<string, unknown>>(open.statement);
      return decodeSample(rows[0], open, { sentAt, receivedAt: this.#clock.now() });
    } catch (error) {
      this.#drop(target.key);
      const { code, message } = probeErrorOf(error, address);
      return { at: this.#clock.now(), code, says: message };
    }
  }

  forget(key: string): void {
    this.#turns.delete(key);
    this.#drop(key);
  }

  close(): void {
    this.#turns.clear();
    for (const key of [...this.#open.keys()]) this.#drop(key);
  }

  async #connection(
    { key, connUrl, settings }: ProbeTarget,
    wanted: { host: string; port: number },
  ): Promise<Open> {
    const known = this.#open.get(key);
    if (known?.connUrl === connUrl) return known;
    this.#drop(key);
    if (!settings) throw new ProbeError('no-credentials', 'no monitoring user is configured');
    const checked = await settings.addresses.check(wanted);
    if (checked.is === 'refused') throw new ProbeError('address-not-allowed', checked.says);
    const turn = Symbol(key);
    this.#turns.set(key, turn);
    const client = await connectTo(checked.endpoint, settings);
    const open = await this.#greet(client, connUrl).catch((error: unknown) => {
      this.#end(client);
      throw error;
    });
    if (this.#turns.get(key) !== turn) {
      this.#end(client);
      throw new ProbeError('failed', 'nobody asks for it any more');
    }
    this.#open.set(key, open);
    return open;
  }

  /** Learns what is asked once for each connection. */
  async #greet(client: pg.Client, connUrl: string): Promise<Open> {
    const { rows } = await client.query<{ version: number; system_id: string | null }>(hello);
    const serverVersion = rows[0]?.version ?? 0;
    if (serverVersion < 100000) {
      throw new ProbeError(
        'failed',
        `PostgreSQL ${serverVersion} is older than 10, the oldest known`,
      );
    }
    const systemId = rows[0]?.system_id ?? null;
    return { client, connUrl, serverVersion, systemId, statement: probeStatement(serverVersion) };
  }

  /** Closes without waiting: a hung server must not hold up anything. */
  #drop(key: string): void {
    const open = this.#open.get(key);
    if (!open) return;
    this.#open.delete(key);
    this.#end(open.client);
  }

  #end(client: pg.Client): void {
    void client.end().catch(() => {});
    const { stream } = (client as unknown as { connection: { stream: { destroy(): void } } })
      .connection;
    // `end` says goodbye politely; a peer that is frozen never answers that.
    this.#clock.after(1000, () => stream.destroy());
  }
}

function hostOf(connUrl: string): { host: string; port: number } {
  try {
    const url = new URL(connUrl);
    const host = decodeURIComponent(url.hostname).replace(/^\[|\]$/g, '');
    if (host === '') throw new Error('no host');
    return { host, port: Number(url.port || 5432) };
  } catch {
    throw new ProbeError('address-unreadable', 'its connection URL in ZooKeeper makes no sense');
  }
}
