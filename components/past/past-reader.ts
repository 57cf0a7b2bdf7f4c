import { replaceEqualDeep } from '@tanstack/react-query';
import { firstConnection } from '@/components/stream/connection';
import type { StreamReader } from '@/components/stream/use-stream';
import { emptyCluster, emptyStream, type StreamState } from '@/lib/stream/reducer';
import type { ClusterId } from '@/lib/topology/cluster-id';
import type { ClusterView } from '@/lib/topology/view';

/**
 * What components read in place of the live state: one cluster at one moment, by whose clock ages
 * are told. What did not change from the last moment keeps its identity, as it does live.
 */
export class PastReader implements StreamReader {
  readonly view = firstConnection;
  #stream: StreamState = emptyStream;
  #at = 0;
  readonly #listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  get stream(): StreamState {
    return this.#stream;
  }

  readonly now = (): number => this.#at;

  /** The past is asked for as a whole: there is nothing to follow. */
  follow(): () => void {
    return () => {};
  }

  show(id: ClusterId, view: ClusterView | null, at: number): void {
    const before = this.#stream.clusters.get(id)?.view ?? null;
    const shared = replaceEqualDeep(before, view);
    if (shared === before && at === this.#at) return;
    this.#at = at;
    if (shared !== before) {
      this.#stream = {
        ...this.#stream,
        clusters: new Map([[id, { ...emptyCluster, view: shared }]]),
      };
    }
    for (const listener of this.#listeners) listener();
  }
}
