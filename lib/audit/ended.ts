import { Failure, type FailureCode } from '../errors';
import type { AuditOutcome } from './entry';

/** Why an act was not done was known before anything was. */
const refusals: ReadonlySet<FailureCode> = new Set([
  ...(['bad-input', 'not-found', 'moved', 'busy', 'refused'] as const),
]);

/** How an act ended that threw: refused, or failed. Words of errors that nobody foresaw stay here. */
export function endedBy(
  error: unknown,
  { id, at }: { readonly id: string; readonly at: number },
): AuditOutcome {
  if (!(error instanceof Failure)) {
    const says = 'It met an error that nobody foresaw, which is in the log.';
    return { id, at, result: 'failed', says, cost: null };
  }
  const result = refusals.has(error.code) ? 'refused' : 'failed';
  return { id, at, result, says: error.message, cost: null };
}
