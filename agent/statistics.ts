import { connect } from 'node:net';
import { parseStatistics } from '@/lib/routing/haproxy-stats';

/** HAProxy answers within milliseconds; one that hangs is not waited for. */
const PATIENCE_MS = 2000;

/** What HAProxy prints for `show stat`, by its statistics socket. Throws with the reason. */
export function readStatistics(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    let text = '';
    const fail = (why: string) => {
      socket.destroy();
      reject(new Error(`HAProxy does not answer at ${path}: ${why}.`));
    };
    socket.setEncoding('utf8');
    socket.setTimeout(PATIENCE_MS, () => fail('it takes too long'));
    socket.on('connect', () => socket.write('show stat\n'));
    socket.on('data', (chunk: string) => {
      text += chunk;
    });
    socket.on('end', () => resolve(text));
    socket.on('error', ({ message }) => fail(message));
  });
}

/** Servers whose own check fails, as "backend/server". What has no check is not among them. */
export const failingServers = (csv: string): ReadonlySet<string> =>
  new Set(
    parseStatistics(csv)
      .filter(({ check }) => check.status !== null && !isFine(check.status))
      .map(({ proxy, server }) => `${proxy}/${server}`),
  );

/** It passes, or there is no verdict yet; a star in front says that the next check is under way. */
const isFine = (status: string): boolean => /^(\* )?(L\dOK|L7OKC|UNK|INI)$/.test(status);
