import { ZooKeeperError, type ZooKeeperErrorCode } from '@/lib/errors';

/** `KeeperException.Code`, as far as a caller can make something of it. */
const CODES: ReadonlyMap<number, readonly [ZooKeeperErrorCode, string]> = new Map([
  [-4, ['connection', 'the connection was lost']],
  [-5, ['too-large', 'it does not take so much']],
  [-7, ['connection', 'it took too long']],
  [-101, ['no-node', 'there is no such znode']],
  [-102, ['no-auth', 'its ACL does not allow that']],
  [-103, ['bad-version', 'it has another version by now']],
  [-108, ['other', 'ephemeral znodes have no children']],
  [-110, ['exists', 'it is there already']],
  [-111, ['not-empty', 'it has children']],
  [-114, ['other', 'it takes no such ACL']],
  [-115, ['no-auth', 'the credentials are refused']],
  [-118, ['connection', 'the session has moved to another server']],
  // Nobody knows whether it was done, or the server has no time: both want another try.
  [-122, ['connection', 'the server gave it up']],
  [-127, ['connection', 'the server has too much to do']],
]);

/** Why a call on a path failed, by ZooKeeper's number. */
export function callError(code: number, path: string): ZooKeeperError {
  const [kind, says] = CODES.get(code) ?? ['other', 'it failed'];
  return new ZooKeeperError(kind, `ZooKeeper on ${path}: ${says} (${code})`);
}

export function closedError(): ZooKeeperError {
  return new ZooKeeperError('closed', 'The session has ended.');
}
