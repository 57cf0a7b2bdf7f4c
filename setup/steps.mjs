import { spawn } from 'node:child_process';

/** Something the reader can mend: shown without a stack. */
export class Problem extends Error {}

const TAIL_LINES = 25;

/**
 * Runs one step, with a line that tells its time when it ends and, on a terminal, meanwhile.
 *
 * @template T
 * @param {string} title
 * @param {(log: string[]) => Promise<T>} work collects the output of its commands in `log`.
 * @returns {Promise<T>}
 */
export async function step(title, work) {
  const began = performance.now();
  const seconds = () => `${((performance.now() - began) / 1000).toFixed(1)} s`;
  const tty = process.stdout.isTTY;
  if (!tty) process.stdout.write(`${title} …\n`);
  const timer = tty
    ? setInterval(() => process.stdout.write(`\r${title} … ${seconds()}`), 200)
    : undefined;
  const log = [];
  try {
    const result = await work(log);
    process.stdout.write(`${tty ? '\r' : ''}${title}: done in ${seconds()}\n`);
    return result;
  } catch (error) {
    process.stdout.write(`${tty ? '\r' : ''}${title}: failed after ${seconds()}\n`);
    const tail = log.join('').trimEnd().split('\n').slice(-TAIL_LINES).join('\n');
    if (tail) process.stderr.write(`${tail}\n`);
    throw error;
  } finally {
    clearInterval(timer);
  }
}

/**
 * Runs a command to its end.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ log: string[], env?: Record<string, string>, what?: string }} options `what` names it
 *   in the failure, instead of the command.
 * @returns {Promise<void>} rejected with a Problem unless it ends with 0.
 */
export function run(command, args, { log, env = {}, what = [command, ...args].join(' ') }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => log.push(String(chunk)));
    }
    child.on('error', (error) => reject(new Problem(`${command}: ${error.message}`)));
    child.on('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Problem(`\`${what}\` ended with ${signal ?? code}`));
    });
  });
}
