import { connect } from 'node:net';
import { SandboxError } from './errors';
import { sessionPassword } from './session-password';

const CLOSE_SESSION = -11;
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
    let received = Buffer.alloc(0);
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
    socket.on('connect', () => {
      socket.write(Buffer.concat([framed(connectRequest(sessionId)), framed(closeRequest())]));
    });
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 4 || received.length < 4 + received.readInt32BE(0)) return;
      const frame = received.subarray(4, 4 + received.readInt32BE(0));
      received = received.subarray(4 + frame.length);
      if (taken) return finish();
      // A server answers an unknown or foreign session with timeout 0.
      if (frame.readInt32BE(4) <= 0) return finish('there is no such session');
      taken = true;
      if (received.length > 0) socket.emit('data', Buffer.alloc(0));
    });
  });
}

function closeRequest(): Buffer {
  const header = Buffer.alloc(8);
  header.writeInt32BE(1, 0);
  header.writeInt32BE(CLOSE_SESSION, 4);
  return header;
}

function connectRequest(sessionId: string): Buffer {
  const password = sessionPassword(sessionId);
  const request = Buffer.alloc(28 + 4 + password.length + 1);
  // Protocol version and last zxid seen stay 0.
  request.writeInt32BE(10_000, 12);
  request.writeBigInt64BE(BigInt.asIntN(64, BigInt(`0x${sessionId.replace(/^0x/, '')}`)), 16);
  request.writeInt32BE(password.length, 24);
  password.copy(request, 28);
  return request.subarray(0, 28 + password.length + 1);
}

function framed(payload: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(payload.length, 0);
  return Buffer.concat([length, payload]);
}
