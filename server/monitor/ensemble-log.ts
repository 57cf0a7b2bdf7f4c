import type { EnsembleView } from '@/lib/stream/frames';
import { ensembleId } from '@/lib/topology/cluster-id';
import { type EnsembleSeen, ensembleChanges } from '@/lib/topology/ensemble-changes';
import type { ClusterEvent } from '@/lib/topology/event';
import type { Clock } from '../ports';

export interface EnsembleLogOptions {
  readonly clock: Clock;
  readonly next: () => number;
  readonly onEvent: (event: ClusterEvent) => void;
}

/** What happened to the ensembles themselves: their connections, sessions, servers and quorums. */
export class EnsembleLog {
  readonly #options: EnsembleLogOptions;
  readonly #seen = new Map<string, EnsembleSeen>();

  constructor(options: EnsembleLogOptions) {
    this.#options = options;
  }

  /** @param session of the one that leadership is watched over, as it was last */
  note({ name, state, says, servers }: EnsembleView, session: string | null): void {
    const { clock, next, onEvent } = this.#options;
    const seen = { name, state, says, servers, session };
    for (const change of ensembleChanges(this.#seen.get(name) ?? null, seen)) {
      onEvent({ ...change, seq: next(), at: clock.now(), cluster: ensembleId(name) });
    }
    this.#seen.set(name, seen);
  }
}
