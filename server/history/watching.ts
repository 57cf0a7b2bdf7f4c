import type { HistoryRecord } from '@/lib/history/record';
import { WATCH_NOTED_MS } from '@/lib/history/replay';
import type { Clock, HistoryStore } from '../ports';

export interface WatchingOptions {
  readonly clock: Clock;
  readonly store: Pick<HistoryStore, 'writable' | 'noteWatching'>;
  readonly next: () => number;
  readonly record: (record: HistoryRecord) => void;
  /** All that was seen before this is in the store; null: not even that can be said. */
  readonly writtenUntil: () => number | null;
}

/**
 * Keeps when somebody watched: a time in which nothing changed must be told from one in which nobody
 * looked. Whoever ends by SIGKILL is known to have watched up to what was noted, or recorded, last.
 */
export class Watching {
  readonly #options: WatchingOptions;
  #cancel: () => void = () => {};
  #on = false;
  #began = 0;

  constructor(options: WatchingOptions) {
    this.#options = options;
  }

  start(): void {
    this.#on = true;
    const { clock, next, record } = this.#options;
    this.#began = clock.now();
    record({ record: 'watch', seq: next(), at: this.#began });
    this.#later();
  }

  stop(): void {
    this.#on = false;
    this.#cancel();
  }

  #later(): void {
    if (!this.#on) return;
    // Twice as often as it has to be known: a note may be late.
    this.#cancel = this.#options.clock.after(WATCH_NOTED_MS / 2, () => void this.#note());
  }

  async #note(): Promise<void> {
    const { store, writtenUntil } = this.#options;
    const until = writtenUntil();
    if (store.writable && until !== null && until > this.#began) {
      // A store that is away says so itself; what is recorded meanwhile tells as much.
      await store.noteWatching(this.#began, until).catch(() => {});
    }
    this.#later();
  }
}
