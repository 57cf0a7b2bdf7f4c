import {
  type AuditIntent,
  type AuditOutcome,
  intentEntry,
  outcomeEntry,
  textOf,
} from '@/lib/audit/entry';
import { type AuditView, alarm, note } from '@/lib/audit/view';
import { Failure } from '@/lib/errors';
import type { Audit, AuditChain, AuditSpool, WaitingEntry } from '../ports';
import { Drain, type DrainOptions } from './drain';
import { unkept } from './unkept';

export interface AuditTrailOptions extends DrainOptions {
  readonly chain: AuditChain;
}

type TrailView = Pick<AuditView, 'state' | 'waiting' | 'trouble'>;

/** Entries that somebody waits for. */
interface Asked {
  readonly texts: readonly string[];
  readonly done: () => void;
  readonly refused: (error: unknown) => void;
}

/** Between two attempts at what neither disk nor store would take. */
const RETRY_MS = 1000;
/** What has waited for longer than this is not going to the store at once. */
const LATE_MS = 2000;
/** A disk that takes longer than this is taken for one that refuses: somebody waits. */
const DISK_MS = 5000;
/** So many ends wait in memory while neither disk nor store takes any; what comes then is lost. */
const MOST_UNSAVED = 1000;

/**
 * Keeps every entry, once and in order: first on disk, which is when whoever asked may go on, then in
 * the store's chain, at once. Whoever dies in between, what is on disk goes there the next time; the
 * chain knows what it has. Where the disk refuses the store may still take it; where both refuse,
 * what was to be begun is not done.
 */
export class AuditTrail implements Omit<Audit, 'view'> {
  readonly #options: AuditTrailOptions;
  readonly #drain: Drain;
  /** Null until it is open. */
  #spool: AuditSpool | null = null;
  #asked: Asked[] = [];
  #saving: Promise<void> | null = null;
  /** Ends that neither would take: the acts are done, so they are not given up. */
  #unsaved: string[] = [];
  #lost = 0;
  #cancelRetry: (() => void) | null = null;
  #next = 0;
  /** Why the disk does not take what it should; null: it does. */
  #disk: string | null = null;
  #stopping = false;
  #closed = false;

  constructor(options: AuditTrailOptions) {
    this.#options = options;
    this.#drain = new Drain(options);
  }

  get view(): TrailView {
    const { chain, clock } = this.#options;
    const { records, oldestAt, aside } = this.#spool ?? { records: 0, oldestAt: null, aside: 0 };
    const entries = records + this.#unsaved.length;
    const isLate = oldestAt !== null && clock.now() - oldestAt > LATE_MS;
    const state = this.#state(isLate || !chain.writable);
    const says = state === 'refusing' ? alarm : note;
    const wrong = [this.#disk, this.#drain.trouble].filter((one) => one !== null);
    return {
      ...{ state, waiting: { entries, since: oldestAt } },
      trouble: [...wrong.map(says), ...unkept(aside, this.#lost)],
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
    this.#disk = null;
    this.#next = spool.next;
    this.#drain.start(spool);
  }

  async begin(intent: AuditIntent): Promise<void> {
    const began = textOf(intentEntry(intent));
    try {
      if (this.#stopping) throw new Failure('unavailable', 'Howdah is stopping: nothing is begun.');
      await this.#keep([began]);
    } catch (error) {
      this.#tellRefused(intent, began);
      throw error;
    }
  }

  /** Nothing is begun any more; what has been is still to be ended. */
  stop(): void {
    this.#stopping = true;
  }

  /**
   * A disk or a store that has refused may have kept it all the same, and shows it later: by then it
   * says that it was not done. It takes no room that ends of acts that were done may need.
   */
  #tellRefused({ id }: AuditIntent, began: string): void {
    if (this.#unsaved.length >= MOST_UNSAVED / 2) return;
    const at = this.#options.clock.now();
    const says = 'It could not be recorded before it was begun, so it was not done.';
    const ended = outcomeEntry({ id, at, result: 'refused', says, cost: null });
    this.#unsaved.push(began, textOf(ended));
    this.#retryLater();
  }

  end(outcome: AuditOutcome): Promise<void> {
    return this.#keepAnyhow([textOf(outcomeEntry(outcome))]);
  }

  note(intent: AuditIntent, outcome: AuditOutcome): Promise<void> {
    return this.#keepAnyhow([textOf(intentEntry(intent)), textOf(outcomeEntry(outcome))]);
  }

  /** The store can be written to (again). */
  storeIsReady(): void {
    this.#drain.now();
  }

  /** What is then only on disk is put into the chain at the next start. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelRetry?.();
    while (this.#saving) await this.#saving;
    if (this.#unsaved.length > 0) {
      await this.#makeDurable(this.#unsaved).catch(this.#options.onError);
    }
    await this.#drain.close();
  }

  async #keepAnyhow(texts: readonly string[]): Promise<void> {
    try {
      await this.#keep(texts);
    } catch (error) {
      this.#options.onError(error);
      if (this.#unsaved.length >= MOST_UNSAVED) this.#lost += texts.length;
      else this.#unsaved.push(...texts);
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
      const entries = texts.map((text): WaitingEntry => ({ seq, text }));
      // Should it be there after all, later, the chain knows that it has it.
      await this.#inTime(this.#spool.append(entries, 'must'));
      this.#disk = null;
      this.#drain.now();
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

  #inTime<T>(work: Promise<T>): Promise<T> {
    return new Promise((done, refused) => {
      const late = new Error(`it has not answered for ${DISK_MS / 1000} s`);
      const cancel = this.#options.clock.after(DISK_MS, () => refused(late));
      work.then(done, refused).finally(cancel);
    });
  }

  #retryLater(): void {
    if (this.#closed) return;
    this.#cancelRetry ??= this.#options.clock.after(RETRY_MS, () => {
      this.#cancelRetry = null;
      const unsaved = this.#unsaved.splice(0);
      if (unsaved.length > 0) void this.#keepAnyhow(unsaved);
    });
  }
}
