import type { HistoryRecord } from '@/lib/history/record';
import type { RunRecord } from '@/lib/history/run-record';
import type { OperationView } from '@/lib/operations/types';
import { withoutSecrets } from '@/lib/secrets';
import type { ClusterId } from '@/lib/topology/cluster-id';
import type { Clock } from '../ports';

export interface KeptRunsOptions {
  readonly clock: Clock;
  readonly next: () => number;
  readonly record: (record: HistoryRecord) => void;
}

/**
 * Runs of operations as records, whenever something has become of one. What it waits for at the
 * moment is not worth one: it is seen in the stream, and over a moment later.
 */
export class KeptRuns {
  readonly #options: KeptRunsOptions;
  /** Of each cluster's last run what was recorded last. */
  readonly #last = new Map<ClusterId, string>();

  constructor(options: KeptRunsOptions) {
    this.#options = options;
  }

  note(view: OperationView): void {
    const { waiting: _, ...lasting } = view;
    const told = JSON.stringify(lasting);
    if (this.#last.get(view.cluster) === told) return;
    this.#last.set(view.cluster, told);
    const { clock, next, record } = this.#options;
    record(recordOf(view, { seq: next(), at: clock.now() }));
  }

  gone(cluster: ClusterId): void {
    this.#last.delete(cluster);
  }
}

function recordOf(view: OperationView, told: Pick<RunRecord, 'seq' | 'at'>): RunRecord {
  const shown = masked(view);
  const { cluster, id, kind, startedAt, outcome, state } = view;
  return {
    ...{ record: 'run', ...told, cluster, id, kind, startedAt, outcome: outcome?.code ?? null },
    endedAt: outcome?.at ?? (state === 'ended' ? told.at : null),
    view: shown,
  };
}

/** Reasons are people's words, and answers Patroni's: either may have a password in it. */
function masked<T>(value: T): T {
  if (typeof value === 'string') return withoutSecrets(value) as T;
  if (Array.isArray(value)) return value.map(masked) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, masked(one)])) as T;
}
