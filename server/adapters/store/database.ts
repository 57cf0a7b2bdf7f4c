import { fileURLToPath } from 'node:url';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import pg from 'pg';
import type { HistoryView } from '@/lib/history/history';
import type { Clock } from '@/server/ports';

export interface DatabaseOptions {
  readonly clock: Clock;
  /** Finds, or starts, the server. Called anew after every loss. */
  readonly reach: () => Promise<pg.PoolConfig>;
  /** What it is called behind its version: "embedded", or where it is. */
  readonly kind: string;
  readonly onState: (state: HistoryView['state']) => void;
}

const RETRY_MS = [200, 500, 1000, 2000, 5000] as const;
/** Says that Howdah's store is being migrated: an arbitrary number that nobody else should use. */
const MIGRATION_LOCK = 4_207_849_331;
const MIGRATIONS = fileURLToPath(new URL('./migrations', import.meta.url));

/** A connection to the store's PostgreSQL that is made again whenever it is lost. */
export class Database {
  readonly #options: DatabaseOptions;
  #pool: pg.Pool | null = null;
  #drizzle: NodePgDatabase | null = null;
  #attempt = 0;
  #cancelRetry: () => void = () => {};
  #closed = false;
  #connecting = false;
  #health: Pick<HistoryView, 'state' | 'since' | 'says' | 'server'>;

  constructor(options: DatabaseOptions) {
    this.#options = options;
    this.#health = { state: 'starting', since: options.clock.now(), says: null, server: null };
  }

  get health(): Pick<HistoryView, 'state' | 'since' | 'says' | 'server'> {
    return this.#health;
  }

  /** Null while it can't be used. */
  get drizzle(): NodePgDatabase | null {
    return this.#health.state === 'ready' ? this.#drizzle : null;
  }

  start(): void {
    void this.#connect();
  }

  /** Something it was asked for has failed: whether it is still there is found out. */
  doubt(error: unknown): void {
    if (this.#health.state === 'ready') this.#lose(error);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelRetry();
    await this.#drop();
  }

  async #connect(): Promise<void> {
    if (this.#closed || this.#connecting) return;
    this.#connecting = true;
    try {
      const pool = new pg.Pool({
        max: 4,
        connectionTimeoutMillis: 5000,
        statement_timeout: 30_000,
        application_name: 'howdah store',
        ...(await this.#options.reach()),
      });
      // An idle connection that breaks is replaced; what is asked next tells whether that works.
      pool.on('error', () => {});
      this.#pool = pool;
      const version = await prepare(pool);
      this.#drizzle = drizzle(pool);
      this.#attempt = 0;
      this.#become('ready', null, `PostgreSQL ${version}, ${this.#options.kind}`);
    } catch (error) {
      this.#lose(error);
    } finally {
      this.#connecting = false;
    }
  }

  #lose(error: unknown): void {
    if (this.#closed) return;
    const says = error instanceof Error && error.message !== '' ? error.message : String(error);
    this.#become('away', `${says.replace(/\.$/, '')}.`, this.#health.server);
    void this.#drop();
    const wait = RETRY_MS[Math.min(this.#attempt, RETRY_MS.length - 1)] ?? 5000;
    this.#attempt += 1;
    this.#cancelRetry();
    this.#cancelRetry = this.#options.clock.after(wait, () => void this.#connect());
  }

  async #drop(): Promise<void> {
    const pool = this.#pool;
    this.#pool = null;
    this.#drizzle = null;
    await pool?.end().catch(() => {});
  }

  #become(state: HistoryView['state'], says: string | null, server: string | null): void {
    const since = state === this.#health.state ? this.#health.since : this.#options.clock.now();
    this.#health = { state, since, says, server };
    this.#options.onState(state);
  }
}

/** Brings the schema up to date, one Howdah at a time. @returns the server's version */
async function prepare(pool: pg.Pool): Promise<string> {
  const client = await pool.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await migrate(drizzle(client), {
      migrationsFolder: MIGRATIONS,
      migrationsSchema: 'howdah',
      migrationsTable: 'migration',
    });
    const { rows } = await client.query<{ version: string }>(
      `select split_part(current_setting('server_version'), ' ', 1) as version`,
    );
    return rows[0]?.version ?? '?';
  } finally {
    // With the lock, whatever became of it.
    client.release(true);
  }
}
