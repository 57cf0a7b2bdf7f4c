import { connect } from 'node:net';
import { Input, Output } from '@/zookeeper/jute';
import { Packets } from '@/zookeeper/packets';
import { OP, readWelcome, writeHello } from '@/zookeeper/protocol';
import { SandboxError } from './errors';
import { sessionPassword } from './session-password';

/** Asked for, milliseconds; the session is over before that matters. */
const SESSION_MS = 10_000;
/** Wait no longer than this for either answer. */
const TIMEOUT_MS = 5_000;

/**
 * Ends a session as if it had expired: takes it over on a connection of our own, which its
 * password allows, and closes it. Its owner's connection is cut, and it learns of the expiry when
 * it connects again.
 *
 * @param sessionId hexadecimal.
 * @param port of a server that is part of a quorum.
 * @throws SandboxError when the server doesn't know the session or doesn't answer.
 */
export function closeForeignSession(port: number, sessionId: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port });
    const packets = new Packets();
    let taken = false;
    const finish = (failure?: string) => {
      clearTimeout(timer);
      socket.destroy();
      if (failure) reject(new SandboxError(`Session ${sessionId} can't be expired: ${failure}`));
      else resolve();
    };
    const timer = setTimeout(() => finish('ZooKeeper does not answer'), TIMEOUT_MS);
    socket.on('error', (error) => finish(error.message));
    socket.on('close', () => finish('ZooKeeper hung up'));
    // Both at once: cut off, the owner comes back at once too, and would take the session back.
    socket.on('connect', () => socket.write(takeOverAndClose(sessionId)));
    socket.on('data', (chunk) => {
      packets.push(chunk, (packet) => {
        if (taken) return finish();
        // A server answers an unknown or foreign session with timeout 0.
        taken = readWelcome(new Input(packet)).timeoutMs > 0;
        if (!taken) finish('there is no such session');
      });
    });
  });
}

function takeOverAndClose(sessionId: string): Buffer {
  const id = BigInt.asIntN(64, BigInt(`0x${sessionId.replace(/^0x/, '')}`));
  const session = { id, password: sessionPassword(sessionId) };
  return new Output()
    .packet((output) => writeHello(output, { session, timeoutMs: SESSION_MS, lastZxid: 0n }))
    .packet((output) => output.int(1).int(OP.close))
    .take();
}
