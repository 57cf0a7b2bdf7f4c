import type { Clock } from '../ports';

interface Waiter {
  /** What it has seen. */
  readonly text: string;
  readonly end: () => void;
}

/** Those who wait for something to be another text than it was when they came. */
export class Waiting {
  readonly #clock: Clock;
  readonly #textOf: (what: string) => string;
  readonly #waiting = new Map<string, Set<Waiter>>();

  /** @param textOf throws where there is no such thing any more, which is a change as well */
  constructor(clock: Clock, textOf: (what: string) => string) {
    this.#clock = clock;
    this.#textOf = textOf;
  }

  /** Settles when it is another, after so many milliseconds, or when whoever asked has gone. */
  next(
    what: string,
    { ms, gone }: { readonly ms: number; readonly gone: AbortSignal },
  ): Promise<void> {
    return new Promise((resolve) => {
      const all = this.#waiting.get(what) ?? new Set();
      this.#waiting.set(what, all);
      const end = () => {
        cancel();
        gone.removeEventListener('abort', end);
        all.delete(waiter);
        if (all.size === 0) this.#waiting.delete(what);
        resolve();
      };
      const waiter: Waiter = { text: this.#now(what), end };
      const cancel = this.#clock.after(ms, end);
      gone.addEventListener('abort', end);
      all.add(waiter);
      if (gone.aborted) end();
    });
  }

  /** It may be another now. */
  look(what: string): void {
    const all = this.#waiting.get(what);
    if (!all) return;
    const text = this.#now(what);
    for (const waiter of [...all]) if (waiter.text !== text) waiter.end();
  }

  #now(what: string): string {
    try {
      return this.#textOf(what);
    } catch {
      return '';
    }
  }
}
