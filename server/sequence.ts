import type { Clock } from './ports';

/**
 * Numbers that only grow, also over restarts: microseconds by the clock, or one more than the last
 * where that is not more. A clock set back between two processes is not made up for.
 */
export class Sequence {
  readonly #clock: Clock;
  #last = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param room how many numbers are taken, of which this is the first. */
  next(room = 1): number {
    const next = Math.max(this.#last + 1, this.#clock.now() * 1000);
    this.#last = next + room - 1;
    return next;
  }
}
