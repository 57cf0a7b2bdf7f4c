import { createHash, randomUUID } from 'node:crypto';
import type { AuditResult, BegunAct } from '@/lib/audit/entry';
import { Failure, isZooKeeperError, ZooKeeperError } from '@/lib/errors';
import {
  type RestoreOutcome,
  type RestorePreflight,
  type RestoreRequest,
  restorePreflight,
} from '@/lib/operations/restore';
import { type ClusterId, clusterPath } from '@/lib/topology/cluster-id';
import type { ClusterView } from '@/lib/topology/view';
import type { Audit, Clock, ListingAccess, RawZnode, VersionStore } from '../ports';
import { type RestoreRecord, RestoreRecords, type StoredRestore } from './restore-record';

export interface RestoresOptions {
  readonly clock: Clock;
  /** Howdah's own folder in ZooKeeper. */
  readonly root: string;
  readonly view: (id: ClusterId) => ClusterView | null;
  readonly access: (ensemble: string) => ListingAccess;
  readonly connected: (ensemble: string) => boolean;
  readonly running: (id: ClusterId) => string | null;
  readonly bytes: VersionStore['bytes'];
  readonly audit: Pick<Audit, 'end'>;
  /** Something was done, or found out, that belongs into the cluster's history. */
  readonly onDone: (cluster: ClusterId, says: string) => void;
  /** A fault of what nobody waits for. */
  readonly onError: (error: unknown) => void;
}

/** From its record to its end a restore takes no longer, but for a lost ensemble. */
const ALIVE_MS = 60_000;
/** So long an end is told again by whoever takes it up. */
const TOLD_AGAIN_MS = 7 * 86_400_000;

/** How it ended, in words, and what it came to in ZooKeeper where that is known. */
interface End {
  readonly state: Exclude<RestoreRecord['state'], 'recorded'>;
  readonly result: AuditResult;
  readonly says: string;
  readonly zxid?: string;
  /** Another than the one who recorded it has found it out. */
  readonly later?: boolean;
}

/** A lost connection is usually back within this. */
const RESOLVE_EVERY_MS = 500;
const RESOLVE_TRIES = 20;

/**
 * Brings a cluster's configuration back as it once was: the very bytes, written over exactly the
 * version that the operator saw. Nothing else of a scope is ever restored: see `lib/znodes/refusals`.
 */
export class Restores {
  readonly #options: RestoresOptions;
  readonly #busy = new Set<ClusterId>();
  /** Records whose end has been told. */
  readonly #told = new Set<string>();
  /** Records whose end has been given to the audit. */
  readonly #ended = new Set<string>();
  /** Writes of ours to ZooKeeper, by their numbers. */
  readonly #wrote = new Set<string>();

  constructor(options: RestoresOptions) {
    this.#options = options;
  }

  async preflight(id: ClusterId, seq: number): Promise<RestorePreflight> {
    const view = this.#view(id);
    const wanted = await this.#wanted(id, seq);
    const current = await this.#reading(() => this.#current(view));
    return this.#judge(view, wanted, current);
  }

  /** Whether that write was ours, or one of ours is under way there. */
  isOurs(id: ClusterId, zxid: string | null): boolean {
    return this.#busy.has(id) || (zxid !== null && this.#wrote.has(zxid));
  }

  async restore(request: RestoreRequest, act: BegunAct | null = null): Promise<RestoreOutcome> {
    const { cluster: id } = request;
    const view = this.#view(id);
    if (request.confirm.trim() !== view.name) {
      throw new Failure('bad-input', `Type the cluster's name, ${view.name}, to confirm.`);
    }
    if (this.#busy.has(id)) {
      throw new Failure('busy', `A restore of the configuration of ${view.name} is under way.`);
    }
    this.#busy.add(id);
    try {
      return await this.#carryOut(request, view, act);
    } finally {
      this.#busy.delete(id);
    }
  }

  /** What an earlier process has left undecided is found out, and told. */
  async resume(ensemble: string, clusters: readonly ClusterId[]): Promise<void> {
    const records = this.#records(ensemble);
    for (const id of await records.among(clusters)) {
      if (this.#busy.has(id) || !this.#options.view(id)) continue;
      const stored = await records.read(id);
      if (stored && this.#isAlive(stored)) {
        // Another Howdah is about it, or died of it: that is seen then.
        this.#options.clock.after(ALIVE_MS, () => void this.#resumeLater(ensemble, id));
        continue;
      }
      if (stored && stored.record.state !== 'recorded') this.#tellAgain(stored.record);
      if (stored?.record.state !== 'recorded') continue;
      await this.#settle(this.#view(id), stored, 'later');
    }
  }

  async #resumeLater(ensemble: string, id: ClusterId): Promise<void> {
    try {
      await this.resume(ensemble, [id]);
    } catch (error) {
      // A lost connection ends in another resync, which comes back to it.
      if (!(error instanceof ZooKeeperError)) this.#options.onError(error);
    }
  }

