import type { Undiagnosed } from '../topology/assemble';
import type { MemberView } from '../topology/view';
import type { Severity } from './problem';
import { clusterRules } from './table-cluster';
import { memberRules } from './table-member';
import { replicationRules } from './table-replication';

/** All that a rule may look at. Nothing else decides whether there is a problem. */
export interface Patient {
  readonly cluster: Undiagnosed;
  readonly ensemble: EnsembleFacts;
  readonly limits: Limits;
  /** By member: its clock less Howdah's, milliseconds. */
  readonly clockOffsets: ReadonlyMap<string, number>;
  /** When the leader's position was seen to go backwards on one timeline. */
  readonly lsnWentBack: { readonly at: number; readonly bytes: number } | null;
  /** Sessions that have waited for a synchronous standby for over 5 s; null is unknown. */
  readonly syncWaits: number | null;
  /** By Howdah's clock, milliseconds. */
  readonly now: number;
}

export interface EnsembleFacts {
  readonly name: string;
  /** Connected, and read whole since. */
  readonly connected: boolean;
  readonly maxSessionTimeoutMs: number | null;
}

/** Where attention starts. */
export interface Limits {
  readonly lagBytes: number;
  readonly lagMs: number;
  readonly slotBytes: number;
  readonly clockOffsetMs: number;
}

export const defaultProblemLimits: Limits = {
  lagBytes: 64 * 1024 * 1024,
  lagMs: 30_000,
  slotBytes: 10 * 1024 * 1024 * 1024,
  clockOffsetMs: 5000,
};

export interface Finding {
  readonly member: MemberView | null;
  /** Tells findings of one rule on one member apart: a slot, a path. */
  readonly about?: string;
  readonly says: string;
  readonly advice: string;
}

/** One line of the table: a condition with a name, how bad it is, and what to say and do about it. */
export interface Rule {
  readonly code: string;
  readonly severity: Severity;
  /** Seconds of a switchover or restart would raise it for nothing: it has to last this long. */
  readonly settleMs: number;
  /** Among rules of one severity, the lower is said first. */
  readonly order: number;
  readonly find: (patient: Patient) => readonly Finding[];
}

export const rules: readonly Rule[] = [...clusterRules, ...memberRules, ...replicationRules];
