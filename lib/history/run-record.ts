import type { OperationView } from '../operations/types';
import type { ClusterId } from '../topology/cluster-id';

/**
 * A run of an operation as it stood at a moment. It is recorded whenever more of it is known; of all
 * that are recorded of one run the store keeps what was known last.
 */
export interface RunRecord {
  readonly record: 'run';
  readonly seq: number;
  /** When this much was known of it. */
  readonly at: number;
  readonly cluster: ClusterId;
  readonly id: string;
  readonly kind: string;
  readonly startedAt: number;
  /** Null: it has not ended yet. */
  readonly endedAt: number | null;
  /** The code of its outcome. */
  readonly outcome: string | null;
  readonly view: OperationView;
}

/** A run's place in its cluster's list: they are told from the newest on. */
export interface RunPlace {
  readonly startedAt: number;
  readonly id: string;
}

export interface RunsQuery {
  readonly cluster: ClusterId;
  /** Only older ones than this: the next page. */
  readonly before?: RunPlace | undefined;
  /** Only of these kinds; all where it is not said. */
  readonly kinds?: readonly string[] | undefined;
  readonly limit: number;
}

export interface RunsPage {
  /** Newest first. */
  readonly runs: readonly OperationView[];
  /** Where older ones go on; null: there are none. */
  readonly next: RunPlace | null;
}

/** What changes of leadership cost, of those of which it was measured. Milliseconds. */
export interface Spread {
  readonly measured: number;
  readonly best: number;
  readonly median: number;
  readonly worst: number;
}

/** What a cluster's last changes of leadership of one kind cost. */
export interface PastCosts {
  readonly kind: 'switchover' | 'failover';
  /** How many there were, of the last 20. */
  readonly count: number;
  /** Nobody was seen to accept writes for at most so long; null: never measured. */
  readonly outageMs: Spread | null;
  /** Nobody was seen to lead; null: never seen. */
  readonly leaderlessMs: Spread | null;
}

export interface PastQuery {
  readonly cluster: ClusterId;
  readonly kind: PastCosts['kind'];
}

/** What was not measured counts for nothing, and is not taken for none. */
export function spreadOf(figures: readonly (number | null)[]): Spread | null {
  const known = figures.filter((one) => one !== null).toSorted((a, b) => a - b);
  const [best, worst] = [known[0], known.at(-1)];
  if (best === undefined || worst === undefined) return null;
  const [low = best, high = worst] = [
    known[Math.floor((known.length - 1) / 2)],
    known[Math.ceil((known.length - 1) / 2)],
  ];
  return { measured: known.length, best, median: Math.round((low + high) / 2), worst };
}
