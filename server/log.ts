import pino, { type DestinationStream, type Logger } from 'pino';
import { withoutSecrets } from '@/lib/secrets';

/**
 * Howdah's log, a line of JSON for each entry. Errors of others end up in it, and nobody knows what
 * they quote: so it is the line as a whole that goes without its secrets.
 */
export function createLog(level: string, destination?: DestinationStream): Logger {
  const options = { level, base: null, hooks: { streamWrite: withoutSecrets } };
  return destination ? pino(options, destination) : pino(options);
}
