import type { HistoryRecord } from '@/lib/history/record';
import { KEPT_ZNODES, type ZnodeVersion } from '@/lib/history/znode-version';
import type { ClusterId } from '@/lib/topology/cluster-id';
import type { Access } from '@/lib/znodes/access';
import type { Clock, MirroredZnode, RawZnode, ReadAccess, ScopeSnapshot } from '../ports';

export interface VersionsOptions {
  readonly clock: Clock;
  readonly next: () => number;
  readonly record: (record: HistoryRecord) => void;
  /** A znode's ACL as it is now; null when it is gone. Throws where it can't be read. */
  readonly access: (cluster: ClusterId, name: string) => Promise<ReadAccess | null>;
}

/** ACLs cost a read each, and are nobody's hurry. */
const ACCESS_APART_MS = 50;
/** What waits for its ACL; beyond it a version is kept without. Configuration is what is restored. */
const MOST_WAITING = { config: 2000, others: 100 };

interface Waiting {
  readonly version: ZnodeVersion;
  readonly znode: NonNullable<ZnodeVersion['znode']>;
}

const GONE = 'gone';
const STARTED_AT_ONCE = 20;

/**
 * Keeps every version of some znodes that is read. Watches tell that something has changed, not how
 * often: versions between two reads are skipped, and their numbers tell how many.
 */
export class Versions {
  readonly #options: VersionsOptions;
  /** The last of each: its mzxid, or that it was gone. */
  readonly #last = new Map<string, string>();
  #waiting: Waiting[] = [];
  #reading = false;
  #started = false;

  constructor(options: VersionsOptions) {
    this.#options = options;
  }

  /** Begins with these: a few at a stretch. */
  start(scopes: readonly (readonly [ClusterId, ScopeSnapshot | null])[] = []): void {
    this.#started = true;
    const next = (n: number) => {
      for (const [id, scope] of scopes.slice(n, n + STARTED_AT_ONCE)) {
        if (scope) this.note(id, scope);
      }
      if (n + STARTED_AT_ONCE < scopes.length) {
        this.#options.clock.soon(() => next(n + STARTED_AT_ONCE));
      }
    };
    next(0);
  }

  note(cluster: ClusterId, scope: ScopeSnapshot): void {
    for (const name of KEPT_ZNODES) this.noteOne(cluster, name, scope.znode(name));
  }

  /** @param cluster or an ensemble's id, with the whole path as the name */
  noteOne(cluster: ClusterId, name: string, read: MirroredZnode): void {
    // What could not be read says nothing.
    if (!this.#started || (read !== null && 'failed' in read)) return;
    const is = read?.stat.mzxid ?? GONE;
    const key = `${name} ${cluster}`;
    if (this.#last.get(key) === is) return;
    this.#last.set(key, is);
    this.#keep(cluster, name, read);
  }

  gone(cluster: ClusterId): void {
    for (const name of KEPT_ZNODES) {
      this.noteOne(cluster, name, null);
      this.#last.delete(`${name} ${cluster}`);
    }
  }

  /** Keeps what waits for its ACL without it. */
  #flush(which: (version: ZnodeVersion) => boolean): void {
    const [now, later] = [true, false].map((wanted) =>
      this.#waiting.filter(({ version }) => which(version) === wanted),
    );
    this.#waiting = later ?? [];
    for (const { version } of now ?? []) this.#options.record(version);
  }

  #keep(cluster: ClusterId, name: string, read: RawZnode | null): void {
    const { clock, next, record } = this.#options;
    const seen = { record: 'znode', seq: next(), at: clock.now(), cluster, name } as const;
    if (read === null) {
      // What waits of it came before: it can't be told after it.
      this.#flush((one) => one.cluster === cluster && one.name === name);
      record({ ...seen, znode: null });
      return;
    }
    const znode = { data: read.data.toString('base64'), stat: read.stat, access: null };
    const version = { ...seen, znode };
    const most = name === 'config' ? MOST_WAITING.config : MOST_WAITING.others;
    if (this.#waiting.length >= most) {
      record(version);
      return;
    }
    this.#waiting.push({ version, znode });
    this.#readNext();
  }

  #readNext(): void {
    if (this.#reading) return;
    const waiting = this.#waiting.shift();
    if (!waiting) return;
    this.#reading = true;
    void this.#accessOf(waiting).then((access) => {
      const { version, znode } = waiting;
      this.#options.record({ ...version, znode: { ...znode, access } });
      this.#options.clock.after(ACCESS_APART_MS, () => {
        this.#reading = false;
        this.#readNext();
      });
    });
  }

  /** Null where it is no longer that version's. */
  async #accessOf({ version, znode }: Waiting): Promise<readonly Access[] | null> {
    try {
      const read = await this.#options.access(version.cluster, version.name);
      return read?.stat.mzxid === znode.stat.mzxid ? read.access : null;
    } catch {
      // The version is worth keeping without it, and says that it has none.
      return null;
    }
  }

  /** What still waits for its ACL is kept without. */
  stop(): void {
    this.#flush(() => true);
    this.#last.clear();
    this.#started = false;
  }
}
