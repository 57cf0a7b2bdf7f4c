import type { ClusterId } from '@/lib/topology/cluster-id';
import type { Clock } from '../ports';

/** How long it works at a stretch. Whatever arrives meanwhile waits no longer than this. */
const SLICE_MS = 2;

export interface DigestOptions {
  readonly clock: Clock;
  /** Puts one cluster together. What it throws is told, and the others go on. */
  readonly work: (id: ClusterId) => void;
  readonly onError: (error: unknown) => void;
}

/**
 * Clusters that have changed and wait to be put together: each once however often it has changed,
 * those whose leadership has moved before all others, a few milliseconds at a time so that a storm
 * never holds up the next leader.
 */
export class Digest {
  readonly #options: DigestOptions;
  readonly #urgent = new Set<ClusterId>();
  readonly #others = new Set<ClusterId>();
  #scheduled = false;
  #closed = false;

  constructor(options: DigestOptions) {
    this.#options = options;
  }

  get waiting(): number {
    return this.#urgent.size + this.#others.size;
  }

  /** Works on it at once if nothing else waits; else in its turn. */
  add(ids: readonly ClusterId[], urgent: boolean): void {
    for (const id of ids) {
      if (urgent) {
        this.#others.delete(id);
        this.#urgent.add(id);
      } else if (!this.#urgent.has(id)) {
        this.#others.add(id);
      }
    }
    if (urgent || !this.#scheduled) this.#slice();
  }

  close(): void {
    this.#closed = true;
    this.#urgent.clear();
    this.#others.clear();
  }

  #slice(): void {
    const { clock, work, onError } = this.#options;
    const end = clock.now() + SLICE_MS;
    for (let id = this.#next(); id !== null; id = this.#next()) {
      try {
        work(id);
      } catch (error) {
        onError(error);
      }
      if (clock.now() >= end) break;
    }
    if (this.waiting === 0 || this.#scheduled) return;
    this.#scheduled = true;
    clock.soon(() => {
      this.#scheduled = false;
      if (!this.#closed) this.#slice();
    });
  }

  #next(): ClusterId | null {
    for (const waiting of [this.#urgent, this.#others]) {
      for (const id of waiting) {
        waiting.delete(id);
        return id;
      }
    }
    return null;
  }
}
