import { connect } from 'node:net';
import { waitFor } from './wait-for';

/** Whether somebody takes connections at this port of 127.0.0.1. */
export function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}

/**
 * Returns once nobody does any more: a process of several threads counts as dead a moment before the
 * last of them lets go of its sockets.
 */
export async function refusedAt(port: number): Promise<void> {
  await waitFor(async () => !(await accepts(port)), {
    timeoutMs: 5000,
    everyMs: 5,
    what: `port ${port} to be let go of`,
  });
}
