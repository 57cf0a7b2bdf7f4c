import type { ClusterView } from '../../topology/view';
import type { MemberResult, RuleResult, Verdict } from '../types';

/** What a preflight rests on. Everything but the view may be unknown, and is then said to be. */
export interface PreflightInput {
  readonly view: ClusterView;
  /** Of the cluster's ensemble: connected, and read whole. */
  readonly zookeeperConnected: boolean;
  /** The longest session that the ensemble grants, milliseconds; null: not known. */
  readonly maxSessionTimeoutMs: number | null;
  /** Voting servers of the ensemble, and how many of them serve; null: not known. */
  readonly quorum: { readonly serving: number; readonly total: number } | null;
  /** Says which operation holds the cluster's turn; null when none does. */
  readonly running: string | null;
  /** Says which one is not followed any more once this begins; null: none. */
  readonly leaving: string | null;
  /** What each member's REST API has just answered; who is absent was not asked. */
  readonly reached: ReadonlyMap<string, Reached>;
  /** What ZooKeeper has of positions in the WAL, bytes. */
  readonly positions: {
    /** The leader's, as it last wrote it; null: it never did. */
    readonly head: bigint | null;
    readonly members: ReadonlyMap<string, bigint>;
  };
  /** What each member runs with; who is absent was not asked, or didn't answer. */
  readonly settings: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** What the leader would have to finish before it can stop; null: not known. */
  readonly burden: Burden | null;
  readonly now: number;
}

/** What Patroni itself would learn of a member when it looks for a candidate. */
export type Reached =
  | {
      readonly is: 'ok';
      /** Bytes; null: it didn't say. */
      readonly position: bigint | null;
      readonly timeline: number | null;
      readonly watchdogFailed: boolean;
    }
  | { readonly is: 'unreachable'; readonly why: string };

/** What a primary has to finish before it can be stopped. */
export interface Burden {
  /** WAL since the last checkpoint's start, bytes: what the shutdown's own has to write out. */
  readonly sinceCheckpointBytes: number | null;
  /** Of the oldest transaction that is open, milliseconds. */
  readonly oldestTransactionMs: number | null;
  readonly backups: number;
  /** Receivers of WAL that are still catching up: it waits for them. */
  readonly catchingUp: readonly string[];
}

export const WORST: readonly Verdict[] = ['refuse', 'unknown', 'warn', 'ok'];

/** @param more the figure, its limit and what can be done, where there are any */
// biome-ignore lint/complexity/useMaxParams: read as a row of a table
export const rule = (
  code: string,
  verdict: Verdict,
  says: string,
  more: Pick<RuleResult, 'measured' | 'limit' | 'advice'> = {},
): RuleResult => ({ code, verdict, says, ...more });

/** A member with its rules, and the worst of them. */
export function memberResult(
  name: string,
  rules: readonly RuleResult[],
  more: Pick<MemberResult, 'lossBytes'> = {},
): MemberResult {
  const worst = WORST.map((verdict) => rules.find((one) => one.verdict === verdict)).find(Boolean);
  const verdict = worst?.verdict ?? 'unknown';
  return { name, verdict, says: worst && verdict !== 'ok' ? worst.says : '', rules, ...more };
}
