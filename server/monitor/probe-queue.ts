interface Entry<T> {
  readonly item: T;
  readonly at: number;
  live: boolean;
}

/** Items in order of a time, each at most once: putting one again moves it. A binary heap. */
export class TimeQueue<T> {
  #heap: Entry<T>[] = [];
  readonly #entries = new Map<T, Entry<T>>();

  get size(): number {
    return this.#entries.size;
  }

  put(item: T, at: number): void {
    this.remove(item);
    const entry: Entry<T> = { item, at, live: true };
    this.#entries.set(item, entry);
    this.#heap.push(entry);
    this.#rise(this.#heap.length - 1);
  }

  /** Its entry stays in the heap until it comes up, or until the dead outnumber the living. */
  remove(item: T): void {
    const entry = this.#entries.get(item);
    if (!entry) return;
    entry.live = false;
    this.#entries.delete(item);
    if (this.#heap.length > 2 * this.#entries.size + 64) {
      this.#heap = [...this.#entries.values()].sort((a, b) => a.at - b.at);
    }
  }

  /** When the next one is due, or null. */
  get nextAt(): number | null {
    while (this.#heap[0]?.live === false) this.#dropFirst();
    return this.#heap[0]?.at ?? null;
  }

  /** Takes the next one out if it is due by `now`. */
  take(now: number): T | null {
    const at = this.nextAt;
    const first = this.#heap[0];
    if (at === null || at > now || !first) return null;
    this.#dropFirst();
    this.#entries.delete(first.item);
    return first.item;
  }

  #dropFirst(): void {
    const last = this.#heap.pop();
    if (!last || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#sink();
  }

  #rise(from: number): void {
    const heap = this.#heap;
    const entry = heap[from];
    let at = from;
    while (entry && at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above];
      if (!parent || parent.at <= entry.at) break;
      heap[at] = parent;
      at = above;
    }
    if (entry) heap[at] = entry;
  }

  #sink(): void {
    const heap = this.#heap;
    const entry = heap[0];
    let at = 0;
    while (entry) {
      const left = 2 * at + 1;
      const [a, b] = [heap[left], heap[left + 1]];
      if (!a) break;
      const below = b && b.at < a.at ? left + 1 : left;
      const child = heap[below];
      if (!child || child.at >= entry.at) break;
      heap[at] = child;
      at = below;
    }
    if (entry) heap[at] = entry;
  }
}
