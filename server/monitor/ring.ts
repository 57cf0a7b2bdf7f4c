import type { Tail } from '../ports';

/**
 * A log that keeps its newest entries only: so many, and none that is much older than `mostAgeMs`.
 * Sequence numbers never repeat, so a gap can be told.
 */
export class Ring<T extends { readonly seq: number; readonly at: number }> {
  readonly #most: number;
  readonly #mostAgeMs: number;
  #entries: T[] = [];
  /** The newest entry that has been dropped; 0 while none has. */
  #dropped = 0;

  constructor(most: number, mostAgeMs = Number.POSITIVE_INFINITY) {
    this.#most = most;
    this.#mostAgeMs = mostAgeMs;
  }

  push(entry: T): void {
    this.#entries.push(entry);
    // Trimmed in blocks: shifting a long array for every entry would copy it every time.
    const first = this.#entries[0] as T;
    if (this.#entries.length >= this.#most * 1.25) {
      this.#drop(this.#entries.length - this.#most);
    } else if (entry.at - first.at >= this.#mostAgeMs * 1.25) {
      this.#drop(this.#entries.findIndex(({ at }) => entry.at - at < this.#mostAgeMs));
    }
  }

  #drop(count: number): void {
    this.#dropped = (this.#entries[count - 1] as T).seq;
    this.#entries = this.#entries.slice(count);
  }

  get last(): number {
    return this.#entries.at(-1)?.seq ?? this.#dropped;
  }

  get entries(): readonly T[] {
    return this.#entries;
  }

  /** Everything after `seq`; 0 is "from the beginning". */
  since(seq: number): Tail<T> {
    if (seq === 0 || seq < this.#dropped) return { reset: true, entries: this.#entries };
    let from = this.#entries.length;
    while (from > 0 && (this.#entries[from - 1] as T).seq > seq) from -= 1;
    return { reset: false, entries: this.#entries.slice(from) };
  }
}
