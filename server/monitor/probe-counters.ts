import type { ProbeFailureCode } from '@/lib/topology/sample';
import { Rate } from './rate';

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

/** Keeps count of polls. */
export class ProbeTally {
  readonly #counts = { polls: 0, late: 0, rotated: 0, cutShort: 0 };
  readonly #failures = noFailures();
  readonly #rate: Rate;

  constructor(now: number) {
    this.#rate = new Rate(now);
  }

  get counters(): ProbeCounters {
    return { ...this.#counts, failures: { ...this.#failures } };
  }

  /** Over about the last five seconds. */
  perSecond(now: number): number {
    return this.#rate.perSecond(now);
  }

  asked(now: number, late: boolean): void {
    this.#counts.polls += 1;
    if (late) this.#counts.late += 1;
    this.#rate.add(1, now);
  }

  failed(code: ProbeFailureCode): void {
    this.#failures[code] += 1;
  }

  gaveUp(how: 'rotated' | 'cutShort'): void {
    this.#counts[how] += 1;
  }
}

function noFailures(): Record<ProbeFailureCode, number> {
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
