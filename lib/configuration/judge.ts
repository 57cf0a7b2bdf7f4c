import type { RuleResult, Verdict } from '../operations/types';
import { type Document, sameValue, valueAt } from './document';
import type { ParameterFacts } from './facts';

export interface CheckInput {
  /** The longest session that the ensemble grants; null: not known. */
  readonly maxSessionTimeoutMs: number | null;
  /** Of each member that tells it. */
  readonly patroniVersions: readonly string[];
  /** What PostgreSQL says of its parameters; null: not known. */
  readonly parameters: ParameterFacts | null;
  /** What stands there now; null: nothing that can be read. */
  readonly current: Document | null;
}

/** What the rules are given: both documents, and what of them the edit has changed. */
export interface Judge extends CheckInput {
  readonly document: Document;
  /** False where both say the same. */
  readonly changed: (path: string) => boolean;
  /** `refuse`, but only for what the edit has changed. */
  readonly worst: (path: string) => Verdict;
}

export function judgeOf(document: Document, input: CheckInput): Judge {
  const changed = (path: string) =>
    !sameValue(valueAt(document, path), valueAt(input.current, path));
  const worst = (path: string): Verdict => (changed(path) ? 'refuse' : 'warn');
  return { ...input, document, changed, worst };
}

export const rule = (code: string, verdict: Verdict, says: string): RuleResult => ({
  ...{ code, verdict, says },
});
