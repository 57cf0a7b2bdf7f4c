import type { OperationView } from '@/lib/operations/types';
import type { ClusterId } from '@/lib/topology/cluster-id';
import { patroniCommands } from './adapters/patroni/commands';
import type { Ensemble } from './adapters/zookeeper/ensemble';
import { systemClock } from './clock';
import type { Config } from './config';
import type { Fleet } from './monitor/fleet';
import { Restores } from './operations/restores';
import { Switchovers } from './operations/switchovers';
import type { Audit, VersionStore } from './ports';

interface Parts {
  readonly config: Pick<Config, 'root' | 'clusterSettings'>;
  readonly fleet: () => Pick<Fleet, 'view' | 'note' | 'touch'>;
  /** Throws `not-found`. */
  readonly ensembleOf: (name: string) => Ensemble;
  readonly kept: () => Pick<VersionStore, 'bytes'> & {
    readonly audit: Pick<Audit, 'end'>;
    noteRun(view: OperationView): void;
  };
  /** A run has changed. */
  readonly onRun: () => void;
  readonly onError: (error: unknown) => void;
}

/** Joins what changes the outside world. What they need of others is asked when it is needed. */
export function createOperations({ config, fleet, ensembleOf, kept, onRun, onError }: Parts): {
  readonly switchovers: Switchovers;
  readonly restores: Restores;
} {
  const shared = {
    clock: systemClock,
    root: config.root,
    view: (id: ClusterId) => fleet().view(id),
    access: (name: string) => ensembleOf(name).session,
    connected: (name: string) => ensembleOf(name).synced,
    audit: { end: (outcome: Parameters<Audit['end']>[0]) => kept().audit.end(outcome) },
    onError,
  };
  const note = (id: ClusterId, says: string) =>
    fleet().note(id, { code: 'operation', member: null, says });
  const switchovers = new Switchovers({
    ...shared,
    patroni: patroniCommands(),
    settings: (key) => config.clusterSettings(key).patroni,
    onRun: (view: OperationView, says) => {
      const { cluster } = view;
      kept().noteRun(view);
      if (says !== null) note(cluster, says);
      fleet().touch(cluster);
      onRun();
    },
  });
  const restores = new Restores({
    ...shared,
    running: (id) => switchovers.running(id),
    bytes: (which) => kept().bytes(which),
    onDone: note,
  });
  return { switchovers, restores };
}
