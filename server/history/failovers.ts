import { FailoverFollower, type MoveSeen } from '@/lib/history/failover';
import type { HistoryRecord } from '@/lib/history/record';
import type { ClusterId } from '@/lib/topology/cluster-id';
import type { ClusterView } from '@/lib/topology/view';

export interface FailoversOptions {
  readonly next: () => number;
  readonly record: (record: HistoryRecord) => void;
}

/** Keeps each change of leadership with what it cost, as that becomes known. */
export class Failovers {
  readonly #options: FailoversOptions;
  readonly #followers = new Map<ClusterId, FailoverFollower>();

  constructor(options: FailoversOptions) {
    this.#options = options;
  }

  note(cluster: ClusterId, view: ClusterView, seen: MoveSeen): void {
    const { next, record } = this.#options;
    const follower = this.#followers.get(cluster) ?? new FailoverFollower();
    this.#followers.set(cluster, follower);
    const told = follower.take(view, seen);
    if (told) record({ record: 'failover', seq: next(), at: seen.at, cluster, ...told });
  }

  gone(cluster: ClusterId): void {
    this.#followers.delete(cluster);
  }
}
