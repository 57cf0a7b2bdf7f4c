/** A server that says nothing for this part of the session's timeout is given up. */
const SILENCE = 2 / 3;
/** And it is asked for a sign of life whenever we had nothing to say for this part. */
const IDLE = 1 / 3;
/** Looks at both are this far apart; much further, and it was we who were away. */
const LOOK = 1 / 12;
const AWAY = 1 / 4;

export interface KeepAliveOptions {
  readonly timeoutMs: number;
  readonly ping: () => void;
  /** The server has been silent for too long. */
  readonly onSilence: () => void;
}

/** Tells a server that is gone from one that has nothing to say, and keeps the session alive. */
export class KeepAlive {
  readonly #options: KeepAliveOptions;
  readonly #timer: NodeJS.Timeout;
  #heardAt = performance.now();
  #saidAt = performance.now();
  #lookedAt = performance.now();

  constructor(options: KeepAliveOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#look(), options.timeoutMs * LOOK);
  }

  heard(): void {
    this.#heardAt = performance.now();
  }

  said(): void {
    this.#saidAt = performance.now();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const { timeoutMs, ping, onSilence } = this.#options;
    const now = performance.now();
    const away = now - this.#lookedAt > timeoutMs * AWAY;
    this.#lookedAt = now;
    // Its silence meanwhile says nothing: nobody asked it.
    if (away) this.#heardAt = Math.max(this.#heardAt, now - timeoutMs * IDLE);
    const heardAt = this.#heardAt;
    if (now - heardAt > timeoutMs * SILENCE) {
      // What has come while we had no time to listen is heard first.
      setImmediate(() => {
        if (this.#heardAt === heardAt) onSilence();
      });
    } else if (away || now - this.#saidAt > timeoutMs * IDLE) {
      ping();
    }
  }
}
