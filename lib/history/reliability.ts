import type { ClusterId } from '../topology/cluster-id';
import type { Failover } from './failover';
import type { Gap } from './history';
import {
  availabilityOf,
  type Budget,
  budgetOf,
  judge,
  type Measured,
  type Verdict,
} from './objective';
import { WATCH_NOTED_MS } from './replay';
import { lengthWithin, type Stretch, united, without } from './stretches';

export interface ReliabilityQuery {
  /** Only this one; else all that were there. */
  readonly cluster?: ClusterId | undefined;
  /** Milliseconds since the epoch, the first included and the last not. */
  readonly from: number;
  readonly until: number;
}

/** What is kept of a change of leadership and told here. */
export type KeptFailover = Pick<
  Failover,
  | 'cluster'
  | 'czxid'
  | 'kind'
  | 'cause'
  | 'from'
  | 'to'
  | 'began'
  | 'led'
  | 'outageMs'
  | 'lostBytes'
>;

/** The furthest that a standby of a cluster was seen behind its leader, by replay. */
export interface WorstLag {
  readonly cluster: ClusterId;
  readonly member: string;
  readonly bytes: number;
  /** The beginning of the time it was in, and how long that is: an hour, a minute or less. */
  readonly at: number;
  readonly widthMs: number;
}

/** All that is kept of a period, before it is judged. */
export interface ReliabilityFacts extends Stretch {
  /** `from` is later than asked for: there were more changes of leadership than one answer takes. */
  readonly cut: boolean;
  /** Since when each is known to history, and when it was gone for good; null: it is there. */
  readonly clusters: readonly {
    readonly cluster: ClusterId;
    readonly since: number;
    readonly gone: number | null;
  }[];
  readonly failovers: readonly KeptFailover[];
  /** Times in which a Howdah watched; they may overlap. */
  readonly watched: readonly Stretch[];
  /** Times for which records are lost: nothing can be told of them. */
  readonly gaps: readonly Gap[];
  /** Null: it could not be told in time. A cluster without one has no figure. */
  readonly worstLag: readonly WorstLag[] | null;
}

/** A change of leadership and what of its outage lies within the period; null: not measured. */
export interface ChangeWithin {
  readonly failover: KeptFailover;
  readonly outageMs: number | null;
}

export interface Figures extends Measured {
  readonly planned: number;
  readonly unplanned: number;
  /** The same member took the leadership anew. */
  readonly restarts: number;
  readonly longest: ChangeWithin | null;
  /** At least so many bytes were lost; null: of no change is it known. */
  readonly lostBytes: number | null;
  /** Of how many changes to another member that is not known. */
  readonly lostUnknown: number;
  /** Percent of the watched time; null: nothing was watched. */
  readonly availability: number | null;
}

export interface ClusterReport extends Figures {
  readonly cluster: ClusterId;
  /** Since when it is judged: later than the period's beginning where it came later. */
  readonly since: number;
  /** When it was gone for good; null: it is there. */
  readonly gone: number | null;
  readonly verdict: Verdict;
  readonly budget: Budget;
  /** Newest first. */
  readonly changes: readonly ChangeWithin[];
  readonly worstLag: WorstLag | null;
}

export interface ReliabilityReport {
  /** Sums over all clusters: of their time too. */
  readonly fleet: Figures & { readonly worstLag: WorstLag | null };
  readonly verdicts: Readonly<Record<Verdict['is'], number>>;
  /** Worst first: missed, can't be told, met. */
  readonly clusters: readonly ClusterReport[];
}

