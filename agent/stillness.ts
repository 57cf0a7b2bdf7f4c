/** A process that is not frozen comes by this often, or nearly. */
const TICK_MS = 250;
/** Longer than a busy machine keeps it waiting, and than a lease may take to come. */
const STILL_MS = 3000;
/** What has waited meanwhile is all there within this. */
const AFTER_MS = 1000;

/** Notices that this process has stood still, as one does that was frozen, or whose machine was. */
export class Stillness {
  readonly #now: () => number;
  readonly #timer: NodeJS.Timeout;
  #tickedAt: number;
  #wokeAt = Number.NEGATIVE_INFINITY;

  /** @param now by a clock that goes on meanwhile and is never set */
  constructor(now: () => number) {
    this.#now = now;
    this.#tickedAt = now();
    this.#timer = setInterval(() => this.#tick(), TICK_MS).unref();
  }

  /** It goes on only since a moment ago. */
  get isRecent(): boolean {
    this.#tick();
    return this.#now() - this.#wokeAt < AFTER_MS;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #tick(): void {
    const now = this.#now();
    if (now - this.#tickedAt > STILL_MS) this.#wokeAt = now;
    this.#tickedAt = now;
  }
}
