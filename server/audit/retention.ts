import { randomUUID } from 'node:crypto';
import { endedBy } from '@/lib/audit/ended';
import { byHowdah } from '@/lib/audit/entry';
import { type AuditTrouble, alarm } from '@/lib/audit/view';
import { Failure } from '@/lib/errors';
import type { Audit, AuditChain, Clock } from '../ports';

export interface AuditRetentionOptions {
  readonly clock: Clock;
  readonly chain: Pick<AuditChain, 'old' | 'cut' | 'writable'>;
  readonly audit: Pick<Audit, 'begin' | 'end'>;
  /** Rows are kept for so long, milliseconds. */
  readonly keepMs: number;
  /** Of several Howdahs over one store, whether it is ours to tidy. */
  readonly mine: () => boolean;
  readonly onCut: () => void;
  readonly onError: (error: unknown) => void;
}

const EVERY_MS = 3_600_000;
/** What was refused is not tried, and told, each hour. */
const REFUSED_MS = 24 * EVERY_MS;

/** Removes rows that are older than they are kept for, which is an act of its own. */
export class AuditRetention {
  readonly #options: AuditRetentionOptions;
  #cancel: () => void = () => {};
  #running = false;
  #closed = false;
  /** Why rows that are old are kept, in a sentence; null: they are not. */
  #refused: string | null = null;

  constructor(options: AuditRetentionOptions) {
    this.#options = options;
  }

  get trouble(): readonly AuditTrouble[] {
    return this.#refused === null ? [] : [alarm(this.#refused)];
  }

  /** The store has become ready: what was left undone while it was away is done now. */
  start(): void {
    this.#cancel();
    if (!this.#closed) this.#cancel = this.#options.clock.after(0, () => void this.#run());
  }

  close(): void {
    this.#closed = true;
    this.#cancel();
  }

  async #run(): Promise<void> {
    const { clock, chain, mine, onError } = this.#options;
    if (this.#running) return;
    this.#running = true;
    try {
      if (mine() && chain.writable) await this.#tidy();
    } catch (error) {
      // A store that is away says so itself; the next hour tries again.
      if (chain.writable && !this.#closed) onError(error);
    }
    this.#running = false;
    this.#cancel();
    if (!this.#closed) {
      const wait = this.#refused === null ? EVERY_MS : REFUSED_MS;
      this.#cancel = clock.after(wait, () => void this.#run());
    }
  }

  async #tidy(): Promise<void> {
    const { clock, chain, audit, keepMs, onCut } = this.#options;
    const before = clock.now() - keepMs;
    const count = await chain.old(before);
    if (count === 0) return;
    const id = randomUUID();
    const said = `Rows from before ${new Date(before).toISOString()}`;
    await audit.begin({
      ...{ id, at: clock.now(), actor: byHowdah, role: null, from: null, action: 'retention' },
      ...{ cluster: null, decidedOn: { rows: count }, reason: null, detail: { before } },
    });
    try {
      const checkpoint = await chain.cut(before);
      const says = checkpoint
        ? `${said} were removed: ${checkpoint.removed}, up to row ${checkpoint.upto}.`
        : `${said} were to be removed, and were gone already.`;
      this.#refused = null;
      await audit.end({ id, at: clock.now(), result: 'done', says, cost: null });
      onCut();
    } catch (error) {
      this.#refused = error instanceof Failure && error.code === 'refused' ? error.message : null;
      await audit.end(endedBy(error, { id, at: clock.now(), followed: false }));
      throw error;
    }
  }
}
