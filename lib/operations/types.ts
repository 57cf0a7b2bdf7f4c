import type { ClusterId } from '../topology/cluster-id';

/** What a rule of the preflight found. `unknown` neither allows nor forbids by itself. */
export type Verdict = 'ok' | 'warn' | 'refuse' | 'unknown';

export interface RuleResult {
  readonly code: string;
  readonly verdict: Verdict;
  /** One sentence with the measured value and its limit. */
  readonly says: string;
}

/** One member as a possible new leader, with every rule that speaks of it. */
export interface CandidateResult {
  readonly name: string;
  readonly verdict: Verdict;
  /** Why it can't be chosen, or the worst that can be said of it; empty when nothing. */
  readonly says: string;
  readonly rules: readonly RuleResult[];
}

/** The state an operator decided on. A request is refused when any of it has moved. */
export interface SeenState {
  readonly leader: string;
  readonly leaderCzxid: string;
  /** Null when the cluster has no readable configuration. */
  readonly configVersion: number | null;
}

export interface SwitchoverPreflight {
  readonly cluster: ClusterId;
  readonly clusterName: string;
  /** Null when there is no leader to switch over from; `rules` says so. */
  readonly seen: SeenState | null;
  readonly rules: readonly RuleResult[];
  readonly candidates: readonly CandidateResult[];
  /** Best candidate, or null. */
  readonly suggested: string | null;
  /** What will happen, in order. */
  readonly preview: readonly string[];
  /** Expected time without a leader, milliseconds [low, high]. */
  readonly expectedOutageMs: readonly [number, number];
}

export interface SwitchoverRequest {
  readonly cluster: ClusterId;
  readonly candidate: string;
  readonly seen: SeenState;
  /** The cluster's name, typed by the operator. */
  readonly confirm: string;
  readonly reason: string;
}

export type RunState = 'recorded' | 'requested' | 'observing' | 'ended';

export type OutcomeCode = 'done' | 'done-other' | 'refused' | 'failed' | 'unknown';

export interface Outcome {
  readonly code: OutcomeCode;
  readonly says: string;
  readonly at: number;
}

export type StepCode =
  | 'recorded'
  | 'rechecked'
  | 'requested'
  | 'accepted'
  | 'request-seen'
  | 'leader-released'
  | 'leader-acquired'
  | 'request-cleared'
  | 'promoted'
  | 'timeline-advanced'
  | 'old-leader-back';

export interface Step {
  readonly code: StepCode;
  readonly says: string;
  /** Null: not seen yet. */
  readonly at: number | null;
}

/** A switchover as every browser sees it: server-side, with an identity of its own. */
export interface OperationView {
  readonly id: string;
  readonly kind: 'switchover';
  readonly cluster: ClusterId;
  readonly clusterName: string;
  readonly from: string;
  readonly to: string;
  readonly reason: string;
  /** Who asked for it; null or absent: that is not known. */
  readonly by?: string | null;
  readonly state: RunState;
  readonly startedAt: number;
  readonly steps: readonly Step[];
  /** What the run waits for now, and until when at most. */
  readonly waiting: {
    readonly says: string;
    readonly since: number;
    readonly until: number;
  } | null;
  /** Measured: from the old leader's key vanishing to the new one's appearing, milliseconds. */
  readonly leaderlessMs: number | null;
  /** Measured: at most this long nobody accepted writes, milliseconds. Null until that is known. */
  readonly outageMs: number | null;
  readonly outcome: Outcome | null;
}
