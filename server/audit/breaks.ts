import type { Break } from '@/lib/audit/breaks';
import { type AuditTrouble, alarm } from '@/lib/audit/view';
import type { AuditChain, Clock } from '../ports';

export interface StandingBreaksOptions {
  readonly clock: Clock;
  readonly chain: Pick<AuditChain, 'breaks' | 'writable'>;
  readonly onState: () => void;
  readonly onError: (error: unknown) => void;
}

/** It may be acknowledged by a command, or found by another Howdah. */
const EVERY_MS = 60_000;

/** That the audit was found broken, as the store has it: no restart makes that good. */
export class StandingBreaks {
  readonly #options: StandingBreaksOptions;
  #breaks: readonly Break[] = [];
  #cancel: () => void = () => {};
  #closed = false;

  constructor(options: StandingBreaksOptions) {
    this.#options = options;
  }

  get trouble(): readonly AuditTrouble[] {
    return this.#breaks.map(({ says }) =>
      alarm(`The audit was found broken. ${says} What is known of that: howdah audit verify.`),
    );
  }

  /** The store is there (again), or something was found. */
  renew(): void {
    this.#cancel();
    if (!this.#closed) this.#cancel = this.#options.clock.after(0, () => void this.#read());
  }

  close(): void {
    this.#closed = true;
    this.#cancel();
  }

  async #read(): Promise<void> {
    const { clock, chain, onState, onError } = this.#options;
    try {
      const breaks = chain.writable ? await chain.breaks() : this.#breaks;
      const changed = JSON.stringify(breaks) !== JSON.stringify(this.#breaks);
      this.#breaks = breaks;
      if (changed) onState();
    } catch (error) {
      // A store that is away says so itself.
      if (chain.writable) onError(error);
    }
    this.#cancel();
    if (!this.#closed) this.#cancel = clock.after(EVERY_MS, () => void this.#read());
  }
}
