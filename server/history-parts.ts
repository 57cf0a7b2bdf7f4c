import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { Failure } from '@/lib/errors';
import type { HistoryView } from '@/lib/history/history';
import type { ClusterId } from '@/lib/topology/cluster-id';
import type { ClusterEvent, LagSample } from '@/lib/topology/event';
import { Database } from './adapters/store/database';
import { EmbeddedPostgres } from './adapters/store/embedded';
import { lockFolder } from './adapters/store/folder-lock';
import { PostgresLagStore } from './adapters/store/lag-store';
import { PostgresUpkeep } from './adapters/store/rollups';
import { FolderSpool } from './adapters/store/spool';
import { PostgresStore } from './adapters/store/store';
import { systemClock } from './clock';
import type { StoreConfig } from './config';
import { Housekeeping } from './history/housekeeping';
import { Recorder } from './history/recorder';
import { Samples } from './history/samples';
import type { HistoryReader } from './ports';

export interface History extends HistoryReader {
  record(event: ClusterEvent): void;
  sample(cluster: ClusterId, sample: LagSample): void;
  /** Opens folder and store; until then what is recorded waits in memory. */
  start(): void;
  close(): Promise<void>;
}

interface HistoryParts {
  readonly config: StoreConfig;
  readonly log: Logger;
  readonly onState: () => void;
  readonly onError: (error: unknown) => void;
}

/** Between two attempts to get the folder. */
const FOLDER_RETRY_MS = 2000;
/** A disk or a store that doesn't answer can't hold up the end for longer than this. */
const CLOSE_MS = 1000;

/** Joins the parts that keep history. */
export function createHistory({ config, log, onState, onError }: HistoryParts): History {
  if (config === null) return noHistory();
  const clock = systemClock;
  const { folder, url, spoolBytes, keepEventsMs, keepLagMs: keeping, budgetBytes } = config;
  let trouble: { readonly since: number; readonly says: string } | null = null;
  let lock: { release(): void } | null = null;
  let cancelRetry = () => {};
  let said: string | null = null;
  let closed = false;

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
    kind: url === null ? 'embedded' : new URL(url).host,
    onState: (state) => {
      const { server, says } = database.health;
      if (state === 'ready') log.info(`history is kept in ${server}`);
      else if (says !== said) log.warn(`history waits on disk: ${says}`);
      said = says;
      if (state === 'ready') {
        recorder.storeIsReady();
        housekeeping.start();
      }
      onState();
    },
  });
  const store = new PostgresStore(database);
  const recorder: Recorder = new Recorder({ clock, store, onState, onError });

  const lag = new PostgresLagStore({ database, clock, keeping });
  const samples = new Samples({ clock, store: lag, onError });
  const housekeeping: Housekeeping = new Housekeeping({
    clock,
    store: lag,
    upkeep: new PostgresUpkeep({ database, clock, keeping, keepEventsMs, budgetBytes }),
    writtenUntil: () => samples.writtenUntil,
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
  });

  const open = async (): Promise<void> => {
    try {
      // PostgreSQL's user has to pass, where that is another than ours.
      mkdirSync(folder, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
      lock = lockFolder(folder);
      recorder.start(await FolderSpool.open(join(folder, 'spool'), spoolBytes));
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
    record: (event) => recorder.record(event),
    sample: (cluster, sample) => samples.note(cluster, sample),
    events: (query) => store.events(query),
    lag: (query) => lag.read(query),
    get view(): HistoryView {
      return trouble ? { ...view(), state: 'away', ...trouble } : view();
    },
    start: () => void open(),
    close: async () => {
      closed = true;
      cancelRetry();
      housekeeping.close();
      await Promise.race([Promise.all([recorder.close(), samples.close()]), delay(CLOSE_MS)]);
      database.close();
      embedded?.stop();
      lock?.release();
    },
  };
}

function noHistory(): History {
  const view: HistoryView = {
    state: 'off',
    since: systemClock.now(),
    says: null,
    server: null,
    waiting: { events: 0, bytes: 0, mostBytes: 0 },
    samples: { waiting: 0, lost: 0 },
    losing: null,
    newest: 0,
    disk: null,
  };
  const refuse = () =>
    Promise.reject(new Failure('unavailable', 'Howdah was told to keep no history.'));
  return {
    view,
    record: () => {},
    sample: () => {},
    events: refuse,
    lag: refuse,
    start: () => {},
    close: () => Promise.resolve(),
  };
}
