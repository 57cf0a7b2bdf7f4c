import type { Order } from './agent-check';
import type { Candidate } from './candidate';
import { sampledLag, shareOf, worstLag } from './freshness';
import { leading } from './leading';
import { capacityOf, drainOf, type RoutingPolicy } from './policy';
import { having, type Standing, standingOf, without } from './standing';
import { lagInWords, type Why, wordsFor } from './words';

/** What a member gets, and why. */
export interface Verdict {
  readonly member: string;
  readonly why: Why;
  /** In one sentence. */
  readonly says: string;
  readonly order: Order;
  /** Of its own weight, 0 to 100. */
  readonly percent: number;
  /** Of all new sessions, 0 to 1; null: nobody gets any by weight. */
  readonly share: number | null;
  /** The worst its lag may be now, in parts of its limit; null: not known. Of a leader 0. */
  readonly worst: number | null;
}

export interface Weighing {
  readonly verdicts: readonly Verdict[];
  /** What does not go by the policy, in one sentence; null: all does. */
  readonly flag: string | null;
  readonly standings: ReadonlyMap<string, Standing>;
}

interface Weighed {
  readonly candidate: Candidate;
  readonly standing: Standing;
  readonly why: Why;
  readonly percent: number;
}

interface Moment {
  readonly policy: RoutingPolicy;
  readonly now: number;
}

/**
 * The weights of a cluster's members for reads, by its policy and by what is known of their lag now.
 * Pure: what it has to remember goes in as `before` and comes out as `standings`. May be called as
 * often as one likes; the same facts give the same weights. docs/load-balancing.md says it in prose.
 */
export function weigh(
  candidates: readonly Candidate[],
  before: ReadonlyMap<string, Standing>,
  moment: Moment,
): Weighing {
  const standbys = candidates
    .filter(({ isLeader }) => !isLeader)
    .map((candidate) => standby(candidate, before.get(candidate.name), moment));
  const all = [...standbys, ...leaders(candidates, { standbys, moment, before })];
  const { weighed, flag } = atLeastOne(all, moment);
  const total = weighed.reduce((sum, { percent }) => sum + Math.round(percent), 0);
  return {
    verdicts: weighed.map((one) => verdictOf(one, { total, moment })),
    flag: flag ?? tooFew(weighed, moment.policy),
    standings: new Map(weighed.map(({ candidate, standing }) => [candidate.name, standing])),
  };
}

function standby(candidate: Candidate, before: Standing | undefined, moment: Moment): Weighed {
  const { policy, now } = moment;
  const standing = standingOf(candidate, before, moment);
  const of = (why: Why): Weighed => {
    const briefly = why === 'barred' || why === 'unknown';
    return { candidate, why, percent: 0, standing: without(standing, { briefly }) };
  };
  // Before all else: somebody who is worked on is often down as well, and stays drained by that.
  if (drainOf(policy, candidate.name, now)) return of('drained');
  if (candidate.barred !== null) return of('barred');
  const capacity = capacityOf(policy, candidate.name);
  if (capacity === 0) return of('weightless');
  if (!Number.isFinite(worstLag(candidate, policy.limit, now))) return of('unknown');
  if (!standing.isIn) return of('lagging');
  const target = Math.max(1, capacity * shareOf(standing.calm ?? 1));
  const percent = risen(target, before, moment);
  const deserved = capacity * shareOf(sampledLag(candidate, policy.limit));
  const after = having(standing, percent, deserved);
  return { candidate, why: after.isReturning ? 'returning' : 'serves', percent, standing: after };
}

/** Falls at once, and rises no faster than from nothing to all in the policy's slow start. */
function risen(target: number, before: Standing | undefined, { policy, now }: Moment): number {
  if (before === undefined || before.percent === null || policy.slowStartMs === 0) return target;
  const most = before.percent + (100 * Math.max(0, now - before.at)) / policy.slowStartMs;
  return Math.min(target, Math.max(1, most));
}

