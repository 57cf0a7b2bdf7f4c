import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { endOf } from './child';

/**
 * Lets the reader stop us at any time. The first signal is taken note of; the second ends us at
 * once, and the sandbox's watchdog clears up behind us.
 */
export class Interrupt {
  /** Settled by the first signal. */
  readonly happened: Promise<void>;
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;

  constructor() {
    const abort = new AbortController();
    this.signal = abort.signal;
    this.happened = new Promise((resolve) => {
      for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
        let seen = false;
        process.on(name, () => {
          if (seen) process.exit(130);
          seen = true;
          abort.abort(new Error('Interrupted'));
          resolve();
        });
      }
    });
  }

  /** Settled, with a sentence, when the child ends; with null when the reader stops us. */
  async orEndOf(child: ChildProcess, name: string): Promise<string | null> {
    return Promise.race([
      this.happened.then(() => null),
      once(child, 'exit').then(() => `${name} ${endOf(child)}`),
    ]);
  }

  /** The work's result, or null when the reader stops us first. */
  async orResultOf<T>(work: Promise<T>): Promise<T | null> {
    return Promise.race([work, this.happened.then(() => null)]);
  }
}
