import type { EnsembleFacts } from '@/lib/diagnosis/table';
import type { ClusterEvent, LagSample } from '@/lib/topology/event';
import type { ClusterFacts, ClusterKey } from '@/lib/topology/facts';
import type { ClusterSummary, ClusterView } from '@/lib/topology/view';
import { ClusterTracker } from './cluster-tracker';
import { Ring } from './ring';

const SAMPLES_KEPT = 3600;
/** Of a cluster that nobody looks at, samples are rarer: an hour of them is kept all the same. */
const SAMPLES_KEPT_MS = 3_600_000;
const EVENTS_KEPT = 300;
const TREND_POINTS = 60;

/** A value, the revision of its last change, and its JSON, made once however many are listening. */
export interface Stamped<T> {
  readonly rev: number;
  readonly value: T;
  readonly json: string;
}

/** What the fleet holds of one cluster. */
export interface Entry {
  readonly tracker: ClusterTracker;
  readonly key: ClusterKey;
  readonly samples: Ring<LagSample>;
  readonly events: Ring<ClusterEvent>;
  view: ClusterView | null;
  /** Facts have come since, of what is shown and not judged: they are put in when somebody looks. */
  stale: boolean;
  /** What was known of the ensemble when the view was put together. */
  judgedIn: EnsembleFacts | null;
  /** The view as JSON, made when somebody asks: nobody follows most clusters. */
  stamped: Stamped<ClusterView> | null;
  summary: Stamped<ClusterSummary> | null;
  trend: readonly (number | null)[];
  sampledAt: number;
  /** A probe has answered since the last sample was taken. */
  probed: boolean;
  cancelRefresh: () => void;
  refreshAt: number;
}

export const newEntry = (facts: ClusterFacts, now: number): Entry => ({
  tracker: new ClusterTracker(facts, now),
  key: facts.key,
  samples: new Ring(SAMPLES_KEPT, SAMPLES_KEPT_MS),
  events: new Ring(EVENTS_KEPT),
  view: null,
  stale: false,
  judgedIn: null,
  stamped: null,
  summary: null,
  trend: [],
  sampledAt: 0,
  probed: false,
  cancelRefresh: () => {},
  refreshAt: Number.POSITIVE_INFINITY,
});

/** The worst replay lag of each sample, bytes; null where none was known. */
export function trendWith(
  trend: Entry['trend'],
  members: LagSample['members'],
): readonly (number | null)[] {
  const known = Object.values(members).flatMap(({ replay }) => (replay === null ? [] : [replay]));
  return [...trend, known.length === 0 ? null : Math.max(...known)].slice(-TREND_POINTS);
}
