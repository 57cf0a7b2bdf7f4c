import { createHash, randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { MoveSeen } from '@/lib/history/failover';
import type { HistoryView } from '@/lib/history/history';
import type { HistoryRecord, RollCall } from '@/lib/history/record';
import type { OperationView } from '@/lib/operations/types';
import { type ClusterId, ensembleId } from '@/lib/topology/cluster-id';
import type { ClusterEvent, LagSample } from '@/lib/topology/event';
import type { ClusterView } from '@/lib/topology/view';
import type { Asked } from './adapters/store/ask';
import { Database } from './adapters/store/database';
import { EmbeddedPostgres } from './adapters/store/embedded';
import { historyReads } from './adapters/store/history-reads';
import { PostgresLagStore } from './adapters/store/lag-store';
import { PostgresUpkeep } from './adapters/store/rollups';
import { PostgresStore } from './adapters/store/store';
import { StoreFolder } from './adapters/store/store-folder';
import { createAudit } from './audit-parts';
import { systemClock } from './clock';
import type { StoreConfig } from './config';
import { Failovers } from './history/failovers';
import { Housekeeping } from './history/housekeeping';
import { KeptRuns } from './history/kept-runs';
import { Recorder } from './history/recorder';
import { RecordingTurn } from './history/recording-turn';
import { Samples } from './history/samples';
import { Structures } from './history/structures';
import { Versions, type VersionsOptions } from './history/versions';
import { Watching } from './history/watching';
import { noHistory } from './no-history';
import type {
  Audit,
  AuditReader,
  HistoryReader,
  ListingAccess,
  RawZnode,
  ScopeSnapshot,
  VersionStore,
} from './ports';

export interface History extends HistoryReader, VersionStore {
  /** Kept in the same store. */
  readonly audit: Audit & AuditReader;
  record(event: ClusterEvent): void;
  /** Something may have become of a run that is carried out here. */
  noteRun(view: OperationView): void;
  sample(cluster: ClusterId, sample: LagSample): void;
  /** A cluster was put together anew, at that moment; if its leadership moved, by that cause. */
  see(cluster: ClusterId, view: ClusterView, seen: MoveSeen): void;
  gone(cluster: ClusterId): void;
  /** A cluster's znodes have been read. */
  read(cluster: ClusterId, scope: ScopeSnapshot): void;
  /** A znode that is kept for itself has been read. */
  readMarked(ensemble: string, path: string, znode: RawZnode | null): void;
  /** An ensemble has been read whole: these are its clusters. */
  present(roll: Pick<RollCall, 'ensemble' | 'namespaces' | 'clusters'>): void;
  /** The store, for others who keep something there; null: there is none. */
  readonly database: Asked;
  /** Opens folder and store; until then what is recorded waits in memory. */
  open(): void;
  /** Begins to record. */
  start(): void;
  /** Nothing is begun any more that has to be recorded; what was begun is still ended. */
  stop(): void;
  close(): Promise<void>;
}

interface Now {
  views(): readonly ClusterView[];
  isThere(id: ClusterId): boolean;
  scope(id: ClusterId): ScopeSnapshot | null;
  /** The clusters of each ensemble that has been read whole. */
  rolls(): readonly Pick<RollCall, 'ensemble' | 'namespaces' | 'clusters'>[];
}

interface HistoryParts {
  readonly config: StoreConfig;
  readonly secret: string;
  /** Numbers for what is recorded: see `Sequence`. */
  readonly next: (room?: number) => number;
  readonly access: VersionsOptions['access'];
  /** What there is now: where recording begins. */
  readonly now: Now;
  /** Where those who share a store elect who records. */
  readonly elects: {
    readonly access: () => ListingAccess;
    readonly folder: string;
    /** Whether ZooKeeper knows us by a digest there. */
    readonly known: boolean;
  };
  readonly log: Logger;
  readonly onState: () => void;
  /** The store has been connected to. */
  readonly onReady: () => void;
  readonly onError: (error: unknown) => void;
}

/** A disk or a store that doesn't answer can't hold up the end for longer than this. */
const CLOSE_MS = 1000;

/** One name for a store, so that those who write to the same one stand for the same turn. */
function storeName(url: string): string {
  const { hostname: host, port, pathname } = new URL(url);
  const place = `${host}:${port || '5432'}${pathname}`;
  return createHash('sha256').update(place).digest('hex').slice(0, 16);
}

/** Joins the parts that keep history. */
export function createHistory({
  config,
  secret,
  next,
  access,
  now,
  elects,
  log,
  onState,
  onReady,
  onError,
}: HistoryParts): History {
  if (config === null) return noHistory(log);
  const clock = systemClock;
  const { folder, url, spoolBytes, keepEventsMs, keepLagMs: keeping, budgetBytes } = config;
  let said: string | null = null;

  const embedded =
    url === null
      ? new EmbeddedPostgres({
          folder,
          onExit: () =>
            database.doubt(database.connected, new Error('The embedded PostgreSQL has ended')),
        })
      : null;
  const database: Database = new Database({
    clock,
    reach: () => embedded?.start() ?? Promise.resolve({ connectionString: url ?? '' }),
    writes: () => turn.isMine,
    isStarted: embedded !== null,
    kind: url === null ? 'embedded' : new URL(url).host,
    onState: (state) => {
      const { server, says } = database.health;
      if (state === 'ready') log.info(`history is kept in ${server}`);
      else if (says !== said) log.warn(`history waits on disk: ${says}`);
      said = says;
      if (state === 'ready') {
        recorder.storeIsReady();
        housekeeping.start();
        onReady();
        audit.storeIsReady();
      }
      onState();
    },
  });
  const audit = createAudit({
    ...{ config, secret, database, onState, onError },
    ...{ access: elects.access, root: elects.folder, known: elects.known },
  });
  const store = new PostgresStore(database);
  const recorder: Recorder = new Recorder({
    clock,
    store,
    onState,
    onLost: () => structures.lost(),
    onError,
  });
  const record = (one: HistoryRecord): void => {
    if (turn.hasBegun) recorder.record(one);
  };
  const recording = { clock, next, record };
  const structures = new Structures({
    ...recording,
    losing: () => recorder.isLosing,
    isThere: (id) => now.isThere(id),
  });
  const failovers = new Failovers(recording);
  // What is carried out here is kept here, whoever records the rest.
  const runs = new KeptRuns({ clock, next: () => next(), record: (one) => recorder.record(one) });
  const versions = new Versions({ ...recording, access });
  const watching = new Watching({
    ...recording,
    store,
    writtenUntil: () => recorder.writtenUntil,
  });
  const lag = new PostgresLagStore({ database, clock, keeping });
  const samples = new Samples({ clock, store: lag, onError });
  const housekeeping: Housekeeping = new Housekeeping({
    clock,
    store: lag,
    upkeep: new PostgresUpkeep({ database, clock, keeping, keepEventsMs, budgetBytes }),
    writtenUntil: () => samples.writtenUntil,
    onMinute: () => structures.renew(),
    onDropped: (names, why) => {
      const what =
        why === 'age' ? 'history that was over' : 'history that store.diskMb has no room for';
      log.info(`${what} is dropped: ${names.join(', ')}`);
    },
    onMeasured: onState,
    onError,
  });
  const view = (): HistoryView => ({
    ...recorder.view,
    samples: samples.figures,
    disk: housekeeping.disk,
    standby: turn.standby,
  });

  // Those who share a store agree on one who records; who has one alone need not.
  const turn: RecordingTurn = new RecordingTurn({
    ...{ clock, log, onError, onDoubt: onState },
    election:
      url === null
        ? null
        : {
            path: `${elects.folder}/recorder-${storeName(url)}`,
            me: { id: randomUUID(), host: hostname(), pid: process.pid },
            access: elects.access,
          },
    begin: () => {
      watching.start();
      structures.start(now.views());
      versions.start(now.views().map(({ id }) => [id, now.scope(id)] as const));
      for (const roll of now.rolls()) structures.present(roll);
    },
    end: () => {
      for (const part of [watching, structures, versions]) part.stop();
    },
    onMoved: () => {
      database.renew();
      onState();
    },
  });
  const place = new StoreFolder({
    ...{ clock, folder, spoolBytes, log, onTried: onState },
    onOpen: async (spool) => {
      // Last of what may fail: its entries go on disk only while the folder is ours.
      await audit.open();
      recorder.start(spool);
      database.start();
    },
  });

  return {
    audit,
    record: (event) => {
      // What an earlier process knew of it is in the store, and it is told there.
      if (event.code === 'cluster-appeared') return;
      // What an operator did here is kept here, whoever records the rest.
      if (event.code === 'operation') recorder.record(event);
      else record(event);
    },
    noteRun: (view) => runs.note(view),
    sample: (cluster, sample) => {
      if (turn.isMine) samples.note(cluster, sample);
    },
    see: (cluster, view, seen) => {
      structures.note(cluster, view, seen.at);
      failovers.note(cluster, view, seen);
    },
    gone: (cluster) => {
      structures.gone(cluster);
      failovers.gone(cluster);
      versions.gone(cluster);
      runs.gone(cluster);
    },
    read: (cluster, scope) => versions.note(cluster, scope),
    readMarked: (ensemble, path, znode) => versions.noteOne(ensembleId(ensemble), path, znode),
    present: (roll) => structures.present(roll),
    ...historyReads({ clock, database, store, lag, log }),
    get view(): HistoryView {
      const wrong = place.trouble ?? turn.undecided;
      return wrong ? { ...view(), state: 'away', ...wrong } : view();
    },
    database,
    open: () => void place.open(),
    start: () => turn.start(),
    stop: () => audit.stop(),
    close: async () => {
      place.giveUp();
      housekeeping.close();
      turn.close();
      watching.stop();
      versions.stop();
      await Promise.race([
        Promise.all([recorder.close(), samples.close(), audit.close()]),
        delay(CLOSE_MS),
      ]);
      database.close();
      embedded?.stop();
      place.release();
    },
  };
}
