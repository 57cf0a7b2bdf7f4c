import { Failure } from '@/lib/errors';
import type { EnsembleView } from '@/lib/stream/frames';
import type { ClusterId } from '@/lib/topology/cluster-id';
import type { ClusterEvent } from '@/lib/topology/event';
import { Ensemble } from './adapters/zookeeper/ensemble';
import type { Config } from './config';
import { Aggregator } from './monitor/aggregator';
import { EnsembleLog } from './monitor/ensemble-log';
import type { Clock, MirrorBatch, ScopeSnapshot } from './ports';

interface Parts {
  readonly clock: Clock;
  readonly config: Pick<Config, 'ensembles' | 'poll' | 'aggregator'>;
  /** The next number of the history. */
  readonly next: () => number;
  readonly onEvent: (event: ClusterEvent) => void;
  readonly onBatch: (batch: MirrorBatch) => void;
  /** What of an ensemble its clusters are judged by has changed. */
  readonly onFacts: (name: string) => void;
  readonly onChange: (ensemble: Ensemble) => void;
  readonly onError: (error: unknown) => void;
}

export interface Ensembles {
  readonly all: readonly Ensemble[];
  /** Throws `not-found`. */
  of(name: string): Ensemble;
  /** A cluster as the mirror has it; null: no ensemble has it. */
  scope(id: ClusterId): ScopeSnapshot | null;
  readonly views: readonly EnsembleView[];
}

/**
 * Whether what is held of an ensemble is what it holds. Before it has been read for the first time
 * nothing of it is shown, so that its clusters need not be put together twice.
 */
export const vouchedFor = ({ synced, settled }: Ensemble): boolean => synced || !settled;

/** The watched ensembles, each with its mirror and what is told of it. Nothing is begun yet. */
export function createEnsembles(parts: Parts): Ensembles {
  const { clock, config, next, onEvent, onBatch, onFacts, onChange, onError } = parts;
  const byName = new Map<string, Ensemble>();
  const factsOf = new Map<string, string>();
  const log = new EnsembleLog({ clock, next, onEvent });
  const changed = (ensemble: Ensemble) => {
    log.note(ensemble.view(), ensemble.sessionId);
    const { name, maxSessionTimeoutMs } = ensemble;
    const facts = JSON.stringify([vouchedFor(ensemble), maxSessionTimeoutMs]);
    if (factsOf.get(name) !== facts) onFacts(name);
    factsOf.set(name, facts);
    onChange(ensemble);
  };
  for (const options of config.ensembles) {
    const ensemble: Ensemble = new Ensemble(
      { ...options, pollMs: config.poll.zookeeperMs },
      {
        clock,
        scheduler: (read) => new Aggregator(config.aggregator, clock, read),
        onBatch,
        onState: () => changed(ensemble),
        onError,
      },
    );
    byName.set(options.name, ensemble);
  }
  const all = [...byName.values()];
  return {
    all,
    of: (name) => {
      const found = byName.get(name);
      if (!found) throw new Failure('not-found', `There is no ensemble "${name}".`);
      return found;
    },
    scope: (id) => {
      for (const ensemble of all) {
        const scope = ensemble.scope(id);
        if (scope) return scope;
      }
      return null;
    },
    get views() {
      return all.map((ensemble) => ensemble.view());
    },
  };
}
