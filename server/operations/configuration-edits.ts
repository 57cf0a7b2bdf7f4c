import { createHash } from 'node:crypto';
import { scanJson } from '@/lib/configuration/json';
import { withSecretsOf } from '@/lib/configuration/masked';
import { Failure, ZooKeeperError } from '@/lib/errors';
import { overdue } from '@/lib/operations/follow';
import {
  configurationOverdue,
  overwritten,
  type TakenUp,
  takenUp,
  written,
} from '@/lib/operations/follow-configuration';
import { endAs, type Run } from '@/lib/operations/run';
import { readSettings, settingChanges, valuesAt } from '@/lib/operations/settings';
import type { OperationRequest, RuleResult } from '@/lib/operations/types';
import type { Wish, WishOf } from '@/lib/operations/wish';
import { clusterPath } from '@/lib/topology/cluster-id';
import type { ClusterView } from '@/lib/topology/view';
import type { Clock, ListingAccess, RawZnode, VersionStore } from '../ports';
import type { RunHandle } from './carry-out';
import type { JudgedEdit } from './judge-edit';
import type { PauseNote } from './pauses';

export interface EditsOptions {
  readonly clock: Clock;
  readonly access: (ensemble: string) => ListingAccess;
  readonly bytes: VersionStore['bytes'];
  /** Keeps who is about to pause it, and why. Throws `ZooKeeperError`. */
  readonly notePause: (view: ClusterView, note: PauseNote) => Promise<void>;
  /** What of those settings of a configuration each member runs; null: of all. */
  readonly takenUp: (
    view: ClusterView,
    text: string,
    changed: readonly string[] | null,
  ) => Promise<readonly TakenUp[]>;
  /** What is to be said of a configuration before it is written, and what it changes. */
  readonly check: (
    view: ClusterView,
    texts: { readonly wanted: string; readonly current: string },
  ) => Promise<JudgedEdit>;
}

/** What is to be written, and which settings it changes; null: that can't be told. */
export interface Edit {
  readonly bytes: Buffer;
  readonly sha256: string;
  readonly changed: readonly string[] | null;
  /** Of what it gives those. */
  readonly valuesSha256: string | null;
}

type Writing = WishOf<'configuration'> | WishOf<'pause'> | WishOf<'resume'>;

const LOOK_MS = 1000;
/** Writes whose numbers are remembered, to know them again. */
const REMEMBERED = 1000;

/** What is written to `config`, and who has taken it up. */
export class ConfigurationEdits {
  readonly #options: EditsOptions;
  readonly #wrote = new Set<string>();

  constructor(options: EditsOptions) {
    this.#options = options;
  }

  /** Whether that write to ZooKeeper was made here. */
  wrote(zxid: string): boolean {
    return this.#wrote.has(zxid);
  }

  /** A wish as it may be kept: without a text that may hold passwords. */
  recorded(wish: Wish): Wish {
    return wish.kind === 'configuration' ? { ...wish, text: null } : wish;
  }

  /** What would be written; null: this writes no configuration. Throws `moved`, `bad-input`. */
  async bytesFor(
    { wish, seen }: Pick<OperationRequest, 'wish' | 'seen'>,
    view: ClusterView,
  ): Promise<Edit | null> {
    if (!isWriting(wish)) return null;
    const current = await this.#current(view);
    if (current.stat.version !== seen.configVersion) {
      const says = `The configuration of ${view.name} has changed since you looked.`;
      throw new Failure('moved', `${says} Nothing was done: look again and decide anew.`);
    }
    const text = current.data.toString('utf8');
    const bytes = await this.#bytes(wish, view, text);
    const [before, after] = [readSettings(text), readSettings(bytes.toString('utf8'))];
    const changed = before && after ? settingChanges(before, after).map(({ path }) => path) : null;
    const valuesSha256 = after && changed ? hashOf(valuesAt(after, changed)) : null;
    return { bytes, sha256: hashOf(bytes), changed, valuesSha256 };
  }

