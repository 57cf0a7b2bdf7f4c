import type { LagSample } from '../topology/event';
import type { Progress } from '../topology/progress';
import type { ClusterView } from '../topology/view';
import { type Candidate, candidatesOf } from './candidate';
import type { RoutingPolicy } from './policy';
import type { Standing } from './standing';
import { type Verdict, weigh } from './weigh';

/** What a policy would have given a member over a stretch of the past. */
export interface Hindsight {
  readonly member: string;
  /** Of all new sessions, 0 to 1, on average; null: nobody got any. */
  readonly share: number | null;
  /** For how long it carried nothing, milliseconds. */
  readonly outMs: number;
  /** How often it went from something to nothing. */
  readonly outs: number;
  /** Its weight from moment to moment, percent. */
  readonly line: readonly { readonly at: number; readonly percent: number }[];
}

/** So that an hour of samples is not a second of work. */
const STEP_MS = 3000;
/** Two samples further apart have a gap between them, over which nothing is claimed. */
const GAP_MS = 15_000;

/**
 * The weights that a policy would have given over the samples of a cluster as it is now: who leads,
 * tags and drains are those of now. Lag in time alone is kept; what a sample hides by its age is not.
 */
export function hindsight(
  view: ClusterView,
  samples: readonly LagSample[],
  policy: RoutingPolicy,
): readonly Hindsight[] {
  const looks = thinned(samples);
  let standings: ReadonlyMap<string, Standing> = new Map();
  const seen = looks.map(({ at, members }) => {
    const candidates = candidatesOf(view, { ...nothing, leaderAt: at }).map((one): Candidate => {
      const point = Object.hasOwn(members, one.name) ? members[one.name] : undefined;
      const [lagMs, lagBytes] = [point?.ms ?? null, point?.replay ?? null];
      const freshAsOf = lagMs === null ? null : at - lagMs;
      return { ...one, lagMs, lagBytes, freshAsOf, sampledAt: at };
    });
    const weighing = weigh(candidates, standings, { policy, now: at });
    standings = weighing.standings;
    return { at, verdicts: weighing.verdicts };
  });
  return view.members.map(({ name }) => ofMember(name, seen));
}

const nothing: Progress = { bytesPerSecond: 0, leaderAt: null, members: new Map() };

interface Seen {
  readonly at: number;
  readonly verdicts: readonly Verdict[];
}

function ofMember(member: string, seen: readonly Seen[]): Hindsight {
  let [shareMs, sharedMs, outMs, outs] = [0, 0, 0, 0];
  const line: { at: number; percent: number }[] = [];
  for (const [i, { at, verdicts }] of seen.entries()) {
    const verdict = verdicts.find((one) => one.member === member);
    const percent = verdict?.percent ?? 0;
    const before = line.at(-1);
    if (before && before.percent > 0 && percent === 0) outs += 1;
    line.push({ at, percent });
    const ms = Math.min(GAP_MS, (seen[i + 1]?.at ?? at) - at);
    if (percent === 0) outMs += ms;
    if (verdict?.share == null) continue;
    shareMs += verdict.share * ms;
    sharedMs += ms;
  }
  return { member, share: sharedMs === 0 ? null : shareMs / sharedMs, outMs, outs, line };
}

function thinned(samples: readonly LagSample[]): readonly LagSample[] {
  const kept: LagSample[] = [];
  for (const sample of samples) {
    if (sample.at >= (kept.at(-1)?.at ?? -Infinity) + STEP_MS) kept.push(sample);
  }
  return kept;
}

/** The weights that a policy would give now, by what is shown of lag. */
export function foresight(
  view: ClusterView,
  policy: RoutingPolicy,
  now: number,
): readonly Verdict[] {
  const members = new Map(
    view.members.map(({ name, lag }) => {
      const [replayMs, sampledAt] = [lag?.replayMs ?? null, lag?.sampledAt ?? null];
      const known = replayMs !== null && sampledAt !== null && lag?.atLeast === false;
      const freshAsOf = known ? sampledAt - replayMs : null;
      return [name, { replayBytes: lag?.replayBytes ?? null, replayMs, sampledAt, freshAsOf }];
    }),
  );
  const candidates = candidatesOf(view, { bytesPerSecond: 0, leaderAt: now, members });
  return weigh(candidates, new Map(), { policy, now }).verdicts;
}
