import type { ClusterId } from '@/lib/topology/cluster-id';

const KEPT = 5000;

/** Clusters that went, each with the revision at which it did; the newest of them. */
export class Tombstones {
  readonly #revs = new Map<ClusterId, number>();
  /** Who knows less than this may have missed one that is no longer kept. */
  #oldestKnown = 0;

  /** Revisions only grow. */
  add(id: ClusterId, rev: number): void {
    this.#revs.set(id, rev);
    for (const [oldest, itsRev] of this.#revs) {
      if (this.#revs.size <= KEPT) break;
      this.#revs.delete(oldest);
      this.#oldestKnown = itsRev;
    }
  }

  /** It is there again. */
  remove(id: ClusterId): void {
    this.#revs.delete(id);
  }

  /** What has gone after a revision; null: some of it is forgotten. */
  since(rev: number): readonly ClusterId[] | null {
    if (rev < this.#oldestKnown) return null;
    return [...this.#revs].filter(([, at]) => at > rev).map(([id]) => id);
  }
}
