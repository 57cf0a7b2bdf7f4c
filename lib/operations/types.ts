import type { SettingEffect } from '../configuration/effects';
import type { ClusterId } from '../topology/cluster-id';
import type { Cause } from '../topology/event';
import type { OperationKind, Wish } from './wish';

/** What a rule of the preflight found. `unknown` neither allows nor forbids by itself. */
export type Verdict = 'ok' | 'warn' | 'refuse' | 'unknown';

export interface RuleResult {
  readonly code: string;
  readonly verdict: Verdict;
  /** One sentence with the measured value and its limit. */
  readonly says: string;
  /** The figure that was looked at, and what it was held against, with their units. */
  readonly measured?: string;
  readonly limit?: string;
  /** What can be done about it. */
  readonly advice?: string;
}

/** One member as a possible new leader or target, with every rule that speaks of it. */
export interface MemberResult {
  readonly name: string;
  readonly verdict: Verdict;
  /** Why it can't be chosen, or the worst that can be said of it; empty when nothing. */
  readonly says: string;
  readonly rules: readonly RuleResult[];
  /** What would be lost if it led, bytes; null: not known. Only of candidates. */
  readonly lossBytes?: number | null;
}

/** The state an operator decided on. A request is refused when what it rests on has moved. */
export interface SeenState {
  /** Null: there was none. */
  readonly leader: string | null;
  readonly leaderCzxid: string | null;
  /** Null when the cluster has no readable configuration. */
  readonly configVersion: number | null;
  /** Of the `failover` znode while a request stands in it; null: none did. */
  readonly requestVersion: number | null;
  /** What was shown as lost at worst, bytes; null: unknown, or nothing can be. */
  readonly lossBytes: number | null;
}

/** `interrupts`: clients notice. `loses`: data may be gone for good. */
export type Danger = 'none' | 'interrupts' | 'loses';

/** What would happen now: shown live while somebody decides, and asked again at the act. */
export interface Preflight {
  readonly cluster: ClusterId;
  readonly clusterName: string;
  readonly kind: OperationKind;
  /** "Switch orders over to orders-2": what the button does. */
  readonly verb: string;
  readonly seen: SeenState;
  readonly rules: readonly RuleResult[];
  /** Candidates, or those that can be chosen as targets; those that can't say why. */
  readonly members: readonly MemberResult[];
  /** Best candidate, or null. */
  readonly suggested: string | null;
  /** What it costs, in one sentence. */
  readonly consequence: string;
  /** What will happen, in order. */
  readonly preview: readonly string[];
  readonly danger: Danger;
  /** What has to be typed; null: nothing. */
  readonly phrase: string | null;
  /** Expected time without writes, milliseconds [low, high]; null: none is expected. */
  readonly expectedOutageMs: readonly [number, number] | null;
  /** Of a configuration: what differs from the one there is. */
  readonly changes?: readonly SettingEffect[];
}

export interface OperationRequest {
  readonly cluster: ClusterId;
  readonly wish: Wish;
  readonly seen: SeenState;
  /** The preflight's phrase, typed by the operator; empty where there is none. */
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

/**
 * Of what concerns one member: "restarted orders-1". The others are the same for every run of a
 * kind: see `lib/operations/plan.ts`.
 */
export type StepCode = string;

export interface Step {
  readonly code: StepCode;
  readonly says: string;
  /** Null: not seen yet. */
  readonly at: number | null;
}

/** A run as every browser sees it: server-side, with an identity of its own. */
export interface OperationView {
  readonly id: string;
  readonly kind: OperationKind;
  /** "Switchover from orders-1 to orders-2". */
  readonly title: string;
  readonly cluster: ClusterId;
  readonly clusterName: string;
  /** Null of what doesn't move the leadership. */
  readonly from: string | null;
  readonly to: string | null;
  readonly reason: string;
  /** Who asked Howdah for it; null or absent: that is not known, or nobody did. */
  readonly by?: string | null;
  /** `howdah`: asked for here. Else somebody or something else did it, and it was only followed. */
  readonly cause: Cause;
  /** Nothing else can be asked for on that cluster until it has ended; absent: it is only followed. */
  readonly holdsTurn?: boolean;
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
  /** By writes that were really tried, or by who was seen to be writable. */
  readonly outageBy?: 'writes' | 'probes' | null;
  /** Measured: two members were seen to accept writes at once. Absent: not seen. */
  readonly twoWriters?: string;
  /** Writes that were tried through a proxy's port; absent: none were. */
  readonly through?: ThroughProxy;
  readonly outcome: Outcome | null;
}

/** What a client of a proxy saw of a change of leadership. */
export interface ThroughProxy {
  /** e.g. "haproxy:5000". */
  readonly address: string;
  /** When the first write after it was confirmed; null: none has failed, or none has come back yet. */
  readonly backAt: number | null;
  /** From the last confirmed before to the first after, milliseconds; null: not over, or its beginning was not seen. */
  readonly outageMs: number | null;
  /** None is confirmed now. */
  readonly isOut: boolean;
}
