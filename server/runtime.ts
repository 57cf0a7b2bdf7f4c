import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Logger } from 'pino';
import { seenHistory } from '@/lib/stream/seen';
import { type ClusterId, clusterPath, isEnsemble, parseClusterId } from '@/lib/topology/cluster-id';
import { type AccountParts, createAccounts } from './account-parts';
import { readCluster } from './adapters/patroni/facts';
import { systemClock } from './clock';
import type { Config } from './config';
import { createEnsembles, type Ensembles, vouchedFor } from './ensemble-parts';
import { gathered } from './gathered';
import { MarkedZnodes } from './history/marked';
import { createHistory } from './history-parts';
import { Metrics } from './metrics/metrics';
import { Digest } from './monitor/digest';
import { Fleet } from './monitor/fleet';
import { createOperations } from './operation-parts';
import { recordsFolder } from './operations/records';
import type {
  Audit,
  AuditReader,
  HistoryReader,
  Operations,
  PolicyWriter,
  RoutingReader,
  SettingsReader,
} from './ports';
import { createProbing } from './probe-parts';
import { createRouting } from './routing-parts';
import { Sequence } from './sequence';
import { aSecondApart } from './stream/a-second-apart';
import { Hub } from './stream/hub';
import { TakeUp } from './take-up';

