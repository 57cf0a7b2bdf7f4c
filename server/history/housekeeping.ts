import type { Clock, LagStore, Upkeep } from '../ports';

export interface HousekeepingOptions {
  readonly clock: Clock;
  readonly store: Pick<LagStore, 'ready'>;
  readonly upkeep: Upkeep;
  /** No sample from before this is still to be written. */
  readonly writtenUntil: () => number;
  readonly onDropped: (names: readonly string[]) => void;
  readonly onError: (error: unknown) => void;
}

const EVERY_MS = 60_000;
/** Samples that came late, by a clock that was set. */
const GRACE_MS = 60_000;

/** Makes rollups and drops what is old, once a minute while the store is there. */
export class Housekeeping {
  readonly #options: HousekeepingOptions;
  #cancel: () => void = () => {};
  #closed = false;

  constructor(options: HousekeepingOptions) {
    this.#options = options;
  }

  /** The store has become ready: what was left undone while it was away is done now. */
  start(): void {
    this.#cancel();
    this.#cancel = this.#options.clock.after(0, () => void this.#run());
  }

  close(): void {
    this.#closed = true;
    this.#cancel();
  }

  async #run(): Promise<void> {
    const { clock, store, upkeep, writtenUntil, onDropped, onError } = this.#options;
    try {
      if (store.ready) {
        // Before anything is dropped: it may be what rollups are made of.
        await upkeep.rollUp(Math.min(clock.now() - GRACE_MS, writtenUntil()));
        const dropped = await upkeep.prune();
        if (dropped.length > 0) onDropped(dropped);
      }
    } catch (error) {
      // A store that is away says so itself; the next minute tries again.
      if (store.ready && !this.#closed) onError(error);
    }
    if (!this.#closed) {
      this.#cancel();
      this.#cancel = clock.after(EVERY_MS, () => void this.#run());
    }
  }
}
