import type { Head } from '@/lib/audit/chain';
import { isEntryText } from '@/lib/audit/entry';
import { Failure } from '@/lib/errors';
import type { AuditChain, AuditSpool, Clock } from '../ports';

export interface DrainOptions {
  readonly clock: Clock;
  readonly chain: Pick<AuditChain, 'append' | 'writable'>;
  /** The chain has grown, or may have. */
  readonly onAppended: (head: Head) => void;
  /** What is said of it has changed. */
  readonly onState: () => void;
  /** A fault that nobody foresaw; what waits goes on waiting. */
  readonly onError: (error: unknown) => void;
}

/** After a long time away, so many entries are put into the chain in one transaction. */
const MOST_AT_ONCE = 500;
/** Between two attempts at what a store has refused. */
const RETRY_MS = 1000;

/** Puts what waits on disk into the store's chain, oldest first, as soon as the store takes it. */
export class Drain {
  readonly #options: DrainOptions;
  #spool: AuditSpool | null = null;
  #working: Promise<void> | null = null;
  #cancelRetry: (() => void) | null = null;
  #trouble: string | null = null;
  #closed = false;

  constructor(options: DrainOptions) {
    this.#options = options;
  }

  /** Why a store that is there takes nothing, in one sentence; null: it does. */
  get trouble(): string | null {
    return this.#trouble;
  }

  start(spool: AuditSpool): void {
    this.#spool = spool;
    this.now();
  }

  /** Something waits, or the store is there (again). */
  now(): void {
    if (this.#working || this.#closed || !this.#options.chain.writable) return;
    this.#working = this.#all()
      .catch((error) => this.#note(error))
      .finally(() => {
        this.#working = null;
        if ((this.#spool?.records ?? 0) === 0 || this.#closed) return;
        // What came meanwhile goes at once; what was refused after a while.
        if (this.#trouble === null) this.now();
        else this.#later();
      });
  }

  /** Ends after what is under way; the rest is for the next start. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelRetry?.();
    await this.#working;
  }

  #later(): void {
    this.#cancelRetry ??= this.#options.clock.after(RETRY_MS, () => {
      this.#cancelRetry = null;
      this.now();
    });
  }

  #note(error: unknown): void {
    const { chain, onError, onState } = this.#options;
    // A store that is away says so itself, and calls when it is back.
    if (!chain.writable) return;
    const why = error instanceof Error ? error.message : error;
    const says = `The audit can't be written to the store: ${why}`;
    if (this.#trouble !== says) onError(error);
    this.#trouble = says;
    onState();
  }

  /**
   * Each batch is given up on disk only once the chain has it. One with an entry that makes no sense,
   * or that the store would refuse each time, is put aside once it has the others: behind it would
   * wait all that comes.
   */
  async #all(): Promise<void> {
    const { chain, onAppended, onState } = this.#options;
    const spool = this.#spool;
    if (spool === null) return;
    while (chain.writable && !this.#closed) {
      const batches = await spool.oldest(MOST_AT_ONCE);
      if (batches.length === 0) break;
      const texts = batches.flatMap(({ records }) => records.map(({ text }) => text));
      const { head, refused } = await this.#append(texts.filter(isEntryText));
      for (const batch of batches) {
        const isKept = batch.records.every(({ text }) => isEntryText(text) && !refused.has(text));
        await (isKept ? spool.drop(batch) : spool.putAside(batch));
      }
      this.#trouble = null;
      if (head) onAppended(head);
      onState();
    }
  }

  /** What a database in another encoding has no letters for goes there without them, by itself. */
  async #append(texts: readonly string[]): Promise<Appended> {
    const { chain } = this.#options;
    if (texts.length === 0) return { head: null, refused: new Set() };
    try {
      return { head: await chain.append(texts), refused: new Set() };
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'bad-input') throw error;
      const [first = '', ...others] = texts;
      if (others.length === 0) return this.#appendPlainly(first, error);
      let all = await this.#append([first]);
      for (const text of others) {
        const one = await this.#append([text]);
        all = { head: one.head ?? all.head, refused: new Set([...all.refused, ...one.refused]) };
      }
      return all;
    }
  }

  async #appendPlainly(text: string, why: Failure): Promise<Appended> {
    const plain = text.replace(/[^\x20-\x7e]/g, '?');
    try {
      if (plain === text) throw why;
      return { head: await this.#options.chain.append([plain]), refused: new Set() };
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'bad-input') throw error;
      this.#options.onError(error);
      return { head: null, refused: new Set([text]) };
    }
  }
}

interface Appended {
  /** Null: nothing was. */
  readonly head: Head | null;
  readonly refused: ReadonlySet<string>;
}
