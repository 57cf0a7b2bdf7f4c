import { ZooKeeperError } from '@/lib/errors';
import type { Clock, RawZnode } from '../ports';

export interface Marked {
  readonly ensemble: string;
  readonly path: string;
}

export interface MarkedOptions {
  readonly clock: Clock;
  readonly marked: readonly Marked[];
  /** Null: there is none. Throws `ZooKeeperError`. */
  readonly read: (one: Marked) => Promise<RawZnode | null>;
  readonly onRead: (one: Marked, znode: RawZnode | null) => void;
  readonly onError: (error: unknown) => void;
}

/** What lies between is skipped, and counted by the versions' numbers. */
const EVERY_MS = 10_000;

/** Reads the znodes that an operator has marked, one after the other, again and again. */
export class MarkedZnodes {
  readonly #options: MarkedOptions;
  #cancel: () => void = () => {};
  #closed = false;

  constructor(options: MarkedOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#options.marked.length > 0) void this.#readAll();
  }

  close(): void {
    this.#closed = true;
    this.#cancel();
  }

  async #readAll(): Promise<void> {
    const { clock, marked, read, onRead, onError } = this.#options;
    for (const one of marked) {
      try {
        onRead(one, await read(one));
      } catch (error) {
        // What can't be read now is as it was; the next round tells.
        if (!(error instanceof ZooKeeperError)) onError(error);
      }
    }
    if (!this.#closed) this.#cancel = clock.after(EVERY_MS, () => void this.#readAll());
  }
}
