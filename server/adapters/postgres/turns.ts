import pg from 'pg';
import type { Clock } from '@/server/ports';

/**
 * One statement at a time over a connection: what comes later waits, no longer than `patienceMs`.
 * Where one was not answered, nothing more will be over that connection: it is over, and whoever
 * waited has failed with it, instead of waiting as long once more.
 */
export class Turns {
  readonly #clock: Clock;
  readonly #patienceMs: number;
  #before: Promise<unknown> = Promise.resolve();
  #unanswered: { readonly error: unknown } | null = null;

  constructor(clock: Clock, patienceMs: number) {
    this.#clock = clock;
    this.#patienceMs = patienceMs;
  }

  /** One was never answered: the connection is of no use any more. */
  get over(): boolean {
    return this.#unanswered !== null;
  }

  /**
   * @throws what `ask` throws, what was thrown by the one that was waited for, or a timeout for having
   *   waited in vain.
   */
  take<T>(ask: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      let isLate = false;
      const cancel = this.#clock.after(this.#patienceMs, () => {
        isLate = true;
        reject(new Error('timeout: what was asked before it took too long'));
      });
      this.#before = this.#before.then(async () => {
        cancel();
        if (isLate) return;
        if (this.#unanswered) return reject(this.#unanswered.error);
        try {
          resolve(await ask());
        } catch (error) {
          // What the server refuses is an answer; what comes of the connection, or of time, is none.
          if (!(error instanceof pg.DatabaseError)) this.#unanswered = { error };
          reject(error);
        }
      });
    });
  }
}