  /** Recorded so lately that whoever recorded it may still be about it. */
  #isAlive({ record }: StoredRestore): boolean {
    return record.state === 'recorded' && this.#options.clock.now() - record.at < ALIVE_MS;
  }

  async #carryOut(
    request: RestoreRequest,
    view: ClusterView,
    act: BegunAct | null,
  ): Promise<RestoreOutcome> {
    const { seq, seenVersion, reason } = request;
    const wanted = await this.#wanted(view.id, seq);
    const records = this.#records(view.key.ensemble);
    const { current, before } = await this.#reading(async () => ({
      current: await this.#current(view),
      before: await records.read(view.id),
    }));
    if (before && this.#isAlive(before)) {
      throw new Failure('busy', `Another restore of ${view.name} has just begun: look again.`);
    }
    // What another process has left undecided is found out, and told, before it is replaced.
    if (before?.record.state === 'recorded') {
      await this.#reading(() => this.#settle(view, before, 'later'));
      return this.#carryOut(request, view, act);
    }
    if (current && current.stat.version !== seenVersion) throw moved(view);
    const refusal = this.#judge(view, wanted, current).rules.find(
      ({ verdict }) => verdict === 'refuse',
    );
    if (refusal) throw new Failure('refused', `${refusal.says}.`);
    const record: RestoreRecord = {
      ...{ id: randomUUID(), cluster: view.id, path: pathOf(view), seq, reason },
      ...{ fromVersion: seenVersion, sha256: hashOf(wanted), at: this.#options.clock.now() },
      ...{ state: 'recorded', says: '', end: null, by: act?.by ?? null, act: act?.id ?? null },
    };
    const stored = await this.#reading(() => records.write(record, before));
    if (!stored) {
      throw new Failure('busy', 'Another Howdah has just begun to restore it: look again.');
    }
    return this.#write(view, stored, wanted);
  }

  async #write(view: ClusterView, stored: StoredRestore, wanted: Buffer): Promise<RestoreOutcome> {
    const { path, fromVersion } = stored.record;
    try {
      const stat = await this.#access(view).set(path, wanted, fromVersion);
      const says = doneWords(stored.record, stat.version);
      this.#wrote.add(stat.mzxid);
      await this.#end(view, stored, { state: 'done', result: 'done', says, zxid: stat.mzxid });
      return { says, version: stat.version };
    } catch (error) {
      if (isZooKeeperError(error, 'connection') || isZooKeeperError(error, 'closed')) {
        return this.#findOut(view, stored);
      }
      const says = isZooKeeperError(error, 'bad-version')
        ? 'Nothing was restored: the configuration has changed meanwhile.'
        : `Nothing was restored: ${error instanceof Error ? error.message : error}.`;
      const result = isZooKeeperError(error, 'bad-version') ? 'refused' : 'failed';
      await this.#end(view, stored, { state: 'not-done', result, says });
      if (isZooKeeperError(error, 'bad-version')) throw moved(view);
      throw new Failure(
        isZooKeeperError(error, 'no-auth') ? 'refused' : 'unavailable',
        says,
        error,
      );
    }
  }

  /** The answer was lost: whether it was written is seen by reading, and never assumed. */
  async #findOut(view: ClusterView, stored: StoredRestore): Promise<RestoreOutcome> {
    for (let attempt = 0; attempt < RESOLVE_TRIES; attempt += 1) {
      await new Promise<void>((done) => this.#options.clock.after(RESOLVE_EVERY_MS, done));
      try {
        const outcome = await this.#settle(view, stored);
        if (outcome) return outcome;
        throw new Failure(
          'unavailable',
          'ZooKeeper was lost before it was written: nothing was restored. Try again.',
        );
      } catch (error) {
        if (!(error instanceof ZooKeeperError)) throw error;
      }
    }
    const says =
      'ZooKeeper was lost while it was being written: whether it was restored is seen once it is back.';
    const end = {
      at: this.#options.clock.now(),
      result: 'unknown',
      zxid: null,
      later: false,
    } as const;
    await this.#tell({ ...stored.record, end }, says);
    throw new Failure('unavailable', says);
  }

  /** Null: it was not done. Throws `ZooKeeperError` while that can't be known. */
  async #settle(
    view: ClusterView,
    stored: StoredRestore,
    when?: 'later',
  ): Promise<RestoreOutcome | null> {
    const { record } = stored;
    const later = when === 'later';
    const current = await this.#current(view);
    // Its bytes are there, and were written over that very version, or others came after it.
    const isOurs = current !== null && hashOf(current.data) === record.sha256;
    if (isOurs && current.stat.version > record.fromVersion) {
      const says = doneWords(record, current.stat.version);
      const { version, mzxid: zxid } = current.stat;
      this.#wrote.add(zxid);
      await this.#end(view, stored, { state: 'done', result: 'done', says, zxid, later });
      return { says, version };
    }
    const overwritten = current !== null && current.stat.version > record.fromVersion;
    const says = overwritten
      ? 'Whether an earlier configuration was restored is not known: another has been written since.'
      : 'An earlier configuration was to be restored, and was not: nothing was written.';
    const result = overwritten ? 'unknown' : 'failed';
    await this.#end(view, stored, { state: 'not-done', result, says, later });
    return null;
  }

  async #end(view: ClusterView, stored: StoredRestore, end: End): Promise<void> {
    const { state, says, result, zxid = null, later = false } = end;
    const at = this.#options.clock.now();
    const record = { ...stored.record, end: { at, result, zxid, later } };
    this.#ended.add(record.id);
    // Before the record says that it has ended: nobody looks at it again then.
    await this.#tell(record, says);
    const records = this.#records(view.key.ensemble);
    try {
      // Who ends it tells it; where another has ended this very one, it is told.
      if ((await records.write({ ...record, state, says }, stored)) === null) {
        const there = await records.read(view.id);
        if (there?.record.id === record.id && there.record.state !== 'recorded') return;
      }
    } catch (error) {
      // It is found recorded, and ended, once ZooKeeper is back.
      if (!(error instanceof ZooKeeperError)) throw error;
    }
    if (this.#told.has(record.id)) return;
    this.#told.add(record.id);
    const why = record.reason.trim() === '' ? '' : ` Reason: ${record.reason.trim()}`;
    this.#options.onDone(view.id, `${says}${why}`);
  }

  /** Whoever stored that it has ended may have had the audit's word of it in memory only. */
  #tellAgain(record: RestoreRecord): void {
    const { id, end, says } = record;
    if (end === null || this.#ended.has(id)) return;
    this.#ended.add(id);
    // What is older has been in the audit long since, and may have gone from it by its age.
    if (this.#options.clock.now() - end.at < TOLD_AGAIN_MS) void this.#tell(record, says);
  }

  async #tell({ act, at: began, end }: RestoreRecord, says: string): Promise<void> {
    if (act === null || end === null) return;
    const { at, result, zxid, later } = end;
    const cost = { tookMs: at - began, zxid };
    await this.#options.audit.end({ id: act, at, result, says, cost, resolves: later });
  }

  #judge(view: ClusterView, wanted: Buffer, current: RawZnode | null): RestorePreflight {
    return restorePreflight({
      view,
      zookeeperConnected: this.#options.connected(view.key.ensemble),
      running: this.#options.running(view.id),
      wanted: wanted.toString('utf8'),
      current: current && {
        text: current.data.toString('utf8'),
        version: current.stat.version,
      },
    });
  }

  async #wanted(cluster: ClusterId, seq: number): Promise<Buffer> {
    const wanted = await this.#options.bytes({ cluster, name: 'config', seq });
    if (!wanted) throw new Failure('not-found', 'There is no such version of the configuration.');
    return wanted;
  }

  async #current(view: ClusterView): Promise<RawZnode | null> {
    const access = this.#access(view);
    await access.sync(pathOf(view));
    return access.data(pathOf(view), false);
  }

  async #reading<T>(what: () => Promise<T>): Promise<T> {
    try {
      return await what();
    } catch (error) {
      if (!(error instanceof ZooKeeperError)) throw error;
      const says = "ZooKeeper can't be asked now, so nothing was done.";
      throw new Failure('unavailable', says, error);
    }
  }

  #access(view: ClusterView): ListingAccess {
    return this.#options.access(view.key.ensemble);
  }

  #records(ensemble: string): RestoreRecords {
    return new RestoreRecords(this.#options.root, () => this.#options.access(ensemble));
  }

  #view(id: ClusterId): ClusterView {
    const view = this.#options.view(id);
    if (!view) throw new Failure('not-found', 'There is no such cluster (any more).');
    return view;
  }
}

const pathOf = (view: ClusterView): string => `${clusterPath(view.key)}/config`;

const hashOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

const moved = (view: ClusterView): Failure =>
  new Failure(
    'moved',
    `The configuration of ${view.name} has changed since you looked. Nothing was done: look again and decide anew.`,
  );

function doneWords({ fromVersion }: RestoreRecord, version: number): string {
  return `An earlier configuration was restored over version ${fromVersion}, as version ${version}.`;
}
