import type { Head } from '@/lib/audit/chain';
import {
  type AuditIntent,
  type AuditOutcome,
  intentEntry,
  outcomeEntry,
  textOf,
} from '@/lib/audit/entry';
import type { AuditView } from '@/lib/audit/view';
import { Failure } from '@/lib/errors';
import type { Audit, AuditChain, AuditSpool, Clock, WaitingEntry } from '../ports';

export interface AuditTrailOptions {
  readonly clock: Clock;
  readonly chain: AuditChain;
  /** The chain has grown, or may have. */
  readonly onAppended: (head: Head) => void;
  /** What is said of it has changed. */
  readonly onState: () => void;
  /** A fault that nobody foresaw; what waits goes on waiting. */
  readonly onError: (error: unknown) => void;
}

type TrailView = Pick<AuditView, 'state' | 'waiting' | 'trouble'>;

/** Entries that somebody waits for. */
interface Asked {
  readonly texts: readonly string[];
  readonly done: () => void;
  readonly refused: (error: unknown) => void;
}

/** After a long time away, so many entries are put into the chain in one transaction. */
const MOST_AT_ONCE = 500;
/** Between two attempts at what a store or a disk has refused. */
const RETRY_MS = 1000;

/**
 * Keeps every entry, once and in order: first on disk, which is when whoever asked may go on, then in
 * the store's chain, at once. Whoever dies in between, what is on disk goes there the next time; the
 * chain knows what it has. Where the disk refuses the store may still take it; where both refuse,
 * what was to be begun is not done.
 */
export class AuditTrail implements Omit<Audit, 'view'> {
  readonly #options: AuditTrailOptions;
  /** Null until it is open. */
  #spool: AuditSpool | null = null;
  #asked: Asked[] = [];
  #saving: Promise<void> | null = null;
  #draining: Promise<void> | null = null;
  /** Ends that neither would take: the acts are done, so they are not given up. */
  #unsaved: string[] = [];
  #cancelRetry: (() => void) | null = null;
  #next = 0;
  /** Why the disk, or the chain, does not take what it should; null: it does. */
  #disk: string | null = null;
  #store: string | null = null;
  #closed = false;

  constructor(options: AuditTrailOptions) {
    this.#options = options;
  }