  /** What a preflight says of the text, and what of it differs from what is now. */
  async judge(wish: WishOf<'configuration'>, view: ClusterView): Promise<JudgedEdit> {
    const current = (await this.#current(view)).data.toString('utf8');
    const wanted = (await this.#bytes(wish, view, current)).toString('utf8');
    const { rules, changes } = await this.#options.check(view, { wanted, current });
    const isSame =
      wanted === current ||
      (changes.length === 0 && readSettings(current) !== null && readSettings(wanted) !== null);
    const same: readonly RuleResult[] = isSame
      ? [{ code: 'same', verdict: 'refuse', says: 'It is the same as the configuration now' }]
      : [];
    return { rules: [...same, ...rules], changes };
  }

  /** What has to be there once it is written. Throws `ZooKeeperError`. */
  async beforeWrite({ wish, seen, sha256, view: run }: Run, view: ClusterView): Promise<void> {
    if (wish.kind !== 'pause' || seen.configVersion === null || sha256 == null) return;
    const { by = null, reason, startedAt: since } = run;
    const version = seen.configVersion + 1;
    const note = { by, reason, since, until: wish.until, version, sha256 };
    await this.#options.notePause(view, note);
  }

  /**
   * From the moment it may have been written to its end: finds out whether it was, and follows who
   * takes it up. Returns when the run has ended.
   */
  async goOn(handle: RunHandle, view: ClusterView, now: () => ClusterView | null): Promise<void> {
    if (handle.run().written == null) await this.#findOut(handle, view);
    if (handle.run().written == null) return;
    const { zxid } = handle.run().written ?? {};
    if (zxid) this.#remember(zxid);
    if (handle.run().wish.kind === 'configuration') await this.#follow(handle, () => now() ?? view);
  }

  /** The answer was lost, or a process that asked is gone: what stands there tells. */
  async #findOut(handle: RunHandle, view: ClusterView): Promise<void> {
    const { clock } = this.#options;
    while (handle.run().view.outcome === null && clock.now() < handle.run().deadline) {
      try {
        const { seen, sha256 } = handle.run();
        const { stat, data } = await this.#current(view);
        const before = seen.configVersion ?? 0;
        if (stat.version === before) {
          const says = 'Nothing was written: the configuration is still as it was.';
          await handle.advance(endAs(handle.run(), ['failed', says], clock.now()));
        } else if (hashOf(data) === sha256) {
          const at = { version: stat.version, zxid: stat.mzxid, now: clock.now() };
          await handle.advance(written(handle.run(), at));
          return;
        } else {
          const says =
            'Whether it was written is not known: another configuration has been written since.';
          await handle.advance(endAs(handle.run(), ['unknown', says], clock.now()));
        }
      } catch (error) {
        if (!(error instanceof ZooKeeperError)) throw error;
        await this.#pause();
      }
    }
    const late = overdue(handle.run(), view, clock.now());
    if (late !== handle.run()) await handle.advance(late);
  }

  /** Asks every member what it runs, until all run it or the bound has passed. */
  async #follow(handle: RunHandle, now: () => ClusterView): Promise<void> {
    const { clock } = this.#options;
    let members: readonly TakenUp[] = [];
    while (handle.run().view.outcome === null) {
      try {
        const { data, stat } = await this.#current(now());
        const { written: ours } = handle.run();
        // Who takes up what somebody has changed again since can't be told any more.
        if (ours && stat.version !== ours.version && !stands(handle.run(), data)) {
          await handle.advance(overwritten(handle.run(), clock.now()));
          return;
        }
        const { changed = null } = handle.run();
        members = await this.#options.takenUp(now(), data.toString('utf8'), changed);
        // What waits for a restart is said by Patroni a moment later: by the view as it is now.
        const by = { now: clock.now(), loopMs: loopOf(now()) };
        const next = takenUp(handle.run(), members, by);
        if (next !== handle.run()) await handle.advance(next);
      } catch (error) {
        if (!(error instanceof ZooKeeperError)) throw error;
      }
      // Before its time is over, so that who has not taken it up is said by who knows.
      if (clock.now() + LOOK_MS >= handle.run().deadline) break;
      if (handle.run().view.outcome === null) await this.#pause();
    }
    if (handle.run().view.outcome !== null) return;
    await handle.advance(configurationOverdue(handle.run(), members, clock.now()));
  }

  async #bytes(wish: Writing, view: ClusterView, current: string): Promise<Buffer> {
    if (wish.kind === 'configuration' && wish.seq !== null) {
      const kept = await this.#options.bytes({ cluster: view.id, name: 'config', seq: wish.seq });
      if (!kept) throw new Failure('not-found', 'There is no such version of the configuration.');
      return kept;
    }
    if (wish.kind === 'configuration') {
      return Buffer.from(withSecrets(wish.text ?? '', current));
    }
    if (!readSettings(current)) {
      const says = 'The configuration is not readable, so nothing can be set in it: mend it first.';
      throw new Failure('refused', says);
    }
    return Buffer.from(withPause(current, wish.kind === 'pause'));
  }

  async #current(view: ClusterView): Promise<RawZnode> {
    const path = `${clusterPath(view.key)}/config`;
    const access = this.#options.access(view.key.ensemble);
    await access.sync(path);
    const found = await access.data(path, false);
    if (!found) throw new Failure('refused', `${view.name} has no configuration in ZooKeeper.`);
    return found;
  }

  #remember(zxid: string): void {
    this.#wrote.add(zxid);
    const [oldest] = this.#wrote;
    if (this.#wrote.size > REMEMBERED && oldest !== undefined) this.#wrote.delete(oldest);
  }

  #pause(): Promise<void> {
    return new Promise((done) => this.#options.clock.after(LOOK_MS, done));
  }
}

const isWriting = (wish: Wish): wish is Writing =>
  wish.kind === 'configuration' || wish.kind === 'pause' || wish.kind === 'resume';

/** Before it was changed, or after. */
const loopOf = ({ config }: ClusterView): number =>
  (config.is === 'ok' ? config.value.loopWait : 10) * 1000;

/** Whether another configuration, written over it, leaves all that it has set as it is. */
function stands({ changed, valuesSha256 }: Run, data: Buffer): boolean {
  const settings = readSettings(data.toString('utf8'));
  if (settings === null || changed == null || valuesSha256 == null) return false;
  return hashOf(valuesAt(settings, changed)) === valuesSha256;
}

const hashOf = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');

/** As it was sent, with what was masked for whoever edited it put back. */
function withSecrets(text: string, current: string): string {
  const isBoth = readSettings(text) !== null && readSettings(current) !== null;
  return isBoth ? withSecretsOf(text, current).text : text;
}

/** Only that one setting is touched: all else stays to the byte, numbers of any size included. */
function withPause(text: string, paused: boolean): string {
  const there = scanJson(text).values.find(({ path }) => path.length === 1 && path[0] === 'pause');
  if (there) return `${text.slice(0, there.start)}${paused}${text.slice(there.end)}`;
  if (!paused) return text;
  const inside = text.indexOf('{') + 1;
  const rest = text.slice(inside);
  const comma = rest.trimStart().startsWith('}') ? '' : ',';
  return `${text.slice(0, inside)}"pause":true${comma}${rest}`;
}
