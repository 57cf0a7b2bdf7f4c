import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import pg from 'pg';
import type { HistoryView } from '@/lib/history/history';
import type { Clock } from '@/server/ports';
import { MIGRATIONS } from './migrations';
import { tryTurn, versionOf } from './turn';

export interface DatabaseOptions {
  readonly clock: Clock;
  /** Finds, or starts, the server. Called anew after every loss. */
  readonly reach: () => Promise<pg.ClientConfig>;
  /** Whether we may write to it, and so bring its schema up to date; else it is only read. */
  readonly writes?: () => boolean;
  /** `reach` starts it: until that can have come to an end it is not away. Else it is at once. */
  readonly isStarted?: boolean;
  /** What it is called behind its version: "embedded", or where it is. */
  readonly kind: string;
  readonly onState: (state: HistoryView['state']) => void;
}

/**
 * A connection for each who writes (events, lag), so that nobody stands in their way, few for who
 * reads, and one for what takes its time: rollups and retention.
 */
export interface Connected {
  readonly write: NodePgDatabase;
  readonly read: NodePgDatabase;
  readonly upkeep: NodePgDatabase;
  /** It is ours to write to. */
  readonly writes: boolean;
  end(): void;
}

const RETRY_MS = [200, 500, 1000, 2000, 5000] as const;
/** A server that is only being started is not away yet; after a crash it replays its WAL first. */
const PATIENCE_MS = 15_000;
const WRITE_MS = 30_000;
const READ_MS = 5000;
const UPKEEP_MS = 60_000;

/** A connection to the store's PostgreSQL that is made again whenever it is lost. */
export class Database {
  readonly #options: DatabaseOptions;
  #connected: Connected | null = null;
  #attempt = 0;
  #cancelRetry: () => void = () => {};
  #closed = false;
  #health: Pick<HistoryView, 'state' | 'since' | 'says' | 'server'>;

  constructor(options: DatabaseOptions) {
    this.#options = options;
    this.#health = { state: 'starting', since: options.clock.now(), says: null, server: null };
  }

  get health(): Pick<HistoryView, 'state' | 'since' | 'says' | 'server'> {
    return this.#health;
  }

  /** Null while it can't be used. */
  get connected(): Connected | null {
    return this.#connected;
  }

  start(): void {
    void this.#connect();
  }

  /** We may write to it now, or may no longer: it is connected to anew. */
  renew(): void {
    if (this.#connected === null) return;
    this.#drop();
    this.#cancelRetry();
    void this.#connect();
  }

  get writable(): boolean {
    return this.#connected?.writes ?? false;
  }

  /** What these connections were asked for has failed: unless they are replaced already, they are. */
  doubt(which: Connected | null, error: unknown): void {
    if (which !== null && which === this.#connected) this.#lose(error);
  }

  close(): void {
    this.#closed = true;
    this.#cancelRetry();
    this.#drop();
  }

  async #connect(): Promise<void> {
    if (this.#closed) return;
    try {
      const config = await this.#options.reach();
      const writes = this.#options.writes?.() ?? true;
      const guard = await (writes ? takeTurn : justConnect)(config);
      const outdated = writes !== (this.#options.writes?.() ?? true);
      if (this.#closed || outdated) {
        guard.client.end().catch(() => {});
        if (!this.#closed) void this.#connect();
        return;
      }
      const connected = { ...open(config, guard.client), writes };
      guard.client.once('end', () => this.doubt(connected, new Error('The connection was lost')));
      this.#connected = connected;
      this.#attempt = 0;
      this.#become('ready', null, `PostgreSQL ${guard.version}, ${this.#options.kind}`);
    } catch (error) {
      this.#lose(error);
    }
  }

  #lose(error: unknown): void {
    if (this.#closed) return;
    this.#drop();
    const { clock, isStarted = false } = this.#options;
    const { state, since, server } = this.#health;
    const isStarting = isStarted && state === 'starting' && clock.now() - since <= PATIENCE_MS;
    if (!isStarting) {
      this.#become('away', sentence(error), server);
    }
    const wait = RETRY_MS[Math.min(this.#attempt, RETRY_MS.length - 1)] ?? 5000;
    this.#attempt += 1;
    this.#cancelRetry();
    this.#cancelRetry = clock.after(wait, () => void this.#connect());
  }

  #drop(): void {
    const connected = this.#connected;
    this.#connected = null;
    connected?.end();
  }

  #become(state: HistoryView['state'], says: string | null, server: string | null): void {
    const since = state === this.#health.state ? this.#health.since : this.#options.clock.now();
    this.#health = { state, since, says, server };
    this.#options.onState(state);
  }
}

/** What drizzle says is the statement; why it failed is behind it. */
function sentence(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const text = cause instanceof Error && cause.message !== '' ? cause.message : String(cause);
  return `${text.replace(/\.$/, '')}.`;
}

function open(config: pg.ClientConfig, guard: pg.Client): Omit<Connected, 'writes'> {
  const pool = (max: number, ms: number) => {
    const made = new pg.Pool({
      ...{ ...config, max, keepAlive: true, application_name: 'howdah store' },
      ...{ connectionTimeoutMillis: 5000, statement_timeout: ms, query_timeout: ms + 2000 },
    });
    // A connection that breaks is replaced; what is asked next tells whether that works.
    made.on('error', () => {});
    // Nor is one that breaks between two statements of a transaction: the next of them tells.
    made.on('connect', (client) => client.on('error', () => {}));
    return made;
  };
  const [writers, readers, upkeep] = [pool(2, WRITE_MS), pool(3, READ_MS), pool(1, UPKEEP_MS)];
  return {
    write: drizzle(writers),
    read: drizzle(readers),
    upkeep: drizzle(upkeep),
    end: () => {
      for (const one of [writers, readers, upkeep, guard]) one.end().catch(() => {});
    },
  };
}

type Guard = { readonly client: pg.Client; readonly version: string };

/**
 * Takes the writer's turn, which lasts as long as this connection, and brings the schema up to
 * date: one Howdah at a time writes to a database.
 */
function takeTurn(config: pg.ClientConfig): Promise<Guard> {
  return guarded(config, async (client) => {
    const { mine, version } = await tryTurn(client);
    if (!mine) throw new Error('Another Howdah writes its history to this database');
    await migrate(drizzle(client), MIGRATIONS);
    return version;
  });
}

/** For who only reads what another writes. */
function justConnect(config: pg.ClientConfig): Promise<Guard> {
  return guarded(config, versionOf);
}

async function guarded(
  config: pg.ClientConfig,
  what: (client: pg.Client) => Promise<string>,
): Promise<Guard> {
  const client = new pg.Client({
    ...{ ...config, keepAlive: true, application_name: 'howdah store, its turn' },
    ...{ connectionTimeoutMillis: 5000, statement_timeout: WRITE_MS },
  });
  client.on('error', () => {});
  try {
    await client.connect();
    return { client, version: await what(client) };
  } catch (error) {
    client.end().catch(() => {});
    throw error;
  }
}
