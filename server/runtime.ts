import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Logger } from 'pino';
import { Failure } from '@/lib/errors';
import { seenHistory } from '@/lib/stream/seen';
import { type ClusterId, clusterPath, isEnsemble, parseClusterId } from '@/lib/topology/cluster-id';
import type { ProbeFailure } from '@/lib/topology/sample';
import { type AccountParts, createAccounts } from './account-parts';
import { readCluster } from './adapters/patroni/facts';
import { PostgresProbe } from './adapters/postgres/probe';
import { Ensemble } from './adapters/zookeeper/ensemble';
import { systemClock } from './clock';
import type { Config } from './config';
import { gathered } from './gathered';
import { MarkedZnodes } from './history/marked';
import { createHistory } from './history-parts';
import { Metrics } from './metrics/metrics';
import { Aggregator } from './monitor/aggregator';
import { Digest } from './monitor/digest';
import { EnsembleLog } from './monitor/ensemble-log';
import { Fleet } from './monitor/fleet';
import { MemberSettingsReader } from './monitor/member-settings';
import { ProbeSchedule } from './monitor/probe-schedule';
import { createOperations } from './operation-parts';
import type {
  Audit,
  AuditReader,
  HistoryReader,
  MirrorBatch,
  Operations,
  ScopeSnapshot,
  SettingsReader,
} from './ports';
import { Sequence } from './sequence';
import { aSecondApart } from './stream/a-second-apart';
import { Hub } from './stream/hub';
import { TakeUp } from './take-up';

export interface Runtime {
  readonly hub: Hub;
  readonly operations: Operations;
  readonly settings: SettingsReader;
  readonly history: HistoryReader;
  readonly audit: Audit & AuditReader;
  readonly access: AccountParts;
  readonly metrics: Metrics;
  health(): { readonly ok: boolean; readonly body: unknown };
  start(): void;
  /** Streams end, and nothing is begun any more; what was begun goes on to its end. */
  stop(): void;
  /** Settles once nothing is left to be lost. */
  close(): Promise<void>;
}

export interface RuntimeParts {
  readonly config: Config;
  /** Differs for each build of the pages. */
  readonly build: string;
  readonly log: Logger;
  readonly secret: string;
  readonly peer: (request: IncomingMessage) => { readonly address: string };
  /** Called once: every ensemble has been read, or is known to be out of reach. */
  readonly onSettled: () => void;
}

/** Between two probes of a member while its cluster is switched over: the outage is measured by them. */
const URGENT_MS = 250;
const ATTEND_MS = 50;
/** What is told of history is gathered: whoever shows it asks again then. */
const HISTORY_MS = 500;

/**
 * Whether what is held of an ensemble is what it holds. Before it has been read for the first time
 * nothing of it is shown, so that its clusters need not be put together twice.
 */
const vouchedFor = ({ synced, settled }: Ensemble): boolean => synced || !settled;

/** What is said of members that nobody may ask. */
const unasked = (at: number): ProbeFailure => ({
  at,
  code: 'no-credentials',
  says: 'no monitoring user is configured',
});

