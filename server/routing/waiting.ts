import type { Clock } from '../ports';

/** Those who wait for something to change, by what they wait for. */
export class Waiting {
  readonly #clock: Clock;
  readonly #waiting = new Map<string, Set<() => void>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Settles at the next `wake`, or after so many milliseconds. */
  next(what: string, ms: number): Promise<void> {
    return new Promise((resolve) => {
      const all = this.#waiting.get(what) ?? new Set();
      this.#waiting.set(what, all);
      const end = () => {
        cancel();
        all.delete(end);
        if (all.size === 0) this.#waiting.delete(what);
        resolve();
      };
      const cancel = this.#clock.after(ms, end);
      all.add(end);
    });
  }

  wake(what: string): void {
    for (const end of [...(this.#waiting.get(what) ?? [])]) end();
  }
}
