import type { HistoryTold } from '../history/history';
import type { OperationView } from '../operations/types';
import type { RoutingView } from '../routing/view';
import type { ClusterId } from '../topology/cluster-id';
import type { ClusterEvent, LagSample } from '../topology/event';
import type { ClusterSummary, ClusterView } from '../topology/view';
import type { EnsembleView, Frame, HelloFrame, ProbingView } from './frames';

/** An hour at one sample a second, with room for jitter. */
export const SAMPLES_KEPT = 3700;
export const EVENTS_KEPT = 300;

/** All that a browser knows of the fleet: the fold of the frames it has received. */
export interface StreamState {
  readonly hello: HelloFrame | null;
  readonly ensembles: readonly EnsembleView[];
  /** Null: not told yet, or never: it is for who sees all clusters. */
  readonly probing: ProbingView | null;
  readonly history: HistoryTold | null;
  /** False until the first fleet frame: an empty map then means "not told yet", not "no clusters". */
  readonly fleetKnown: boolean;
  readonly fleet: ReadonlyMap<ClusterId, ClusterSummary>;
  readonly clusters: ReadonlyMap<ClusterId, ClusterState>;
}

export interface ClusterState {
  /** Undefined: not told yet. Null: there is no such cluster. */
  readonly view: ClusterView | null | undefined;
  readonly samples: readonly LagSample[];
  readonly events: readonly ClusterEvent[];
  readonly operation: OperationView | null;
  /** Null: not told yet, or there is no such cluster. */
  readonly routing: RoutingView | null;
}

export const emptyStream: StreamState = {
  hello: null,
  ensembles: [],
  probing: null,
  history: null,
  fleetKnown: false,
  fleet: new Map(),
  clusters: new Map(),
};

export const emptyCluster: ClusterState = {
  view: undefined,
  samples: [],
  events: [],
  operation: null,
  routing: null,
};

/** Applies one frame. Pure; returns the same object when the frame changes nothing. */
export function reduce(state: StreamState, frame: Frame): StreamState {
  switch (frame.type) {
    case 'hello':
      // What is for who sees all clusters is not told to who no longer does: that begins anew here.
      return frame.epoch === state.hello?.epoch
        ? { ...state, hello: frame }
        : { ...state, hello: frame, probing: null };
    case 'beat':
      return state;
    case 'ensembles':
      return { ...state, ensembles: frame.ensembles };
    case 'probing':
      return { ...state, probing: frame.probing };
    case 'history':
      return { ...state, history: frame.history };
    case 'fleet': {
      const fleet = new Map(frame.full ? [] : state.fleet);
      for (const id of frame.gone) fleet.delete(id);
      for (const summary of frame.changed) fleet.set(summary.id, summary);
      return { ...state, fleetKnown: true, fleet };
    }
    case 'cluster':
      return withCluster(state, frame.id, { view: frame.view });
    case 'samples': {
      const before = state.clusters.get(frame.id)?.samples ?? [];
      return withCluster(state, frame.id, {
        samples: append(frame.reset ? [] : before, frame.samples, SAMPLES_KEPT),
      });
    }
    case 'events': {
      const before = state.clusters.get(frame.id)?.events ?? [];
      return withCluster(state, frame.id, {
        events: append(frame.reset ? [] : before, frame.events, EVENTS_KEPT),
      });
    }
    case 'operation':
      return withCluster(state, frame.id, { operation: frame.operation });
    case 'routing':
      return withCluster(state, frame.id, { routing: frame.routing });
  }
}

function withCluster(state: StreamState, id: ClusterId, part: Partial<ClusterState>): StreamState {
  const clusters = new Map(state.clusters);
  clusters.set(id, { ...(clusters.get(id) ?? emptyCluster), ...part });
  return { ...state, clusters };
}

/** Appends what is newer than the last entry kept, so that a frame told twice counts once. */
function append<T extends { readonly seq: number }>(
  kept: readonly T[],
  more: readonly T[],
  most: number,
): readonly T[] {
  const last = kept.at(-1)?.seq ?? -1;
  const fresh = more.filter((entry) => entry.seq > last);
  return fresh.length === 0 ? kept : [...kept, ...fresh].slice(-most);
}
