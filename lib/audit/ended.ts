import { Failure, type FailureCode } from '../errors';
import type { AuditIntent, AuditOutcome, AuditResult } from './entry';

/** Why an act was not done was known before anything was. */
const refusals: ReadonlySet<FailureCode> = new Set([
  ...(['bad-input', 'signed-out', 'forbidden', 'limited'] as const),
  ...(['not-found', 'moved', 'busy', 'refused'] as const),
]);

const LOST = 'The answer was lost: whether it was done has to be looked at.';

/**
 * How an act ended that threw. Where an answer was lost, as of a transaction that may have been
 * committed, nobody knows whether it was done. `followed`: who carries it out knows, and throws
 * `unavailable` only where it was not. Words of errors that nobody foresaw stay in the log.
 */
export function endedBy(
  error: unknown,
  { id, at, followed }: { readonly id: string; readonly at: number; readonly followed: boolean },
): AuditOutcome {
  const ended = (result: AuditResult, says: string) => ({ id, at, result, says, cost: null });
  if (!(error instanceof Failure)) return ended('unknown', LOST);
  if (refusals.has(error.code)) return ended('refused', error.message);
  return followed ? ended('failed', error.message) : ended('unknown', LOST);
}

/** How an act ended that did what it was to do. */
export function doneAs(
  { id, at: began }: Pick<AuditIntent, 'id' | 'at'>,
  at: number,
): AuditOutcome {
  return { id, at, result: 'done', says: 'Done.', cost: { tookMs: Math.max(0, at - began) } };
}
