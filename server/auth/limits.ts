import { isIPv6 } from 'node:net';
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import { hashOf } from './hash';

const QUARTER_HOUR_S = 900;

/**
 * How often somebody may try. A try to sign in takes a place of the address, of the address with
 * that account, and of the account, and ends at the first that has none: whoever is stopped takes
 * no more of anybody else's, and costs no more memory. Kept in this process: a restart forgets it,
 * another process counts anew.
 */
export class Limits {
  readonly #address = new RateLimiterMemory({ points: 30, duration: QUARTER_HOUR_S });
  readonly #pair = new RateLimiterMemory({ points: 5, duration: QUARTER_HOUR_S });
  readonly #account = new RateLimiterMemory({ points: 100, duration: QUARTER_HOUR_S });
  readonly #guess = new RateLimiterMemory({ points: 30, duration: QUARTER_HOUR_S });
  readonly #toProvider = new RateLimiterMemory({ points: 120, duration: QUARTER_HOUR_S });
  readonly #fromProvider = new RateLimiterMemory({ points: 30, duration: QUARTER_HOUR_S });
  readonly #acts: RateLimiterMemory;

  constructor(actsPerMinute: number) {
    this.#acts = new RateLimiterMemory({ points: actsPerMinute, duration: 60 });
  }

  /** @returns after how many seconds the next try to sign in may be made; null: this one may. */
  async signIn(address: string, account: string): Promise<number | null> {
    const [from, who] = [networkOf(address), hashOf(account)];
    return (
      (await taken(this.#address, from)) ??
      (await taken(this.#pair, `${from} ${who}`)) ??
      (await taken(this.#account, who))
    );
  }

  /** It was the right one: what it has cost is given back. */
  async signedIn(address: string, account: string): Promise<void> {
    const [from, who] = [networkOf(address), hashOf(account)];
    await this.#pair.delete(`${from} ${who}`);
    await this.#address.reward(from, 1);
    await this.#account.reward(who, 1);
  }

  /** The same for tokens that nobody has. */
  guess(address: string): Promise<number | null> {
    return taken(this.#guess, networkOf(address));
  }

  /** Whether another guess would be one too many; it takes no place. */
  async mayGuess(address: string): Promise<boolean> {
    const found = await this.#guess.get(networkOf(address));
    return found === null || found.remainingPoints > 0;
  }

  /** The same for going to the provider. */
  toProvider(address: string): Promise<number | null> {
    return taken(this.#toProvider, networkOf(address));
  }

  /** The same for coming back, where only coming back with nothing costs a place. */
  async fromProvider(address: string): Promise<number | null> {
    const found = await this.#fromProvider.get(networkOf(address));
    if (found === null || found.remainingPoints > 0) return null;
    return Math.max(1, Math.ceil(found.msBeforeNext / 1000));
  }

  async cameWithNothing(address: string): Promise<void> {
    await taken(this.#fromProvider, networkOf(address));
  }

  /** The same for what changes something. */
  act(who: string): Promise<number | null> {
    return taken(this.#acts, who);
  }
}

/** An IPv6 address is one of many that its holder has. */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.split('::');
  const first = head === '' ? [] : head.split(':');
  const last = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - first.length - last.length;
  const parts = [...first, ...Array.from({ length: zeros }, () => '0'), ...last];
  return `${parts.slice(0, 4).join(':')}::/64`;
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
