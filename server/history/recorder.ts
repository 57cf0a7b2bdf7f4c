import { Failure } from '@/lib/errors';
import type { Gap, HistoryView } from '@/lib/history/history';
import { type HistoryRecord, isAct } from '@/lib/history/record';
import type { Clock, HistoryStore, Spool, SpooledBatch } from '../ports';

export interface RecorderOptions {
  readonly clock: Clock;
  readonly store: HistoryStore;
  /** What is said of it has changed in something that matters. */
  readonly onState: () => void;
  /** Some will never be written. */
  readonly onLost: () => void;
  /** A fault that nobody foresaw; recording goes on. */
  readonly onError: (error: unknown) => void;
}

/** Records that come within this are made durable together: each batch costs a flush of the disk. */
const GATHER_MS = 250;
/**
 * Between two writes to a store that keeps up. The first of many records is written at once; in a
 * storm a transaction a second leaves the processors to those who need them.
 */
const WRITE_APART_MS = 1000;
/** After a long time away, so many records are written in one transaction. */
const MOST_AT_ONCE = 2000;
/** Between two attempts to write what a store or a disk has refused. */
const RETRY_MS = 1000;
/** So many records wait in memory while the disk takes none; what comes then is lost, and counted. */
const MOST_IN_MEMORY = 10_000;

/**
 * Keeps every record, once and in order: first on disk, which takes milliseconds and needs nobody,
 * then in the store, whenever that takes it. Whoever dies in between, the disk's copy is written on
 * the next occasion, and the store knows by its `seq` what it has. Nobody waits for it.
 */
