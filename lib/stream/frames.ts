import type { HistoryTold } from '../history/history';
import type { OperationView } from '../operations/types';
import type { RoutingView } from '../routing/view';
import type { ClusterId } from '../topology/cluster-id';
import type { ClusterEvent, LagSample } from '../topology/event';
import type { ClusterSummary, ClusterView } from '../topology/view';

/** Changes whenever a frame's shape does; a page built for another version offers a reload. */
export const WIRE_VERSION = 8;

/** How many clusters one stream may follow: it goes for all tabs of a browser. */
export const MOST_CLUSTERS = 64;

/** What a page may follow. */
export type Topic = 'fleet' | `cluster:${ClusterId}`;

/**
 * One frame of the stream, the JSON of one server-sent event. Views replace what was known under
 * the same id; samples and events append, and say when some were lost.
 */
export type Frame =
  | HelloFrame
  | { readonly type: 'beat'; readonly now: number }
  | { readonly type: 'ensembles'; readonly ensembles: readonly EnsembleView[] }
  /** Only to who sees all clusters. */
  | { readonly type: 'probing'; readonly probing: ProbingView }
  | { readonly type: 'history'; readonly history: HistoryTold }
  | {
      readonly type: 'fleet';
      /** True: this is all there is. False: only what changed. */
      readonly full: boolean;
      readonly changed: readonly ClusterSummary[];
      readonly gone: readonly ClusterId[];
    }
  | {
      readonly type: 'cluster';
      readonly id: ClusterId;
      /** Null: there is no such cluster (any more). */
      readonly view: ClusterView | null;
    }
  | {
      readonly type: 'samples';
      readonly id: ClusterId;
      /** True: drop what was there; the samples before the first of these are lost or not kept. */
      readonly reset: boolean;
      readonly samples: readonly LagSample[];
    }
  | {
      readonly type: 'events';
      readonly id: ClusterId;
      readonly reset: boolean;
      readonly events: readonly ClusterEvent[];
    }
  | {
      readonly type: 'operation';
      readonly id: ClusterId;
      readonly operation: OperationView | null;
    }
  | {
      readonly type: 'routing';
      readonly id: ClusterId;
      readonly routing: RoutingView | null;
    };

export interface HelloFrame {
  readonly type: 'hello';
  readonly wire: number;
  /** Differs for each build of the product. */
  readonly build: string;
  /** Differs for each start of the server process. */
  readonly epoch: string;
  /** The server's clock, milliseconds since the epoch. */
  readonly now: number;
}

/** One ZooKeeper ensemble as Howdah's own sessions and the servers themselves see it. */
export interface EnsembleView {
  readonly name: string;
  readonly state: 'connecting' | 'connected' | 'disconnected' | 'unreachable';
  /** Since when the state holds. While not connected, nothing of this ensemble is vouched for. */
  readonly since: number;
  /** One sentence when something is wrong; null when nothing is. */
  readonly says: string | null;
  readonly servers: readonly ServerView[];
  readonly namespaces: readonly { readonly path: string; readonly exists: boolean | null }[];
  /** Milliseconds: what the ensemble granted Howdah, and the most it grants anybody. */
  readonly sessionTimeoutMs: number | null;
  readonly maxSessionTimeoutMs: number | null;
  /** False until everything has been read once after start, reconnection or expiry. */
  readonly synced: boolean;
  readonly aggregator: AggregatorView;
}

export interface ServerView {
  readonly address: string;
  readonly mode:
    | 'leader'
    | 'follower'
    | 'standalone'
    | 'observer'
    | 'not-serving'
    | 'down'
    | 'unknown';
}

/** How the stream of changes is turned into reads. */
export interface AggregatorView {
  /**
   * Since the start of the process: watches that fired, reads, the changes that those stood for (by
   * the versions of the znodes read), and the batches they were read in.
   */
  readonly events: number;
  readonly reads: number;
  readonly changes: number;
  readonly batches: number;
  /** Paths that wait to be read, now. */
  readonly dirty: number;
  /** Watches that fired a second, over the last seconds. */
  readonly eventsPerSecond: number;
  /** Changes that one read stood for, over the last seconds; null when nothing was read. */
  readonly coalescing: number | null;
  /** The path that has waited longest, and since when. */
  readonly oldest: { readonly path: string; readonly since: number } | null;
  readonly lanes: readonly LaneView[];
}

export interface LaneView {
  readonly lane: 'leadership' | 'changes' | 'resync';
  readonly dirty: number;
  /** Reads sent and not answered yet. */
  readonly inFlight: number;
  readonly readsPerSecond: number;
  /** The most it may read a second; null where reads in flight are what is limited. */
  readonly budgetPerSecond: number | null;
  /** How long a change waits at most before it is read, at the present rate; null: not at all. */
  readonly windowMs: number | null;
}

/** How well the watched PostgreSQL servers can be asked. */
export interface ProbingView {
  readonly members: number;
  /** Members that did not answer when last asked. */
  readonly unreachable: number;
  readonly connections: number;
  readonly mostConnections: number;
  readonly pollsPerSecond: number;
  /** Members that are due and wait for their turn. */
  readonly waiting: number;
  /** Members that answer and are asked late, and since when the longest-waiting is due. */
  readonly behind: { readonly since: number; readonly count: number } | null;
}
