import { type Candidate, candidatesOf } from '@/lib/routing/candidate';
import type { RoutingPolicy } from '@/lib/routing/policy';
import type { Standing } from '@/lib/routing/standing';
import { type Weighing, weigh } from '@/lib/routing/weigh';
import type { ClusterId } from '@/lib/topology/cluster-id';
import type { Progress } from '@/lib/topology/progress';
import type { ClusterView } from '@/lib/topology/view';
import type { Clock } from '../ports';

export interface ScalesOptions {
  readonly clock: Clock;
  readonly view: (id: ClusterId) => ClusterView | null;
  readonly progress: (id: ClusterId) => Progress | null;
  /** Whether what is held of that ensemble, and of its policies, is what it holds. */
  readonly isCurrent: (ensemble: string) => boolean;
}

export interface Weighed {
  readonly policy: RoutingPolicy;
  readonly weighing: Weighing;
  readonly at: number;
}

/** So long a cluster's first samples are waited for. */
const FIRST_MS = 3000;

/** The last weighing of each cluster, and what has to be remembered for the next. */
export class Scales {
  readonly #options: ScalesOptions;
  readonly #weighed = new Map<ClusterId, Weighed>();
  /** When it was first tried to weigh a cluster that has not been weighed yet. */
  readonly #begun = new Map<ClusterId, number>();

  constructor(options: ScalesOptions) {
    this.#options = options;
  }

  get all(): ReadonlyMap<ClusterId, Weighed> {
    return this.#weighed;
  }

  get(id: ClusterId): Weighed | undefined {
    return this.#weighed.get(id);
  }

  /** A cluster whose standbys have not been asked once yet, which they will be in a moment. */
  get isBeginning(): boolean {
    return this.#begun.size > 0;
  }

  forget(id: ClusterId): void {
    this.#weighed.delete(id);
    this.#begun.delete(id);
  }

  /** Does nothing while the cluster can't be vouched for: what was known is kept for when it can. */
  weigh(id: ClusterId, policy: RoutingPolicy): void {
    const { clock, view, progress, isCurrent } = this.#options;
    const [cluster, at] = [view(id), progress(id)];
    if (!cluster || !at) {
      this.forget(id);
      return;
    }
    if (!isCurrent(cluster.key.ensemble)) return;
    const before = this.#weighed.get(id);
    const candidates = candidatesOf(cluster, at);
    if (before === undefined && this.#isTooSoon(id, candidates)) return;
    this.#begun.delete(id);
    // What another limit has let in or kept out is judged afresh.
    const isSame = JSON.stringify(before?.policy.limit) === JSON.stringify(policy.limit);
    const standings: ReadonlyMap<string, Standing> =
      (isSame && before?.weighing.standings) || new Map();
    const now = clock.now();
    this.#weighed.set(id, {
      ...{ policy, at: now },
      weighing: weigh(candidates, standings, { policy, now }),
    });
  }

  /** Before its standbys have been asked once, what is known of a cluster says nothing. */
  #isTooSoon(id: ClusterId, candidates: readonly Candidate[]): boolean {
    const now = this.#options.clock.now();
    const since = this.#begun.get(id) ?? now;
    this.#begun.set(id, since);
    const isKnown = candidates.every(
      (one) => one.isLeader || one.barred !== null || one.freshAsOf !== null,
    );
    return !isKnown && now - since < FIRST_MS;
  }
}
