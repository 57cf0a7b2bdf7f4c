import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';

const QUARTER_HOUR_S = 900;

/**
 * How often somebody may try. A wrong password costs a place of the address with that account, of
 * the address, and of the account: one address can't lock everybody out, and many addresses together
 * get no further than one. Kept in this process: a restart forgets it, another process counts anew.
 */
export class Limits {
  readonly #pair = new RateLimiterMemory({ points: 5, duration: QUARTER_HOUR_S });
  readonly #address = new RateLimiterMemory({ points: 30, duration: QUARTER_HOUR_S });
  readonly #account = new RateLimiterMemory({ points: 100, duration: QUARTER_HOUR_S });
  readonly #guess = new RateLimiterMemory({ points: 30, duration: QUARTER_HOUR_S });
  readonly #acts: RateLimiterMemory;

  constructor(actsPerMinute: number) {
    this.#acts = new RateLimiterMemory({ points: actsPerMinute, duration: 60 });
  }

  /**
   * Takes a place for a try to sign in. @returns after how many seconds the next may be made; null:
   * this one may.
   */
  async signIn(address: string, account: string): Promise<number | null> {
    const tries = [
      await taken(this.#pair, `${address} ${account}`),
      await taken(this.#address, address),
      await taken(this.#account, account),
    ];
    const waits = tries.filter((wait) => wait !== null);
    return waits.length === 0 ? null : Math.max(...waits);
  }

  /** It was the right one: what it has cost is given back. */
  async signedIn(address: string, account: string): Promise<void> {
    await this.#pair.delete(`${address} ${account}`);
    await this.#address.reward(address, 1);
    await this.#account.reward(account, 1);
  }

  /** The same for tokens, which are no account's. */
  guess(address: string): Promise<number | null> {
    return taken(this.#guess, address);
  }

  async guessed(address: string): Promise<void> {
    await this.#guess.reward(address, 1);
  }

  /** The same for what changes something. */
  act(who: string): Promise<number | null> {
    return taken(this.#acts, who);
  }
}

async function taken(limiter: RateLimiterMemory, key: string): Promise<number | null> {
  try {
    await limiter.consume(key);
    return null;
  } catch (refused) {
    if (refused instanceof Error) throw refused;
    return Math.max(1, Math.ceil((refused as RateLimiterRes).msBeforeNext / 1000));
  }
}
