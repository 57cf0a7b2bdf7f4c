import type { ClusterSettings } from '@/lib/configuration/facts';
import type { Burden, PreflightInput } from '@/lib/operations/preflight';
import {
  madeBy,
  type Standing,
  standingRestarts,
  standingSwitchover,
} from '@/lib/operations/scheduled';
import type { OperationView } from '@/lib/operations/types';
import { isNamed } from '@/lib/operations/unasked';
import type { ServerView } from '@/lib/stream/frames';
import type { ClusterId } from '@/lib/topology/cluster-id';
import type { ClusterView } from '@/lib/topology/view';
import { patroniCommands } from './adapters/patroni/commands';
import { readCluster } from './adapters/patroni/facts';
import { PostgresWriteProbe } from './adapters/postgres/write-probe';
import type { Ensemble } from './adapters/zookeeper/ensemble';
import { systemClock } from './clock';
import type { Config } from './config';
import type { Fleet } from './monitor/fleet';
import { ConfigurationEdits } from './operations/configuration-edits';
import { DueRestarts } from './operations/due-restarts';
import { Followed } from './operations/followed';
import { judgeEdit } from './operations/judge-edit';
import { MeasuredWrites } from './operations/measured-writes';
import { Newest } from './operations/newest';
import { Pauses } from './operations/pauses';
import { PolicyEdits } from './operations/policy-edits';
import { Preflights } from './operations/preflights';
import { Runs } from './operations/runs';
import { Schedules } from './operations/schedules';
import { takenUpBy } from './operations/taken-up';
import type {
  Audit,
  Operations,
  PolicyWriter,
  ScopeSnapshot,
  SettingsReader,
  VersionStore,
} from './ports';

interface Parts {
  readonly config: Pick<Config, 'root' | 'clusterSettings' | 'poll'>;
  readonly fleet: () => Pick<Fleet, 'view' | 'note' | 'touch' | 'setPause' | 'targets'>;
  /** Throws `not-found`. */
  readonly ensembleOf: (name: string) => Ensemble;
  /** A cluster as the mirror has it. */
  readonly scope: (id: ClusterId) => ScopeSnapshot | null;
  readonly kept: () => Pick<VersionStore, 'bytes'> & {
    readonly audit: Pick<Audit, 'end'>;
    noteRun(view: OperationView): void;
  };
  /** What the members of a cluster run with. */
  readonly members: () => Pick<SettingsReader, 'members'>;
  /** What a leader has to finish before it stops; null: it doesn't say. */
  readonly burden: (id: ClusterId, leader: string) => Promise<Burden | null>;
  /** A run has changed. */
  readonly onRun: () => void;
  readonly onError: (error: unknown) => void;
}

