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

const BUCKET_MS = 500;
const BUCKETS = 10;

/** How often something happens a second, over the last five. */
export class Rate {
  readonly #buckets = new Array<number>(BUCKETS).fill(0);
  #startedAt: number;
  #bucket: number;

  constructor(now: number) {
    this.#startedAt = now;
    this.#bucket = Math.floor(now / BUCKET_MS);
  }

  note(now: number): void {
    this.#advance(now);
    const at = this.#bucket % BUCKETS;
    this.#buckets[at] = (this.#buckets[at] ?? 0) + 1;
  }

  perSecond(now: number): number {
    this.#advance(now);
    const covered = (BUCKETS - 1) * BUCKET_MS + (now % BUCKET_MS);
    const ms = Math.max(BUCKET_MS, Math.min(covered, now - this.#startedAt));
    return (this.#buckets.reduce((sum, count) => sum + count, 0) * 1000) / ms;
  }

  #advance(now: number): void {
    const bucket = Math.floor(now / BUCKET_MS);
    // A clock that was set back starts anew.
    if (bucket < this.#bucket) {
      this.#buckets.fill(0);
      this.#startedAt = now;
    }
    const steps = Math.min(BUCKETS, Math.max(0, bucket - this.#bucket));
    for (let step = 0; step < steps; step += 1) this.#buckets[(bucket - step) % BUCKETS] = 0;
    this.#bucket = bucket;
  }
}