export interface Runtime {
  readonly hub: Hub;
  readonly operations: Operations;
  readonly routing: RoutingReader;
  readonly policies: PolicyWriter;
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

const ATTEND_MS = 50;
/** What is told of history is gathered: whoever shows it asks again then. */
const HISTORY_MS = 500;

/** Joins every part of the control plane. The only place where they know each other. */
export function createRuntime(parts: RuntimeParts): Runtime {
  const { config, build, log, onSettled } = parts;
  const clock = systemClock;
  const epoch = randomUUID().slice(0, 8);
  const onError = (error: unknown) =>
    log.error({ err: error }, 'Howdah met an error it did not expect');

  const sequence = new Sequence(clock);
  const fleet: Fleet = new Fleet({
    clock,
    next: () => sequence.next(),
    limits: config.limits,
    ensemble: (name) => {
      const ensemble = ensembles.of(name);
      const { maxSessionTimeoutMs } = ensemble;
      return { name, connected: vouchedFor(ensemble), maxSessionTimeoutMs };
    },
    operationOn: (id) => acting.runs.known.running(id),
    moving: (id) => acting.moving(id),
    isOurs: (id, zxid) => acting.runs.known.isOurs(id, zxid),
    onError,
    onEvent: (event) => history.record(event),
    onView: (id, view, seen) => history.see(id, view, seen),
    onGone: (id) => {
      acting.gone(id);
      routing.gone(id);
      history.gone(id);
    },
    onSample: (id, sample) => history.sample(id, sample),
    onTrouble: () => attend(),
    onChange: (id, urgent) => {
      const view = id === null ? null : fleet.view(id);
      if (view) acting.observe(view);
      if (view) routing.observe(view, urgent);
      hub.notify(urgent);
    },
  });

  const acting = createOperations({
    ...{ config, onError },
    ensembleOf: (name) => ensembles.of(name),
    scope: (id) => ensembles.scope(id),
    fleet: () => fleet,
    kept: () => history,
    members: () => settings,
    burden: (id, leader) => burden(id, leader),
    onRun: () => {
      attend();
      hub.notify();
    },
  });

  let settled = false;
  let followed: ReadonlySet<ClusterId> = new Set();
  /** Decides anew what is read first and who is probed how often: soon, once for all who ask. */
  const attend = gathered(clock, ATTEND_MS, () => {
    const attended = new Set([...followed, ...fleet.troubled]);
    // Weights go by lag: it is asked for as often as where somebody looks.
    const asked = new Set([...attended, ...routing.routed]);
    schedule.attend({ attended: asked, urgent: acting.active() });
    for (const ensemble of ensembles.all) ensemble.attend(attended);
  });

  const ensemblesNow = aSecondApart(clock, () => ensembles.views);
  const probingNow = aSecondApart(clock, () => schedule.view());
  const history = createHistory({
    config: config.store,
    secret: parts.secret,
    next: (room) => sequence.next(room),
    access: async (id, name) => {
      const key = parseClusterId(id);
      if (key === null) return null;
      const path = isEnsemble(key) ? name : `${clusterPath(key)}/${name}`;
      return ensembles.of(key.ensemble).session.access(path);
    },
    now: {
      views: () => fleet.judged,
      isThere: (id) => fleet.keyOf(id) !== null,
      scope: (id) => ensembles.scope(id),
      rolls: () => ensembles.all.flatMap((ensemble) => takeUp.rollOf(ensemble) ?? []),
    },
    elects: {
      access: () => ensembles.of(config.ensembles[0]?.name ?? '').session,
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
    read: ({ ensemble, path }) => ensembles.of(ensemble).session.data(path, false),
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
      routing: (id) => routing.stamped(id),
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

  const digest = new Digest({
    clock,
    work: (id) => {
      const scope = ensembles.scope(id);
      if (!scope) return;
      const before = fleet.targets(id);
      const why = unasked(scope.key);
      history.read(id, scope);
      fleet.setFacts(id, readCluster(scope), why);
      if (why === null && fleet.targets(id) !== before) schedule.update(id);
    },
    onError,
  });

  const takeUp = new TakeUp({ clock, fleet, digest, runs: acting.runs, history, onError });

  /** Only then is an empty fleet known to be empty, and the first snapshot whole. */
  const tellSettled = () => {
    if (settled || !ensembles.all.every((one) => one.settled)) return;
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

  const ensembles: Ensembles = createEnsembles({
    ...{ clock, config, onError },
    next: () => sequence.next(),
    onEvent: (event) => history.record(event),
    onBatch: ({ urgent, changed, removed }) => {
      for (const id of removed) {
        fleet.remove(id);
        schedule.remove(id);
      }
      digest.add(changed, urgent);
    },
    onFacts: (name) => digest.add(fleet.of(name), false),
    onChange: (ensemble) => {
      ensemblesNow.renew();
      tellSettled();
      takeUp.note(ensemble);
      hub.notify();
    },
  });

  for (const ensemble of ensembles.all) {
    ensemble.watch(recordsFolder(config.root), {
      onRead: (id, znode) => acting.runs.recordRead(ensemble.name, id, znode),
      // What an earlier process left is taken up once the ensemble has been read whole.
      ...{ onFailed: () => {}, onBegin: () => {}, onWhole: () => {} },
    });
  }

  const routing = createRouting({
    ...{ config, ensembles, fleet, epoch },
    onRouted: attend,
    onChange: (id) => {
      if (followed.has(id)) hub.notify();
    },
  });

  const { schedule, settings, burden, unasked } = createProbing({
    ...{ clock, config, fleet, ensembles },
    onPoll: (tookMs, code) => metrics.probed(tookMs, code),
  });

  const metrics = new Metrics({
    ensembles: () => ensembles.views,
    views: () => fleet.judged,
    stream: () => hub.figures,
    probing: () => schedule.view(),
    now: clock.now,
  });

  return {
    hub,
    metrics,
    operations: acting.operations,
    routing,
    policies: acting.policies,
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
        ensembles: ensembles.all.map((ensemble) => ({
          name: ensemble.name,
          state: ensemble.view().state,
          synced: ensemble.synced,
        })),
      },
    }),
    start: () => {
      for (const ensemble of ensembles.all) ensemble.start();
      routing.start();
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
      const closed = Promise.all([history.close(), routing.close()]).finally(() => {
        for (const ensemble of ensembles.all) ensemble.close();
      });
      return closed.then(() => undefined);
    },
  };
}
