import type { NodePgDatabase } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import { Failure } from '@/lib/errors';
import type { Connected, Database } from './database';

export type Way = Exclude<keyof Connected, 'end' | 'writes'>;

/** What there is to ask: a connection that may be lost, and why it is. */
export type Asked = Pick<Database, 'connected' | 'health' | 'doubt'>;

/**
 * Asks the database over one of its ways. Whatever fails, the sentence is for who asked. A connection
 * that failed is the database's to mend; what the server refuses says nothing against the connection.
 */
export async function ask<T>(
  database: Asked,
  way: Way,
  what: (connected: NodePgDatabase) => Promise<T>,
): Promise<T> {
  const { connected, health } = database;
  if (connected === null) {
    throw new Failure('unavailable', health.says ?? 'The history is being opened.');
  }
  try {
    return await what(connected[way]);
  } catch (error) {
    // What was asked for is refused by a rule of ours: nothing is wrong with the database.
    if (error instanceof Failure) throw error;
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    const code = (cause as { code?: unknown } | null)?.code;
    if (isBusy(cause)) {
      throw new Failure('unavailable', 'The history is busy. Try again in a moment.', cause);
    }
    if (isOfTheConnection(cause)) database.doubt(connected, cause);
    if (isOfTheData(code)) throw new Failure('bad-input', `History refuses that: ${cause}`, cause);
    const slow = code === '57014' ? 'It took too long: ask for less.' : 'Try again in a moment.';
    throw new Failure('unavailable', `The history could not be asked. ${slow}`, cause);
  }
}

/** What the pool says when all of its connections are in use: none of them is the worse for it. */
const isBusy = (cause: unknown): boolean =>
  cause instanceof Error && cause.message === 'timeout exceeded when trying to connect';

/** What the server says has an SQLSTATE; the rest comes from the socket, or from waiting for one. */
function isOfTheConnection(cause: unknown): boolean {
  if (!(cause instanceof pg.DatabaseError) || cause.code === undefined) return true;
  const { code } = cause;
  // What the protocol can't carry is the statement's fault, and would be so again.
  if (code === '08P01') return false;
  return code.startsWith('08') || code.startsWith('57P') || code === '25006';
}

/** Data exceptions and broken constraints: the same again would be refused again. */
function isOfTheData(code: unknown): boolean {
  return typeof code === 'string' && (/^22.{3}$/.test(code) || /^23.{3}$/.test(code));
}
