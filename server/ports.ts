import type { OperationView, SwitchoverPreflight, SwitchoverRequest } from '@/lib/operations/types';
import type { ClusterId } from '@/lib/topology/cluster-id';
import type { ClusterKey, Stat } from '@/lib/topology/facts';

/** Time, so that tests can hold it still. Milliseconds since the epoch. */
export interface Clock {
  now(): number;
  /** Runs `task` once after `ms`; the answer cancels it. */
  after(ms: number, task: () => void): () => void;
}

/** A znode as it was read: its bytes and stat. */
export interface RawZnode {
  readonly data: Buffer;
  readonly stat: Stat;
}

/** What a mirror holds of one path: a znode, its absence, or why it could not be read. */
export type MirroredZnode = RawZnode | { readonly failed: string } | null;

/** One scope as the mirror holds it now, for decoding. */
export interface ScopeSnapshot {
  readonly key: ClusterKey;
  /** By its name below the scope, e.g. "config". */
  znode(name: string): MirroredZnode;
  readonly members: ReadonlyMap<string, MirroredZnode>;
}

/** What a batch of reads has changed. */
export interface MirrorBatch {
  readonly changed: readonly ClusterId[];
  readonly removed: readonly ClusterId[];
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