/** Joins every part of the control plane. The only place where they know each other. */
export function createRuntime(parts: RuntimeParts): Runtime {
  const { config, build, log, onSettled } = parts;
  const clock = systemClock;
  const epoch = randomUUID().slice(0, 8);
  const ensembles = new Map<string, Ensemble>();
  const ensembleOf = (name: string): Ensemble => {
    const found = ensembles.get(name);
    if (!found) throw new Failure('not-found', `There is no ensemble "${name}".`);
    return found;
  };
  const onError = (error: unknown) =>
    log.error({ err: error }, 'Howdah met an error it did not expect');

  const sequence = new Sequence(clock);
  const fleet: Fleet = new Fleet({
    clock,
    next: () => sequence.next(),
    limits: config.limits,
    ensemble: (name) => {
      const { maxSessionTimeoutMs } = ensembleOf(name);
      return { name, connected: vouchedFor(ensembleOf(name)), maxSessionTimeoutMs };
    },
    operationOn: (id) => acting.runs.running(id),
    isMoving: (id) => acting.isMoving(id),
    isOurs: (id, zxid) => acting.runs.isOurs(id, zxid),
    onError,
    onEvent: (event) => history.record(event),
    onView: (id, view, seen) => history.see(id, view, seen),
    onGone: (id) => {
      acting.gone(id);
      history.gone(id);
    },
    onSample: (id, sample) => history.sample(id, sample),
    onTrouble: () => attend(),
    onChange: (id, urgent) => {
      const view = id === null ? null : fleet.view(id);
      if (view) acting.observe(view);
      hub.notify(urgent);
    },
  });

  const acting = createOperations({
    ...{ config, ensembleOf, onError },
    fleet: () => fleet,
    kept: () => history,
    members: () => settings,
    burden: async (id, leader) => {
      const answer = await probe.burden(`${id}/${leader}`);
      return 'code' in answer ? null : answer;
    },
    onRun: () => {
      attend();
      hub.notify();
    },
  });

  const probe = new PostgresProbe(clock);
  const schedule = new ProbeSchedule({
    clock,
    probe,
    attendedMs: config.poll.attendedMs,
    urgentMs: Math.min(URGENT_MS, config.poll.attendedMs),
    idleMs: config.poll.idleMs,
    mostConnections: config.poll.mostConnections,
    mostPerHost: config.poll.mostPerHost,
    mostPerCluster: config.poll.mostPerCluster,
    members: (id) => {
      const key = fleet.keyOf(id);
      const settings = key ? config.clusterSettings(key).monitor : null;
      if (settings === null) return new Map();
      return new Map(fleet.targets(id).map(({ name, ...where }) => [name, { ...where, settings }]));
    },
    onResult: (id, member, result) => fleet.setProbe(id, member, result),
    onPoll: ({ tookMs, code }) => metrics.probed(tookMs, code ?? 'ok'),
  });

  let settled = false;
  let followed: ReadonlySet<ClusterId> = new Set();
  /** Decides anew what is read first and who is probed how often: soon, once for all who ask. */
  const attend = gathered(clock, ATTEND_MS, () => {
    const attended = new Set([...followed, ...fleet.troubled]);
    schedule.attend({ attended, urgent: acting.active() });
    for (const ensemble of ensembles.values()) ensemble.attend(attended);
  });

  const ensemblesNow = aSecondApart(clock, () =>
    [...ensembles.values()].map((ensemble) => ensemble.view()),
  );
  const probingNow = aSecondApart(clock, () => schedule.view());
  const history = createHistory({
    config: config.store,
    secret: parts.secret,
    next: (room) => sequence.next(room),
    access: async (id, name) => {
      const key = parseClusterId(id);
      if (key === null) return null;
      const path = isEnsemble(key) ? name : `${clusterPath(key)}/${name}`;
      return ensembleOf(key.ensemble).session.access(path);
    },
    now: {
      views: () => fleet.judged,
      isThere: (id) => fleet.keyOf(id) !== null,
      scope: (id) => scopeOf(id),
      rolls: () => [...ensembles.values()].flatMap((ensemble) => takeUp.rollOf(ensemble) ?? []),
    },
    turn: {
      access: () => ensembleOf(config.ensembles[0]?.name ?? '').session,
      folder: config.root === '/' ? '' : config.root,
      known: config.ensembles[0]?.digest != null,
    },
    log,
    onReady: () => access.storeIsReady(),
    onState: gathered(clock, HISTORY_MS, () => {
      historyNow.renew();
      historySeen.renew();
      hub.notify();
    }),
    onError,
  });
  const historyNow = aSecondApart(clock, () => history.view);
  const historySeen = aSecondApart(clock, () => seenHistory(history.view));

  const access: AccountParts = createAccounts({
    ...{ config, secret: parts.secret, peer: parts.peer, log, onError },
    audit: history.audit,
    database: history.database,
    onChange: () => hub.recheck(),
  });

  const marked = new MarkedZnodes({
    clock,
    marked: config.ensembles.flatMap(({ name, keepZnodes }) =>
      keepZnodes.map((path) => ({ ensemble: name, path })),
    ),
    read: ({ ensemble, path }) => ensembleOf(ensemble).session.data(path, false),
    onRead: ({ ensemble, path }, znode) => history.readMarked(ensemble, path, znode),
    onError,
  });

  const hub: Hub = new Hub({
    clock,
    build,
    epoch,
    source: {
      get settled() {
        return settled;
      },
      get rev() {
        return fleet.rev;
      },
      summaries: (rev) => fleet.summaries(rev),
      view: (id) => fleet.stamped(id),
      samples: (id, since) => fleet.samples(id, since),
      events: (id, since) => fleet.events(id, since),
      operation: (id) => acting.stamped(id),
      ensembles: ensemblesNow.json,
      probing: probingNow.json,
      history: (all) => (all ? historyNow : historySeen).json(),
    },
    most: config.listen.mostStreams,
    onAttention: (ids) => {
      followed = ids;
      attend();
    },
  });

  const scopeOf = (id: ClusterId): ScopeSnapshot | null => {
    for (const ensemble of ensembles.values()) {
      const scope = ensemble.scope(id);
      if (scope) return scope;
    }
    return null;
  };

  const settings = new MemberSettingsReader({
    clock,
    probe,
    view: (id) => fleet.view(id),
    scope: (id) => scopeOf(id),
    maxSessionTimeoutMs: (name) => ensembleOf(name).maxSessionTimeoutMs,
    asked: (id) => {
      const key = fleet.keyOf(id);
      return key !== null && config.clusterSettings(key).monitor !== null;
    },
  });

  const digest = new Digest({
    clock,
    work: (id) => {
      const scope = scopeOf(id);
      if (!scope) return;
      const before = fleet.targets(id);
      const asked = config.clusterSettings(scope.key).monitor !== null;
      history.read(id, scope);
      fleet.setFacts(id, readCluster(scope), asked ? null : unasked(clock.now()));
      if (asked && fleet.targets(id) !== before) schedule.update(id);
    },
    onError,
  });

  const applyBatch = ({ urgent, changed, removed }: MirrorBatch) => {
    for (const id of removed) {
      fleet.remove(id);
      schedule.remove(id);
    }
    digest.add(changed, urgent);
  };

  const takeUp = new TakeUp({ clock, fleet, digest, runs: acting.runs, history, onError });

  /** Only then is an empty fleet known to be empty, and the first snapshot whole. */
  const tellSettled = () => {
    if (settled || ![...ensembles.values()].every((one) => one.settled)) return;
    if (digest.waiting > 0) {
      clock.soon(tellSettled);
      return;
    }
    settled = true;
    hub.notify(true);
    // Not before: the first look at the fleet is what somebody waits for.
    history.start();
    marked.start();
    onSettled();
  };

  const factsOf = new Map<string, string>();
  const ensembleLog = new EnsembleLog({
    clock,
    next: () => sequence.next(),
    onEvent: (event) => history.record(event),
  });

  const ensembleChanged = (ensemble: Ensemble) => {
    ensemblesNow.renew();
    ensembleLog.note(ensemble.view(), ensemble.sessionId);
    const { name, maxSessionTimeoutMs } = ensemble;
    const facts = JSON.stringify([vouchedFor(ensemble), maxSessionTimeoutMs]);
    if (factsOf.get(name) !== facts) digest.add(fleet.of(name), false);
    factsOf.set(name, facts);
    tellSettled();
    takeUp.note(ensemble);
    hub.notify();
  };

  for (const options of config.ensembles) {
    const ensemble: Ensemble = new Ensemble(
      { ...options, pollMs: config.poll.zookeeperMs },
      {
        clock,
        scheduler: (read) => new Aggregator(config.aggregator, clock, read),
        onBatch: applyBatch,
        onState: () => ensembleChanged(ensemble),
        onError,
      },
    );
    ensembles.set(options.name, ensemble);
  }

  const metrics = new Metrics({
    ensembles: () => [...ensembles.values()].map((ensemble) => ensemble.view()),
    views: () => fleet.judged,
    stream: () => hub.figures,
    probing: () => schedule.view(),
    now: clock.now,
  });

  return {
    hub,
    metrics,
    operations: acting.operations,
    settings,
    history,
    audit: history.audit,
    access,
    health: () => ({
      // The process is healthy when it serves; what it watches is reported, not judged here.
      ok: true,
      body: {
        build,
        epoch,
        clusters: fleet.ids.length,
        streams: hub.figures.streams,
        ensembles: [...ensembles.values()].map((ensemble) => ({
          name: ensemble.name,
          state: ensemble.view().state,
          synced: ensemble.synced,
        })),
      },
    }),
    start: () => {
      for (const ensemble of ensembles.values()) ensemble.start();
      // At once: nobody sees anything before accounts can be asked.
      history.open();
      access.start();
    },
    stop: () => {
      history.stop();
      hub.close();
    },
    close: () => {
      access.close();
      acting.close();
      digest.close();
      schedule.close();
      hub.close();
      fleet.close();
      marked.close();
      // The audit's last rows are anchored in ZooKeeper before that is left.
      return history.close().finally(() => {
        for (const ensemble of ensembles.values()) ensemble.close();
      });
    },
  };
}
