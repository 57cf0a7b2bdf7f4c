import type { ProbeFailureCode } from '@/lib/topology/sample';

/** Counted since the start. */
export interface ProbeCounters {
  readonly polls: number;
  readonly failures: Readonly<Record<ProbeFailureCode, number>>;
  /** Polls of members that answer, begun more than half an interval after they were due. */
  readonly late: number;
  /** Connections given up so that another member could be asked. */
  readonly rotated: number;
  /** Polls ended before their time-out because others waited for their connection. */
  readonly cutShort: number;
}

export function noFailures(): Record<ProbeFailureCode, number> {
  return {
    'no-credentials': 0,
    'address-not-allowed': 0,
    'address-unreadable': 0,
    unreachable: 0,
    'refused-auth': 0,
    'weak-auth': 0,
    'starting-up': 0,
    timeout: 0,
    failed: 0,
  };
}
