import type { Head } from '@/lib/audit/chain';
import { Failure } from '@/lib/errors';
import type { AuditChain, AuditSpool, Clock, WaitingEntry } from '../ports';

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

  /** Each batch is given up on disk only once the chain has it. */
  async #all(): Promise<void> {
    const { chain, onAppended, onState } = this.#options;
    const spool = this.#spool;
    if (spool === null) return;
    while (chain.writable && !this.#closed) {
      const batches = await spool.oldest(MOST_AT_ONCE);
      if (batches.length === 0) break;
      const head = await this.#append(batches.flatMap(({ records }) => records.map(textIn)));
      for (const batch of batches) await spool.drop(batch);
      this.#trouble = null;
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
