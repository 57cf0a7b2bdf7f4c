import pg from 'pg';
import type { ProbeSettings } from '@/server/ports';
import { ProbeError } from './errors';

/** Where to connect, after rewriting, resolving and checking the address. */
export interface Endpoint {
  /** As a person knows it. */
  readonly host: string;
  readonly ip: string;
  readonly port: number;
}

const CONNECT_MS = 2000;
const STATEMENT_MS = 900;
const ANSWER_MS = 2000;

/**
 * A client that gives its password away only by SCRAM, or over TLS whose certificate was verified:
 * whoever can write a member's znode chooses where Howdah connects, and a server that asks for the
 * plain text or an MD5 of it must not get it. The two methods are the driver's own; `probe.itest.ts` guards that they hold.
 */
class WaryClient extends pg.Client {
  _handleAuthCleartextPassword(message: unknown): void {
    this.#onlyOverTls('_handleAuthCleartextPassword', message);
  }

  _handleAuthMD5Password(message: unknown): void {
    this.#onlyOverTls('_handleAuthMD5Password', message);
  }

  #onlyOverTls(method: string, message: unknown): void {
    const { stream } = (this as unknown as { connection: { stream: TlsLike } }).connection;
    if (stream.encrypted && stream.authorized) {
      const handlers = pg.Client.prototype as unknown as Record<string, (m: unknown) => void>;
      handlers[method]?.call(this, message);
      return;
    }
    stream.destroy(
      new ProbeError(
        'weak-auth',
        'the server asks for the password without SCRAM or verified TLS, so it was not sent',
      ),
    );
  }
}

interface TlsLike {
  readonly encrypted?: boolean;
  readonly authorized?: boolean;
  destroy(error: Error): void;
}

/** Opens the one connection to a watched server: read-only, with limits on everything it may hold. */
export async function connectTo(endpoint: Endpoint, settings: ProbeSettings): Promise<pg.Client> {
  const { sslmode } = settings;
  if (sslmode !== 'prefer') return open(endpoint, settings, sslmode !== 'disable');
  try {
    return await open(endpoint, settings, true);
  } catch (error) {
    if (!(error instanceof Error) || !/does not support SSL/.test(error.message)) throw error;
    return open(endpoint, settings, false);
  }
}

async function open(endpoint: Endpoint, settings: ProbeSettings, tls: boolean): Promise<pg.Client> {
  const { sslmode } = settings;
  const verify = sslmode === 'verify-ca' || sslmode === 'verify-full';
  const client = new WaryClient({
    host: endpoint.ip,
    port: endpoint.port,
    user: settings.user,
    password: settings.password,
    database: settings.database,
    application_name: 'howdah',
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: ANSWER_MS,
    statement_timeout: STATEMENT_MS,
    lock_timeout: 100,
    idle_in_transaction_session_timeout: 5000,
    keepAlive: true,
    options: '-c default_transaction_read_only=on',
    ssl: tls
      ? {
          host: endpoint.host,
          rejectUnauthorized: verify,
          ...(settings.ca ? { ca: settings.ca } : {}),
          ...(sslmode === 'verify-ca' ? { checkServerIdentity: () => undefined } : {}),
        }
      : false,
  });
  // A connection that breaks between two probes is found out by the next one.
  client.on('error', () => {});
  try {
    await client.connect();
    return client;
  } catch (error) {
    void client.end().catch(() => {});
    throw error;
  }
}
