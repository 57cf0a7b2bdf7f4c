/** With the budget spent, reads go in batches of so many milliseconds' worth, not one by one. */
const BATCH_MS = 50;

/** What may go at once after a rest, as a part of a second's budget. */
const BURST = 0.1;

/**
 * At most `perSecond` in any second whatever: what goes at once after a rest is taken off what
 * flows afterwards.
 */
export class TokenBucket {
  readonly #perMs: number;
  readonly #capacity: number;
  #tokens: number;
  #at: number;

  constructor(perSecond: number, now: number) {
    this.#perMs = (perSecond * (1 - BURST)) / 1000;
    this.#capacity = Math.max(1, perSecond * BURST);
    this.#tokens = this.#capacity;
    this.#at = now;
  }

  take(wanted: number, now: number): number {
    this.#refill(now);
    const granted = Math.max(0, Math.min(wanted, Math.floor(this.#tokens)));
    this.#tokens -= granted;
    return granted;
  }

  /** When enough is there for what is wanted, or for a batch worth waking for. */
  readyAt(wanted: number, now: number): number {
    this.#refill(now);
    const batch = Math.max(1, Math.min(wanted, this.#perMs * BATCH_MS, this.#capacity));
    return this.#tokens >= batch ? now : now + Math.ceil((batch - this.#tokens) / this.#perMs);
  }

  #refill(now: number): void {
    const earned = Math.max(0, now - this.#at) * this.#perMs;
    this.#tokens = Math.min(this.#capacity, this.#tokens + earned);
    this.#at = now;
  }
}
