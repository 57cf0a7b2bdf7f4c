import type { DiskView } from '@/lib/history/history';
import type { Clock, LagStore, Upkeep } from '../ports';

export interface HousekeepingOptions {
  readonly clock: Clock;
  readonly store: Pick<LagStore, 'ready'>;
  readonly upkeep: Upkeep;
  /** No sample from before this is still to be written. */
  readonly writtenUntil: () => number;
  /** Once a minute, before anything is dropped. */
  readonly onMinute: () => void;
  /** By name, and why: it was older than it is kept for, or there was no room for it. */
  readonly onDropped: (names: readonly string[], why: 'age' | 'room') => void;
  readonly onMeasured: () => void;
  readonly onError: (error: unknown) => void;
}

const EVERY_MS = 60_000;
/** Samples that came late, by a clock that was set. */
const GRACE_MS = 60_000;

/** Makes rollups, drops what is old and measures the rest, once a minute while the store is there. */
export class Housekeeping {
  readonly #options: HousekeepingOptions;
  #cancel: () => void = () => {};
  #running = false;
  #disk: DiskView | null = null;
  #closed = false;

  constructor(options: HousekeepingOptions) {
    this.#options = options;
  }

  /** As last measured; null: not yet. */
  get disk(): DiskView | null {
    return this.#disk;
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
    const { clock, upkeep, writtenUntil, onDropped, onMeasured } = this.#options;
    if (this.#running) return;
    this.#running = true;
    this.#options.onMinute();
    await this.#attempt(() => upkeep.rollUp(Math.min(clock.now() - GRACE_MS, writtenUntil())));
    // Whatever became of that: a disk that is full has no room for rollups until something goes.
    await this.#attempt(async () => {
      const dropped = await upkeep.prune();
      if (dropped.length > 0) onDropped(dropped, 'age');
    });
    await this.#attempt(async () => {
      const dropped = await upkeep.shrink();
      if (dropped.length > 0) onDropped(dropped, 'room');
    });
    await this.#attempt(async () => {
      this.#disk = await upkeep.measure();
      onMeasured();
    });
    this.#running = false;
    if (!this.#closed) {
      this.#cancel();
      this.#cancel = clock.after(EVERY_MS, () => void this.#run());
    }
  }

  /** A store that is away says so itself; the next minute tries again. */
  async #attempt(what: () => Promise<void>): Promise<void> {
    const { store, onError } = this.#options;
    if (!store.ready || this.#closed) return;
    await what().catch((error) => {
      if (store.ready && !this.#closed) onError(error);
    });
  }
}