function leaders(
  candidates: readonly Candidate[],
  of: {
    readonly standbys: readonly Weighed[];
    readonly moment: Moment;
    readonly before: ReadonlyMap<string, Standing>;
  },
): readonly Weighed[] {
  const serving = of.standbys.filter(({ why }) => why === 'serves').length;
  return candidates
    .filter(({ isLeader }) => isLeader)
    .map((candidate) => {
      const before = of.before.get(candidate.name);
      return { candidate, ...leading(candidate, serving, { moment: of.moment, before }) };
    });
}

/**
 * Somebody has to serve. If nobody would by the policy, those standbys that nothing but their lag
 * speaks against do: most of it goes to the one that is least behind.
 */
function atLeastOne(
  all: readonly Weighed[],
  { policy, now }: Moment,
): { readonly weighed: readonly Weighed[]; readonly flag: string | null } {
  if (all.some(({ percent }) => percent > 0)) return { weighed: all, flag: null };
  const late = all.filter(({ why }) => why === 'lagging' || why === 'unknown');
  if (late.length === 0) return { weighed: all, flag: NOBODY };
  const worst = (one: Weighed) => worstLag(one.candidate, policy.limit, now);
  const least = Math.min(...late.map(worst));
  const weighed = all.map((one): Weighed => {
    if (!late.includes(one)) return one;
    // Alike where nothing is known of anybody, too.
    const part = worst(one) === least ? 1 : (least / worst(one)) ** 2;
    return { ...one, why: 'least-behind', percent: Math.max(1, 100 * part) };
  });
  return { weighed, flag: Number.isFinite(least) ? ALL_LATE : ALL_UNKNOWN };
}

const NOBODY =
  'Nobody may serve reads by this policy: HAProxy sends them to whoever Patroni accepts.';
const ALL_LATE =
  'No standby is within its limit, and the leader may not help: those least behind serve.';
const ALL_UNKNOWN =
  'How far behind the standbys are is not known, and the leader may not help: all of them serve.';

function tooFew(weighed: readonly Weighed[], { leastStandbys }: RoutingPolicy): string | null {
  const serving = weighed.filter(
    ({ why, candidate }) => !candidate.isLeader && (why === 'serves' || why === 'returning'),
  ).length;
  if (serving >= leastStandbys) return null;
  const standbys = serving === 1 ? '1 standby serves' : `${serving} standbys serve`;
  return `${standbys}, and the policy wants ${leastStandbys} at least.`;
}

function verdictOf(
  { candidate, why, percent, standing }: Weighed,
  { total, moment }: { readonly total: number; readonly moment: Moment },
): Verdict {
  const { policy, now } = moment;
  const worst = candidate.isLeader ? 0 : worstLag(candidate, policy.limit, now);
  // A figure that is none would make the lease of every cluster one that no agent takes.
  const rounded = Number.isFinite(percent) ? Math.round(percent) : 0;
  const order = orderFor({ why, percent: rounded, candidate }, { total, moment });
  const says = wordsFor(why, { candidate, standing, policy, now });
  return {
    ...{ member: candidate.name, why, says, order, percent: rounded },
    share: total === 0 ? null : rounded / total,
    worst: Number.isFinite(worst) ? worst : null,
  };
}

/** What is older proves nothing of how far behind it is now: Howdah itself may have stood still. */
const RECENT_MS = 5000;

/** It was seen to be beyond its limit, and that a moment ago. */
function isMeasured(
  { why, candidate }: { readonly why: Why; readonly candidate: Candidate },
  { policy, now }: Moment,
): boolean {
  const { sampledAt, leaderAt } = candidate;
  const oldest = Math.min(sampledAt ?? 0, leaderAt ?? 0);
  return why === 'lagging' && now - oldest < RECENT_MS && sampledLag(candidate, policy.limit) > 1;
}

function orderFor(
  one: { readonly why: Why; readonly percent: number; readonly candidate: Candidate },
  { total, moment }: { readonly total: number; readonly moment: Moment },
): Order {
  const { why, percent, candidate } = one;
  if (why === 'drained') return { is: 'drain' };
  // Nobody is cut off who has nowhere else to go, or of whom it is merely not known.
  if (moment.policy.closeStale && total > 0 && isMeasured(one, moment)) {
    return { is: 'cut', why: lagInWords(candidate, moment) };
  }
  return { is: 'share', percent };
}