  get view(): TrailView {
    const { chain, clock } = this.#options;
    const { records, oldestAt, aside } = this.#spool ?? { records: 0, oldestAt: null, aside: 0 };
    const entries = records + this.#unsaved.length;
    const isLate = oldestAt !== null && clock.now() - oldestAt > 2 * RETRY_MS;
    const lost = `${aside} ${aside === 1 ? 'file' : 'files'} of the audit on disk can't be read, and stay in audit-spool for a person to look at.`;
    return {
      state: this.#state(isLate || !chain.writable),
      waiting: { entries, since: oldestAt },
      trouble: [this.#disk, this.#store, aside > 0 ? lost : null].filter((says) => says !== null),
    };
  }

  #state(isWaiting: boolean): TrailView['state'] {
    if (this.#disk !== null && !this.#options.chain.writable) return 'refusing';
    if (this.#spool === null) return 'starting';
    return isWaiting ? 'waiting' : 'ready';
  }

  /** Goes on from what an earlier process left on disk. */
  start(spool: AuditSpool): void {
    this.#spool = spool;
    this.#next = spool.next;
    this.#drain();
  }

  begin(intent: AuditIntent): Promise<void> {
    return this.#keep([textOf(intentEntry(intent))]);
  }

  end(outcome: AuditOutcome): Promise<void> {
    return this.#keepAnyhow([textOf(outcomeEntry(outcome))]);
  }

  note(intent: AuditIntent, outcome: AuditOutcome): Promise<void> {
    return this.#keepAnyhow([textOf(intentEntry(intent)), textOf(outcomeEntry(outcome))]);
  }

  /** The store can be written to (again). */
  storeIsReady(): void {
    this.#drain();
  }

  /** What is then only on disk is put into the chain at the next start. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelRetry?.();
    while (this.#saving) await this.#saving;
    if (this.#unsaved.length > 0) {
      await this.#makeDurable(this.#unsaved).catch(this.#options.onError);
    }
    await this.#draining;
  }

  async #keepAnyhow(texts: readonly string[]): Promise<void> {
    try {
      await this.#keep(texts);
    } catch (error) {
      this.#options.onError(error);
      this.#unsaved.push(...texts);
      this.#retryLater();
    }
  }

  /** Who comes while others are being made durable is made durable with all who came by then. */
  #keep(texts: readonly string[]): Promise<void> {
    const kept = new Promise<void>((done, refused) => {
      this.#asked.push({ texts, done, refused });
    });
    this.#save();
    return kept;
  }

  #save(): void {
    if (this.#saving || this.#asked.length === 0) return;
    const asked = this.#asked.splice(0);
    this.#saving = this.#makeDurable(asked.flatMap(({ texts }) => texts))
      .then(
        () =>
          asked.forEach(({ done }) => {
            done();
          }),
        (error) =>
          asked.forEach(({ refused }) => {
            refused(error);
          }),
      )
      .finally(() => {
        this.#saving = null;
        this.#save();
      });
  }

  async #makeDurable(texts: readonly string[]): Promise<void> {
    const { chain, clock, onAppended, onState } = this.#options;
    const before = this.#disk;
    try {
      if (this.#spool === null) throw new Error('its folder is not open yet');
      const seq = Math.max(this.#next, clock.now() * 1000);
      this.#next = seq + 1;
      await this.#spool.append(
        texts.map((text): WaitingEntry => ({ seq, text })),
        'must',
      );
      this.#disk = null;
      this.#drain();
    } catch (error) {
      const why = error instanceof Error ? error.message : error;
      this.#disk = `The audit can't be written to disk: ${why}.`;
      try {
        onAppended(await chain.append(texts));
      } catch (refused) {
        const says = `${this.#disk} Nor can the store be asked, so nothing is done.`;
        throw new Failure('unavailable', says, refused);
      }
    } finally {
      if (this.#disk !== before) onState();
    }
  }

  #drain(): void {
    if (this.#draining || this.#closed || !this.#options.chain.writable) return;
    this.#draining = this.#drainAll()
      .catch((error) => this.#noteStore(error))
      .finally(() => {
        this.#draining = null;
        const left = (this.#spool?.records ?? 0) > 0 || this.#unsaved.length > 0;
        if (!left || this.#closed) return;
        // What came meanwhile goes at once; what was refused after a while.
        if (this.#store === null && this.#unsaved.length === 0) this.#drain();
        else this.#retryLater();
      });
  }

  #retryLater(): void {
    if (this.#closed) return;
    this.#cancelRetry ??= this.#options.clock.after(RETRY_MS, () => {
      this.#cancelRetry = null;
      const unsaved = this.#unsaved.splice(0);
      if (unsaved.length > 0) void this.#keepAnyhow(unsaved);
      this.#drain();
    });
  }

  #noteStore(error: unknown): void {
    const { chain, onError, onState } = this.#options;
    // A store that is away says so itself, and calls when it is back.
    if (!chain.writable) return;
    const says = `The audit can't be written to the store: ${error instanceof Error ? error.message : error}`;
    if (this.#store !== says) onError(error);
    this.#store = says;
    onState();
  }

  /** Oldest first; each batch is given up on disk only once the chain has it. */
  async #drainAll(): Promise<void> {
    const { chain, onAppended, onState } = this.#options;
    const spool = this.#spool;
    if (spool === null) return;
    while (chain.writable && !this.#closed) {
      const batches = await spool.oldest(MOST_AT_ONCE);
      if (batches.length === 0) break;
      const head = await this.#append(batches.flatMap(({ records }) => records.map(textIn)));
      for (const batch of batches) await spool.drop(batch);
      this.#store = null;
      onAppended(head);
      onState();
    }
  }

  /** What a database in another encoding has no letters for goes there without them, by itself. */
  async #append(texts: readonly string[]): Promise<Head> {
    const { chain } = this.#options;
    try {
      return await chain.append(texts);
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'bad-input') throw error;
      const [first = '', ...others] = texts;
      if (others.length === 0) return chain.append([first.replace(/[^\x20-\x7e]/g, '?')]);
      let head = await this.#append([first]);
      for (const text of others) head = await this.#append([text]);
      return head;
    }
  }
}

const textIn = ({ text }: WaitingEntry): string => text;
