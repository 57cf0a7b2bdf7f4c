import type { ProbeFailureCode } from '@/lib/topology/sample';

/** Why a probe failed, in Howdah's closed vocabulary. */
export class ProbeError extends Error {
  readonly code: ProbeFailureCode;

  constructor(code: ProbeFailureCode, says: string) {
    super(says);
    this.name = 'ProbeError';
    this.code = code;
  }
}

/** Translates what the driver, the socket or the server said. Never carries a credential. */
export function probeErrorOf(error: unknown, address: string): ProbeError {
  if (error instanceof ProbeError) return error;
  const { code, message } = asError(error);
  if (code === '28P01' || code === '28000') {
    return new ProbeError('refused-auth', `${address} refused the monitoring user (${message})`);
  }
  if (code === '57P03')
    return new ProbeError('starting-up', `PostgreSQL on ${address} is starting up`);
  if (code === '57014') return new ProbeError('timeout', `${address} took too long to answer`);
  if (code && /^[0-9A-Z]{5}$/.test(code) && !code.startsWith('E')) {
    return new ProbeError('failed', `${address} answered with an error (${message})`);
  }
  if (/timeout/i.test(message))
    return new ProbeError('timeout', `${address} did not answer in time`);
  const reason = code === 'ECONNREFUSED' ? 'nothing listens there' : message;
  return new ProbeError('unreachable', `${address} can't be reached (${reason})`);
}

function asError(error: unknown): { code: string | undefined; message: string } {
  if (!(error instanceof Error)) return { code: undefined, message: String(error) };
  const { code } = error as Error & { code?: unknown };
  return { code: typeof code === 'string' ? code : undefined, message: error.message };
}
