/** With the budget spent, reads go in batches of so many milliseconds' worth, not one by one. */
const BATCH_MS = 20;

/** At most `perSecond` over any second, and never more than one window's worth at once. */
export class TokenBucket {
  readonly #perMs: number;
  readonly #capacity: number;
  #tokens: number;
  #at: number;

  constructor(perSecond: number, windowMs: number, now: number) {
    this.#perMs = perSecond / 1000;
    this.#capacity = Math.max(1, (perSecond * windowMs) / 1000);
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
