import { randomUUID } from 'node:crypto';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { Audit, Clock } from '../ports';
import type { SignInEvent } from './answers';
import { notedSeldom } from './seldom';

/** Rows an hour about who is not known: they are kept for years, and anybody could cause them. */
const MOST_BY_NOBODY = 600;
const HOUR_S = 3600;
const LIMITED_NOTE_MS = 60_000;

export interface SignInNotesOptions {
  readonly clock: Clock;
  readonly audit: Pick<Audit, 'note'>;
  readonly warn: (says: string) => void;
  readonly mostByNobody?: number;
}

/** Records who got in, who did not, and who went. */
export class SignInNotes {
  readonly #options: SignInNotesOptions;
  readonly #seldom: (key: string, ms: number) => boolean;
  readonly #nobody: RateLimiterMemory;
  /** How many there was no room for. */
  #untold = 0;

  constructor(options: SignInNotesOptions) {
    this.#options = options;
    this.#seldom = notedSeldom(options.clock.now);
    const points = options.mostByNobody ?? MOST_BY_NOBODY;
    this.#nobody = new RateLimiterMemory({ points, duration: HOUR_S });
  }

  async note({ action, who, from, how, refused, says }: SignInEvent): Promise<void> {
    const { clock, audit, warn } = this.#options;
    if (who.kind === 'emergency') warn(`${says} From ${from}.`);
    // Whoever is stopped goes on trying: that they do is enough.
    if (action === 'limited' && !this.#seldom(`limited ${from}`, LIMITED_NOTE_MS)) return;
    if (who.kind === 'nobody' && !(await this.#hasRoom())) return;
    const more = this.#untold === 0 ? '' : ` ${this.#untold} more like it were not recorded.`;
    this.#untold = 0;
    const id = randomUUID();
    const at = clock.now();
    await audit.note(
      {
        ...{ id, at, role: null, from, action, cluster: null, decidedOn: null, reason: null },
        actor: { ...who, name: nameFor(who) },
        detail: how === null ? null : { how },
      },
      { id, at, result: refused ? 'refused' : 'done', says: `${says}${more}`, cost: null },
    );
  }

  async #hasRoom(): Promise<boolean> {
    try {
      await this.#nobody.consume('nobody');
      return true;
    } catch (refused) {
      if (refused instanceof Error) throw refused;
      this.#untold += 1;
      return false;
    }
  }
}

/** What was typed may be anything, also a password in the wrong field: a domain tells enough. */
function nameFor({ kind, name }: SignInEvent['who']): string {
  if (kind !== 'nobody') return name.slice(0, 254);
  const [, first, domain] = /^(.)\S*@(\S+\.[a-z]{2,})$/i.exec(name) ?? [];
  return first === undefined ? 'somebody' : `${first}…@${domain}`.slice(0, 254);
}
