import type { Clock } from './ports';

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly task: () => void;
}

/** Time for tests: it stands still until it is told to pass, and then passes timer by timer. */
export class FakeClock implements Clock {
  #now: number;
  #order = 0;
  readonly #timers = new Set<Timer>();

  constructor(now = 1_000_000) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  after(ms: number, task: () => void): () => void {
    const timer: Timer = { at: this.#now + Math.max(0, ms), order: this.#order++, task };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  soon(task: () => void): void {
    this.after(0, task);
  }

  /** Timers that are still to go off. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Lets time pass. Between two timers, everything that was waiting for a promise goes on. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settled();
    for (let next = this.#next(end); next; next = this.#next(end)) {
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.task();
      await settled();
    }
    this.#now = end;
  }

  #next(end: number): Timer | undefined {
    return [...this.#timers]
      .filter(({ at }) => at <= end)
      .sort((a, b) => a.at - b.at || a.order - b.order)[0];
  }
}

/** Returns when whatever was waiting for settled promises, and for what those led to, has gone on. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
