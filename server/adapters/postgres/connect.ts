import type { Socket } from 'node:net';
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

export const CONNECT_MS = 2000;
/** For the answer to a statement, and for its turn to be sent. */
export const ANSWER_MS = 2000;
/** Longer than it takes to hand a goodbye to the kernel, which is all that is waited for. */
const GOODBYE_MS = 1000;

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

/** What a connection is for, and how long anything on it may take. */
export interface Purpose {
  readonly application: string;
  readonly connectMs: number;
  readonly answerMs: number;
  readonly statementMs: number;
  /** Settings of the session, as the command line of a server has them. */
  readonly options: string;
}

const probing: Purpose = {
  application: 'howdah',
  connectMs: CONNECT_MS,
  answerMs: ANSWER_MS,
  statementMs: 900,
  options: '-c default_transaction_read_only=on',
};

export interface Connecting {
  /** Ends it, however far it has come. Heeded until the connection is open. */
  readonly signal: AbortSignal;
  /** Told of every socket before it connects, so that whoever counts them misses none. */
  readonly onSocket: (socket: Socket) => void;
}

/** Opens a connection to a watched server: read-only by default, with limits on everything it may hold. */
export async function connectTo(
  endpoint: Endpoint,
  settings: ProbeSettings,
  connecting: Connecting & { readonly purpose?: Purpose },
): Promise<pg.Client> {
  const { purpose = probing } = connecting;
  const { sslmode } = settings;
  const tls = sslmode !== 'disable';
  try {
    return await open(clientFor(endpoint, settings, { tls, purpose }), connecting);
  } catch (error) {
    if (sslmode !== 'prefer') throw error;
    if (!(error instanceof Error) || !/does not support SSL/.test(error.message)) throw error;
    return open(clientFor(endpoint, settings, { tls: false, purpose }), connecting);
  }
}

function clientFor(
  endpoint: Endpoint,
  settings: ProbeSettings,
  { tls, purpose }: { readonly tls: boolean; readonly purpose: Purpose },
): pg.Client {
  const { sslmode } = settings;
  const verify = sslmode === 'verify-ca' || sslmode === 'verify-full';
  return new WaryClient({
    host: endpoint.ip,
    port: endpoint.port,
    user: settings.user,
    password: settings.password,
    database: settings.database,
    application_name: purpose.application,
    connectionTimeoutMillis: purpose.connectMs,
    query_timeout: purpose.answerMs,
    statement_timeout: purpose.statementMs,
    lock_timeout: 100,
    idle_in_transaction_session_timeout: 5000,
    keepAlive: true,
    options: purpose.options,
    ssl: tls
      ? {
          host: endpoint.host,
          rejectUnauthorized: verify,
          ...(settings.ca ? { ca: settings.ca } : {}),
          ...(sslmode === 'verify-ca' ? { checkServerIdentity: () => undefined } : {}),
        }
      : false,
  });
}

async function open(client: pg.Client, { signal, onSocket }: Connecting): Promise<pg.Client> {
  signal.throwIfAborted();
  // A connection that breaks between two probes is found out by the next one.
  client.on('error', () => {});
  onSocket(socketOf(client));
  const abort = () => socketOf(client).destroy(signal.reason);
  signal.addEventListener('abort', abort);
  try {
    await client.connect();
    return client;
  } catch (error) {
    socketOf(client).destroy();
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** Says goodbye, and closes without waiting to be heard: a server that hangs holds up nothing. */
export function hangUp(client: pg.Client): void {
  const socket = socketOf(client);
  const timer = setTimeout(() => socket.destroy(), GOODBYE_MS).unref();
  socket.once('close', () => clearTimeout(timer));
  void client.end().catch(() => {});
  socket.destroySoon();
}

/** The TLS socket over the plain one, where there is TLS. */
function socketOf(client: pg.Client): Socket {
  return (client as unknown as { connection: { stream: Socket } }).connection.stream;
}
