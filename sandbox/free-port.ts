import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * A port that nobody listens at now, of those the kernel gives away: never one of a sandbox's own
 * servers, not even while that is down.
 */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port is free');
  return address.port;
}