/** Joins what changes the outside world. What they need of others is asked when it is needed. */
export function createOperations(parts: Parts): {
  readonly runs: Runs;
  readonly operations: Operations;
  readonly policies: PolicyWriter;
  /** The cluster's newest run, as the stream sends it. */
  readonly stamped: (id: ClusterId) => { readonly rev: number; readonly json: string } | null;
  /** What is under way that moves the leadership; null: nothing is. */
  readonly moving: (id: ClusterId) => 'switchover' | 'failover' | null;
  /** Clusters where something is under way: they are watched closely. */
  readonly active: () => ReadonlySet<ClusterId>;
  /** A cluster's view has changed. */
  readonly observe: (view: ClusterView) => void;
  readonly gone: (id: ClusterId) => void;
  readonly close: () => void;
} {
  const { config, fleet, ensembleOf, scope, kept, members, burden, onRun, onError } = parts;
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
    notePause: (view, pause) => pauses.note(view, pause),
    takenUp: async (view, text, changed) =>
      takenUpBy(view, text, { changed, settings: await members().members(view.id) }),
    check: async (view, texts) => {
      const { parameters } = await members().members(view.id);
      const { maxSessionTimeoutMs } = ensembleOf(view.key.ensemble);
      return judgeEdit(view, texts, { parameters, maxSessionTimeoutMs });
    },
  });
  const preflights = new Preflights({
    ...{ ...shared, patroni, settings, edits },
    maxSessionTimeoutMs: (name) => ensembleOf(name).maxSessionTimeoutMs,
    positions: (id) => positionsOf(scope(id)),
    quorum: (name) => quorumOf(ensembleOf(name).view().servers),
    memberSettings: async (id) => runningSettings(await members().members(id)),
    burden: (id, leader) => burden(id, leader),
  });
  const writeProbe = new PostgresWriteProbe(systemClock);
  const writes = new MeasuredWrites({
    clock: systemClock,
    writes: writeProbe,
    settings: (key) => config.clusterSettings(key).writeProbe,
    targets: (id) => fleet().targets(id),
  });
  const newest = new Newest();
  const show = (view: OperationView, isKept = true) => {
    newest.set(view);
    if (isKept) kept().noteRun(view);
    fleet().touch(view.cluster);
    onRun();
  };
  const runs = new Runs({
    ...{ ...shared, patroni, settings, preflights, edits, writes },
    onRun: (view, says) => {
      if (says !== null) note(view.cluster, says);
      show(view);
    },
  });
  const scheduled = (what: string, standing: (view: ClusterView) => Standing | null) =>
    new Schedules({
      ...{ ...shared, standing },
      folder: `${config.root === '/' ? '' : config.root}/${what}`,
      made: (id, which) => {
        const run = runs.known.newest(id)?.run;
        return run ? madeBy(run, which) : null;
      },
    });
  const switchovers = scheduled('schedules', standingSwitchover);
  const restarts = scheduled('scheduled-restarts', standingRestarts);
  const dueRestarts = new DueRestarts({
    ...shared,
    // Nobody takes up what is only followed: what is kept of it is how it ended.
    onRun: (view) => show(view, view.outcome !== null),
    scheduledBy: (id, { member, at }) => restarts.by(id, { about: member, at }),
  });
  const followed = new Followed({
    ...shared,
    onRun: (view) => show(view, isNamed(view)),
    own: (id) => runs.known.newest(id),
    scheduledBy: (id, at) => switchovers.by(id, { about: '', at }),
    another: (view, czxid) => runs.another(view, czxid),
    throughProxy: (key, about) => writes.throughProxy(key, about),
  });
  return {
    runs,
    policies: new PolicyEdits({ ...shared, askedEveryMs: config.poll.attendedMs, note }),
    operations: {
      preflight: (id, wish) => runs.preflight(id, wish),
      start: (request, act) => runs.start(request, act),
      list: (id) =>
        [
          ...[...runs.known.list(id), ...dueRestarts.list(id)],
          ...[followed.newest(id) ?? []].flat(),
        ].toSorted((a, b) => b.startedAt - a.startedAt),
    },
    stamped: (id) => newest.get(id),
    moving: (id) => runs.known.moving(id) ?? followed.moving(id),
    active: () => new Set([...runs.known.active, ...followed.active, ...dueRestarts.active]),
    observe: (view) => {
      runs.observe(view);
      for (const part of [switchovers, restarts, followed, dueRestarts]) part.observe(view);
      pauses.observe(view);
    },
    close: () => {
      runs.close();
      writeProbe.close();
    },
    gone: (id) => {
      for (const part of [followed, switchovers, restarts, dueRestarts, pauses]) part.gone(id);
    },
  };
}

/** Of those that have told: what they run with, by name. */
function runningSettings({
  members,
}: ClusterSettings): ReadonlyMap<string, ReadonlyMap<string, string>> {
  return new Map(
    members.flatMap((member) => {
      if (member.is !== 'ok') return [];
      const settings = Object.entries(member.settings).flatMap(([name, { setting }]) =>
        setting === null ? [] : [[name, setting] as const],
      );
      return [[member.name, new Map(settings)] as const];
    }),
  );
}

/** Who votes, and who of them serves; null while any of them has not been asked. */
function quorumOf(
  servers: readonly ServerView[],
): { readonly serving: number; readonly total: number } | null {
  const voters = servers.filter(({ mode }) => mode !== 'observer');
  if (voters.length === 0 || voters.some(({ mode }) => mode === 'unknown')) return null;
  const serving = voters.filter(({ mode }) => mode !== 'down' && mode !== 'not-serving').length;
  return { serving, total: voters.length };
}

/** Where the leader said that it was, and each member that it is, in ZooKeeper. */
function positionsOf(scope: ScopeSnapshot | null): PreflightInput['positions'] {
  if (scope === null) return { head: null, members: new Map() };
  const { status, members } = readCluster(scope);
  const optime = status.is === 'ok' ? status.value.optime : null;
  const known = [...members].flatMap(([name, member]) => {
    const at = member.is === 'ok' ? member.value.xlogLocation : null;
    return at === null ? [] : [[name, BigInt(at)] as const];
  });
  return { head: optime === null ? null : BigInt(optime), members: new Map(known) };
}
