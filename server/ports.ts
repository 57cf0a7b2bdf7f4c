import type { OperationView, SwitchoverPreflight, SwitchoverRequest } from '@/lib/operations/types';
import type { ClusterId } from '@/lib/topology/cluster-id';

/** Time, so that tests can hold it still. Milliseconds since the epoch. */
export interface Clock {
  now(): number;
  /** Runs `task` once after `ms`; the answer cancels it. */
  after(ms: number, task: () => void): () => void;
}

/** Server-side jobs that change a cluster: the only part of Howdah that does. */
export interface Operations {
  /** What would happen now, judged on the state Howdah holds. Throws `not-found`. */
  preflight(cluster: ClusterId): SwitchoverPreflight;
  /**
   * Records the intent, re-checks, sends, and returns as soon as the run is recorded; it goes on
   * without the caller. Throws `not-found`, `bad-input`, `moved`, `busy`, `refused`, `unavailable`.
   */
  switchover(request: SwitchoverRequest): Promise<OperationView>;
  /** Newest first. */
  list(cluster: ClusterId): readonly OperationView[];
}
