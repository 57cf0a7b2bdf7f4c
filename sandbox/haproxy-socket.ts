import { connect } from 'node:net';
import { messageOf, SandboxError } from './errors';

const PATIENCE_MS = 5000;

/** One command over HAProxy's socket, and all it answers. @throws SandboxError without an answer */
export function askHaproxy(path: string, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    let answer = '';
    const fail = (why: string) => {
      socket.destroy();
      reject(new SandboxError(`HAProxy does not answer at ${path}: ${why}`));
    };
    socket.setEncoding('utf8').setTimeout(PATIENCE_MS);
    socket.on('connect', () => socket.write(`${command}\n`));
    socket.on('data', (text) => {
      answer += text;
    });
    socket.on('timeout', () => fail(`nothing in ${PATIENCE_MS / 1000} s`));
    socket.on('error', (error) => fail(messageOf(error)));
    // It ends the connection behind its answer.
    socket.on('end', () => {
      socket.destroy();
      resolve(answer);
    });
  });
}
