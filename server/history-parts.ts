import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
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
import { lockFolder } from './adapters/store/folder-lock';
import { PostgresLagStore } from './adapters/store/lag-store';
import { reliabilityStore } from './adapters/store/reliability-store';
import { PostgresReplayStore } from './adapters/store/replay-store';
import { PostgresUpkeep } from './adapters/store/rollups';
import { runStore } from './adapters/store/run-store';
import { FolderSpool } from './adapters/store/spool';
import { PostgresStore } from './adapters/store/store';
import { versionStore } from './adapters/store/version-store';
import { createAudit } from './audit-parts';
import { systemClock } from './clock';
import type { StoreConfig } from './config';
import { Election } from './history/election';
import { Failovers } from './history/failovers';
import { Housekeeping } from './history/housekeeping';
import { KeptRuns } from './history/kept-runs';
import { Recorder } from './history/recorder';
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
  readonly turn: {
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

/** Between two attempts to get the folder. */
const FOLDER_RETRY_MS = 2000;
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
  turn,
  log,
  onState,
  onReady,
  onError,
}: HistoryParts): History {
  if (config === null) return noHistory(log);
  const clock = systemClock;
  const { folder, url, spoolBytes, keepEventsMs, keepLagMs: keeping, budgetBytes } = config;
  let trouble: { readonly since: number; readonly says: string } | null = null;
  let lock: { release(): void } | null = null;
  let cancelRetry = () => {};
  let said: string | null = null;
  let closed = false;
  /** Those who share a store agree on one who records; who has one alone need not. */
  let mine = url === null;
  let standby: string | null = null;
  /** Why it is not known who records; null: it is. */
  let undecided: { readonly since: number; readonly says: string } | null =
    url === null ? null : { since: clock.now(), says: 'Which Howdah records is being agreed on.' };

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
    writes: () => mine,
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
    ...{ access: turn.access, root: turn.folder, known: turn.known },
  });
  const store = new PostgresStore(database);
  const recorder: Recorder = new Recorder({
    clock,
    store,
    onState,
    onLost: () => structures.lost(),
    onError,
  });
  /** Nothing is recorded before it is noted that somebody watches. */
  let begun = false;
  const record = (one: HistoryRecord): void => {
    if (mine && begun) recorder.record(one);
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
  const kept = versionStore(database);
  const watching = new Watching({
    ...recording,
    store,
    writtenUntil: () => recorder.writtenUntil,
  });
  const replays = new PostgresReplayStore(database);
  const reliability = reliabilityStore(database);

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
    standby,
  });

  const begin = (): void => {
    begun = true;
    watching.start();
    structures.start(now.views());
    versions.start(now.views().map(({ id }) => [id, now.scope(id)] as const));
    for (const roll of now.rolls()) structures.present(roll);
  };
  const election =
    url === null
      ? null
      : new Election({
          clock,
          path: `${turn.folder}/recorder-${storeName(url)}`,
          me: { id: randomUUID(), host: hostname(), pid: process.pid },
          access: turn.access,
          onTurn: (isMine, other) => {
            standby = other;
            undecided = null;
            log.info(isMine ? 'history is recorded here' : `${other} records history`);
            if (isMine === mine) return;
            mine = isMine;
            if (isMine) begin();
            else {
              begun = false;
              for (const part of [watching, structures, versions]) part.stop();
            }
            database.renew();
            onState();
          },
          onDoubt: (says) => {
            if (undecided?.says !== says) log.warn(says);
            undecided = { since: undecided?.since ?? clock.now(), says };
            onState();
          },
          onError,
        });

  const open = async (): Promise<void> => {
    try {
      // PostgreSQL's user has to pass, where that is another than ours.
      mkdirSync(folder, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
      lock = lockFolder(folder);
      const spool = await FolderSpool.open(join(folder, 'spool'), spoolBytes);
      // Last of what may fail: its entries go on disk only while the folder is ours.
      await audit.open();
      recorder.start(spool);
      trouble = null;
      database.start();
    } catch (error) {
      lock?.release();
      lock = null;
      const says = `${error instanceof Error ? error.message : error}.`;
      if (trouble?.says !== says) log.warn(`history is not kept: ${says}`);
      trouble = { since: trouble?.since ?? clock.now(), says };
      if (!closed) cancelRetry = clock.after(FOLDER_RETRY_MS, () => void open());
    }
    onState();
  };

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
      if (mine) samples.note(cluster, sample);
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
    ...runStore(database),
    versions: kept.versions,
    znodes: kept.znodes,
    bytes: kept.bytes,
    present: (roll) => structures.present(roll),
    events: (query, within) => store.events(query, within),
    lag: (query) => lag.read(query),
    replay: async (query) => {
      // Of what is still to come nothing is known.
      const until = Math.max(query.from + 1, Math.min(query.until, clock.now()));
      const replay = await replays.replay({ ...query, until });
      return { ...replay, lag: await lag.figures({ ...query, until: replay.until }) };
    },
    reliability: async (query, within) => {
      const until = Math.max(query.from + 1, Math.min(query.until, clock.now()));
      const facts = await reliability.facts({ ...query, until }, within);
      // A year of a large fleet's lag may be more than is read in time: the rest is told all the same.
      const worst = lag.worst({ ...query, from: facts.from, until }, within).catch((error) => {
        log.warn(`the worst lag could not be told: ${error.message}`);
        return null;
      });
      return { ...facts, worstLag: await worst };
    },
    get view(): HistoryView {
      const wrong = trouble ?? undecided;
      return wrong ? { ...view(), state: 'away', ...wrong } : view();
    },
    database,
    open: () => void open(),
    start: () => {
      if (mine) begin();
      election?.start();
    },
    stop: () => audit.stop(),
    close: async () => {
      closed = true;
      cancelRetry();
      housekeeping.close();
      election?.close();
      watching.stop();
      versions.stop();
      await Promise.race([
        Promise.all([recorder.close(), samples.close(), audit.close()]),
        delay(CLOSE_MS),
      ]);
      database.close();
      embedded?.stop();
      lock?.release();
    },
  };
}