/** Judges what is kept of a period by an objective in percent. */
export function reportOf(facts: ReliabilityFacts, objective: number): ReliabilityReport {
  // Whoever stopped within the time of a note can't be told from who goes on.
  const noted = facts.watched.map(({ from, until }) => ({
    ...{ from, until: until + WATCH_NOTED_MS >= facts.until ? facts.until : until },
  }));
  const watched = without(united(noted), united(facts.gaps));
  const byCluster = new Map<ClusterId, KeptFailover[]>();
  for (const one of facts.failovers) {
    const mine = byCluster.get(one.cluster);
    if (mine) mine.push(one);
    else byCluster.set(one.cluster, [one]);
  }
  const lag = new Map(facts.worstLag?.map((one) => [one.cluster, one]));
  const clusters = facts.clusters
    .map(({ cluster, ...known }): ClusterReport => {
      const failovers = byCluster.get(cluster) ?? [];
      // Where structures went before their time, a change of leadership tells that it was there.
      const since = Math.max(facts.from, Math.min(known.since, ...failovers.map((f) => f.began)));
      const there = { from: since, until: Math.min(facts.until, known.gone ?? facts.until) };
      const changes = changesWithin(failovers, there);
      const measured = {
        ...{ periodMs: facts.until - facts.from, presentMs: Math.max(0, there.until - since) },
        watchedMs: lengthWithin(watched, there),
      };
      const figures = figuresOf(changes, measured);
      const judged = { verdict: judge(figures, objective), budget: budgetOf(figures, objective) };
      const worstLag = lag.get(cluster) ?? null;
      return { ...figures, ...judged, ...{ cluster, since, gone: known.gone, changes, worstLag } };
    })
    .sort(worstFirst);
  const verdicts = { met: 0, missed: 0, unknown: 0 };
  for (const { verdict } of clusters) verdicts[verdict.is] += 1;
  const sum = (of: (one: ClusterReport) => number) =>
    clusters.reduce((all, one) => all + of(one), 0);
  const fleet = figuresOf(
    clusters.flatMap((one) => one.changes),
    {
      periodMs: sum((one) => one.periodMs),
      presentMs: sum((one) => one.presentMs),
      watchedMs: sum((one) => one.watchedMs),
    },
  );
  return { fleet: { ...fleet, worstLag: furthest(clusters) }, verdicts, clusters };
}

function figuresOf(
  changes: readonly ChangeWithin[],
  times: Pick<Measured, 'periodMs' | 'presentMs' | 'watchedMs'>,
): Figures {
  const count = (kind: Failover['kind']) =>
    changes.filter((one) => one.failover.kind === kind).length;
  const outageMs = changes.reduce((all, one) => all + (one.outageMs ?? 0), 0);
  const moves = changes.filter(({ failover }) => failover.kind !== 'restart');
  const lost = moves.flatMap(({ failover }) => failover.lostBytes ?? []);
  return {
    ...{ ...times, outageMs },
    notMeasured: changes.filter((one) => one.outageMs === null).length,
    ...{ planned: count('switchover'), unplanned: count('failover'), restarts: count('restart') },
    longest: changes.reduce<ChangeWithin | null>(
      (worst, one) => ((one.outageMs ?? 0) > (worst?.outageMs ?? 0) ? one : worst),
      null,
    ),
    lostBytes: lost.length === 0 ? null : lost.reduce((all, bytes) => all + bytes, 0),
    lostUnknown: moves.length - lost.length,
    availability: availabilityOf({ ...times, outageMs }),
  };
}

/**
 * Of an outage only its length is kept. It is laid so that it ends when the new leader was seen: that
 * is off by a promotion, and matters only where the period begins or ends in its midst.
 */
function changesWithin(
  failovers: readonly KeptFailover[],
  { from, until }: Stretch,
): ChangeWithin[] {
  return failovers
    .map((failover) => ({ failover, began: failover.led - (failover.outageMs ?? 0) }))
    .filter(
      ({ failover, began }) => failover.led >= from && Math.min(began, failover.began) < until,
    )
    .map(({ failover, began }) => ({
      failover,
      outageMs:
        failover.outageMs === null
          ? null
          : Math.max(0, Math.min(failover.led, until) - Math.max(began, from)),
    }))
    .sort((a, b) => b.failover.led - a.failover.led);
}

const order: Readonly<Record<Verdict['is'], number>> = { missed: 0, unknown: 1, met: 2 };

function worstFirst(a: ClusterReport, b: ClusterReport): number {
  return (
    order[a.verdict.is] - order[b.verdict.is] ||
    (a.availability ?? 101) - (b.availability ?? 101) ||
    b.notMeasured - a.notMeasured ||
    b.unplanned - a.unplanned ||
    (a.cluster < b.cluster ? -1 : 1)
  );
}

function furthest(clusters: readonly ClusterReport[]): WorstLag | null {
  return clusters.reduce<WorstLag | null>(
    (worst, { worstLag }) => ((worstLag?.bytes ?? -1) > (worst?.bytes ?? -1) ? worstLag : worst),
    null,
  );
}