export class Recorder {
  readonly #options: RecorderOptions;
  #fresh: HistoryRecord[] = [];
  /** Null until it is open: what comes before that waits in memory. */
  #spool: Spool | null = null;
  #losing: Gap | null = null;
  #cancelNote: (() => void) | null = null;
  #newest = 0;
  #saving: Promise<void> | null = null;
  #writing: Promise<void> | null = null;
  #cancelSave: (() => void) | null = null;
  #cancelWrite: (() => void) | null = null;
  #wroteAt = Number.NEGATIVE_INFINITY;
  #closed = false;

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  get view(): Omit<HistoryView, 'samples' | 'disk' | 'standby'> {
    const { records, bytes, mostBytes } = this.#spool ?? { records: 0, bytes: 0, mostBytes: 0 };
    return {
      ...this.#options.store.health,
      waiting: { records: records + this.#fresh.length, bytes, mostBytes },
      losing: this.#losing,
      newest: this.#newest,
    };
  }

  /** Records find no room now. */
  get isLosing(): boolean {
    return this.#losing !== null;
  }

  /** All that was seen before this is in the store; null: some of it is lost, and not noted yet. */
  get writtenUntil(): number | null {
    if (this.#losing !== null) return null;
    const waiting = [this.#fresh[0]?.at, this.#spool?.oldestAt].filter((at) => at != null);
    return Math.min(this.#options.clock.now(), ...waiting.map((at) => at - 1));
  }

  /** Goes on from what an earlier process left on disk. */
  start(spool: Spool): void {
    this.#spool = spool;
    this.#losing = joined(spool.losing, this.#losing);
    if (this.#fresh.length > 0) this.#saveIn(0);
    this.#write();
  }

  record(record: HistoryRecord): void {
    if (this.#closed) return;
    if (this.#fresh.length >= MOST_IN_MEMORY) {
      this.#lose([record]);
      return;
    }
    this.#fresh.push(record);
    this.#saveIn(GATHER_MS);
  }

  /** The store can be written to (again). */
  storeIsReady(): void {
    this.#write();
  }

  /** Makes durable what is left; what is then only on disk is written at the next start. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelSave?.();
    this.#cancelWrite?.();
    this.#cancelNote?.();
    await this.#saving;
    await this.#save();
    if (this.#fresh.length > 0) {
      this.#lose(this.#fresh);
      this.#options.onError(new Error(`${this.#fresh.length} records could not be kept`));
    }
    await this.#noteLosing();
    await this.#writing;
  }

  #saveIn(ms: number): void {
    if (this.#saving || this.#closed || this.#spool === null) return;
    this.#cancelSave ??= this.#options.clock.after(ms, () => {
      this.#cancelSave = null;
      this.#saving = this.#save().finally(() => {
        this.#saving = null;
        if (this.#fresh.length > 0) this.#saveIn(GATHER_MS);
        this.#write();
      });
    });
  }

  async #save(): Promise<void> {
    const taken = [...this.#fresh];
    if (taken.length === 0 || this.#spool === null) return;
    try {
      const room = await this.#spool.append(taken);
      // What an operator did is kept above the spool's own size: it is little, and never lost.
      const acts = room ? [] : taken.filter(isAct);
      if (acts.length > 0) await this.#spool.append(acts, 'must');
      this.#fresh = this.#fresh.slice(taken.length);
      const lost = room ? [] : taken.filter((one) => !isAct(one));
      if (lost.length > 0) this.#lose(lost);
    } catch (error) {
      // They stay where they are, in order, and are tried again with those that come.
      this.#options.onError(error);
      if (!this.#closed) await new Promise<void>((r) => this.#options.clock.after(RETRY_MS, r));
    }
  }

  #lose(records: readonly HistoryRecord[]): void {
    const [first, last] = [records[0], records.at(-1)];
    if (!first || !last) return;
    const began = this.#losing === null;
    this.#losing = {
      from: this.#losing?.from ?? first.at,
      until: last.at,
      lost: (this.#losing?.lost ?? 0) + records.length,
    };
    this.#options.onLost();
    if (began) this.#options.onState();
    // Seldom enough for a disk that is full of something else.
    if (!this.#closed) {
      this.#cancelNote ??= this.#options.clock.after(RETRY_MS, () => {
        this.#cancelNote = null;
        void this.#noteLosing();
      });
    }
  }

  /** Over a restart too it is known what is missing. */
  async #noteLosing(): Promise<void> {
    const spool = this.#spool;
    if (spool === null || spool.losing === this.#losing) return;
    await spool.noteLosing(this.#losing).catch(this.#options.onError);
  }

  #write(): void {
    if (this.#writing || this.#closed || this.#cancelWrite) return;
    const wait = this.#wroteAt + WRITE_APART_MS - this.#options.clock.now();
    if (wait > 0) {
      this.#writeLater(Math.min(wait, WRITE_APART_MS));
      return;
    }
    this.#writing = this.#writeAll()
      .catch((error) => {
        // The store says itself why it is away; anything else is a fault of ours.
        if (this.#options.store.writable) this.#options.onError(error);
        this.#writeLater(RETRY_MS);
      })
      .finally(() => {
        this.#writing = null;
        // The store may have become ready just when it was found away.
        const left = (this.#spool?.records ?? 0) > 0;
        if (left && this.#options.store.writable) this.#write();
      });
  }

  #writeLater(ms: number): void {
    if (this.#closed) return;
    this.#cancelWrite = this.#options.clock.after(ms, () => {
      this.#cancelWrite = null;
      this.#write();
    });
  }

  /** Oldest first; each batch is given up on disk only once the store has it. */
  async #writeAll(): Promise<void> {
    const { store, onState } = this.#options;
    const spool = this.#spool;
    if (spool === null) return;
    for (;;) {
      if (!store.writable) return;
      const batches = await spool.oldest(MOST_AT_ONCE);
      if (batches.length === 0) break;
      await this.#writeBatches(batches);
      for (const batch of batches) await spool.drop(batch);
      this.#wroteAt = this.#options.clock.now();
      onState();
      if (this.#closed) return;
    }
    const gap = this.#losing;
    if (gap === null || this.#fresh.length > 0) return;
    await store.noteGap(gap);
    if (this.#losing !== gap) return;
    this.#losing = null;
    await spool.noteLosing(null);
    onState();
  }

  /**
   * In one transaction. What the store would refuse for ever must not stand in the way of what it
   * would take: then each batch is written by itself, and the one that is refused is a gap.
   */
  async #writeBatches(batches: readonly SpooledBatch[]): Promise<void> {
    const records = batches.flatMap((batch) => batch.records);
    try {
      await this.#options.store.write(records);
      this.#newest = records.at(-1)?.seq ?? this.#newest;
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'bad-input') throw error;
      if (batches.length > 1) {
        for (const batch of batches) await this.#writeBatches([batch]);
        return;
      }
      this.#options.onError(error);
      this.#lose(records);
    }
  }
}

function joined(a: Gap | null, b: Gap | null): Gap | null {
  if (a === null || b === null) return a ?? b;
  return {
    from: Math.min(a.from, b.from),
    until: Math.max(a.until, b.until),
    lost: a.lost + b.lost,
  };
}
