import type { Logger } from 'pino';
import { Election, type ElectionOptions } from './election';

interface RecordingTurnOptions extends Pick<ElectionOptions, 'clock' | 'onError'> {
  /** Where those who share a store elect one; null: the store is ours alone. */
  readonly election: Pick<ElectionOptions, 'path' | 'me' | 'access'> | null;
  readonly log: Logger;
  /** It is ours now: what is seen from here on is recorded. */
  readonly begin: () => void;
  readonly end: () => void;
  /** It has come or gone. */
  readonly onMoved: () => void;
  readonly onDoubt: () => void;
}

/** Whose turn it is to record. Nothing is recorded before it has begun, and noted that somebody watches. */
export class RecordingTurn {
  readonly #options: RecordingTurnOptions;
  readonly #election: Election | null;
  #mine: boolean;
  #begun = false;
  #standby: string | null = null;
  #undecided: { readonly since: number; readonly says: string } | null = null;

  constructor(options: RecordingTurnOptions) {
    const { clock, election, onError } = options;
    this.#options = options;
    this.#mine = election === null;
    this.#election =
      election &&
      new Election({
        ...{ clock, onError, ...election },
        onTurn: (mine, other) => this.#turn(mine, other),
        onDoubt: (says) => this.#doubt(says),
      });
    if (election) {
      this.#undecided = { since: clock.now(), says: 'Which Howdah records is being agreed on.' };
    }
  }

  get isMine(): boolean {
    return this.#mine;
  }

  get hasBegun(): boolean {
    return this.#mine && this.#begun;
  }

  /** Who records instead, in words; null: nobody does. */
  get standby(): string | null {
    return this.#standby;
  }

  /** Why it is not known who records; null: it is. */
  get undecided(): { readonly since: number; readonly says: string } | null {
    return this.#undecided;
  }

  start(): void {
    if (this.#mine) this.#begin();
    this.#election?.start();
  }

  close(): void {
    this.#election?.close();
  }

  #begin(): void {
    this.#begun = true;
    this.#options.begin();
  }

  #turn(mine: boolean, other: string | null): void {
    const { log, end, onMoved } = this.#options;
    this.#standby = other;
    this.#undecided = null;
    log.info(mine ? 'history is recorded here' : `${other} records history`);
    if (mine === this.#mine) return;
    this.#mine = mine;
    if (mine) this.#begin();
    else {
      this.#begun = false;
      end();
    }
    onMoved();
  }

  #doubt(says: string): void {
    const { clock, log, onDoubt } = this.#options;
    if (this.#undecided?.says !== says) log.warn(says);
    this.#undecided = { since: this.#undecided?.since ?? clock.now(), says };
    onDoubt();
  }
}
