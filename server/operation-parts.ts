import type { OperationView } from '@/lib/operations/types';
import type { ClusterId } from '@/lib/topology/cluster-id';
import type { ClusterView } from '@/lib/topology/view';
import { patroniCommands } from './adapters/patroni/commands';
import type { Ensemble } from './adapters/zookeeper/ensemble';
import { systemClock } from './clock';
import type { Config } from './config';
import type { Fleet } from './monitor/fleet';
import { ConfigurationEdits } from './operations/configuration-edits';
import { Followed } from './operations/followed';
import { Newest } from './operations/newest';
import { Pauses } from './operations/pauses';
import { Preflights } from './operations/preflights';
import { Runs } from './operations/runs';
import type { Audit, Operations, VersionStore } from './ports';

interface Parts {
  readonly config: Pick<Config, 'root' | 'clusterSettings'>;
  readonly fleet: () => Pick<Fleet, 'view' | 'note' | 'touch' | 'setPause'>;
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
  readonly runs: Runs;
  readonly operations: Operations;
  /** The cluster's newest run, as the stream sends it. */
  readonly stamped: (id: ClusterId) => { readonly rev: number; readonly json: string } | null;
  /** Clusters where something is under way: they are watched closely. */
  readonly active: () => ReadonlySet<ClusterId>;
  /** A cluster's view has changed. */
  readonly observe: (view: ClusterView) => void;
  readonly gone: (id: ClusterId) => void;
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
  const bytes: VersionStore['bytes'] = (which) => kept().bytes(which);
  const patroni = patroniCommands();
  const settings = (key: ClusterView['key']) => config.clusterSettings(key).patroni;
  const note = (id: ClusterId, says: string) =>
    fleet().note(id, { code: 'operation', member: null, says });
  const pauses = new Pauses({ ...shared, onPause: (id, pause) => fleet().setPause(id, pause) });
  const edits = new ConfigurationEdits({
    ...{ ...shared, bytes },
    onPaused: (view, pause) => pauses.note(view, pause),
    takenUp: async () => [],
    check: async () => [],
  });
  const preflights = new Preflights({
    ...{ ...shared, patroni, settings, edits },
    maxSessionTimeoutMs: (name) => ensembleOf(name).maxSessionTimeoutMs,
    memberSettings: async () => new Map(),
    burden: async () => null,
  });
  const newest = new Newest();
  const show = (view: OperationView) => {
    newest.set(view);
    kept().noteRun(view);
    fleet().touch(view.cluster);
    onRun();
  };
  const runs = new Runs({
    ...{ ...shared, patroni, settings, preflights, edits },
    onRun: (view, says) => {
      if (says !== null) note(view.cluster, says);
      show(view);
    },
  });
  const followed = new Followed({
    ...{ ...shared, onRun: show },
    own: (id) => runs.newest(id),
    another: (view) => runs.another(view),
  });
  return {
    runs,
    operations: {
      preflight: (id, wish) => runs.preflight(id, wish),
      start: (request, act) => runs.start(request, act),
      list: (id) =>
        [...runs.list(id), ...[followed.newest(id) ?? []].flat()].toSorted(
          (a, b) => b.startedAt - a.startedAt,
        ),
    },
    stamped: (id) => newest.get(id),
    active: () => new Set([...runs.active, ...followed.active]),
    observe: (view) => {
      runs.observe(view);
      followed.observe(view);
      pauses.observe(view);
    },
    gone: (id) => {
      followed.gone(id);
      pauses.gone(id);
    },
  };
}
