import { randomBytes, timingSafeEqual } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { Clock } from '../ports';
import { hashOf } from './hash';

/** Whoever holds it may do everything: it has to be more than can be guessed. */
const LEAST_TOKEN = 32;
const SESSION_MS = 3_600_000;
const FRESH_MS = 2000;
const MOST_BYTES = 4096;

interface Read {
  readonly is: 'none' | 'fit' | 'unfit';
  readonly text: string;
}

/**
 * The way in while accounts can't be asked: a token in a file that only Howdah's user can read. The
 * file is read each time, so that it can be made, replaced and removed while Howdah runs.
 */
export class Emergency {
  readonly #file: string | null;
  readonly #clock: Clock;
  /** Browsers that have shown the token, by the hash of their cookie, until when. */
  readonly #browsers = new Map<string, { until: number; of: string }>();

  #lastRead: { readonly hash: string | null; readonly at: number } = { hash: null, at: 0 };

  constructor(file: string | null, clock: Clock) {
    this.#file = file;
    this.#clock = clock;
  }

  /** Whether that is the token. Who asks is told no more than that. */
  async isIt(token: string): Promise<boolean> {
    const { is, text } = await this.#read();
    return is === 'fit' && same(token.trim(), text);
  }

  /**
   * Whether that is still the token, as it was read last: for what goes on for long, and can't wait.
   * It is read again meanwhile, so that a token that is taken away is out within seconds.
   */
  isStill(token: string): boolean {
    const { hash, at } = this.#lastRead;
    if (this.#clock.now() - at > FRESH_MS) void this.#read();
    return hash === hashOf(token.trim());
  }

  /** What there is to say of the file; null: there is none, or it is fit. */
  async fault(): Promise<string | null> {
    const { is, text } = await this.#read();
    return is === 'unfit' ? text : null;
  }

  /** A cookie for who has shown the token: it is good for an hour, and in this process alone. */
  begin(token: string): string {
    const now = this.#clock.now();
    for (const [key, { until }] of this.#browsers) if (until <= now) this.#browsers.delete(key);
    const cookie = randomBytes(32).toString('base64url');
    this.#browsers.set(hashOf(cookie), { until: now + SESSION_MS, of: hashOf(token.trim()) });
    return cookie;
  }

  /** The same of a cookie, which is good for an hour. */
  isGood(cookie: string): boolean {
    const found = this.#browsers.get(hashOf(cookie));
    if (!found || found.until <= this.#clock.now()) return false;
    const { hash, at } = this.#lastRead;
    if (this.#clock.now() - at > FRESH_MS) void this.#read();
    return hash === found.of;
  }

  /** Whether a cookie is good now: the file is read. */
  async isGoodNow(cookie: string): Promise<boolean> {
    await this.#read();
    return this.isGood(cookie);
  }

  end(cookie: string): void {
    this.#browsers.delete(hashOf(cookie));
  }

  async #read(): Promise<Read> {
    const read = await this.#readFile();
    const hash = read.is === 'fit' ? hashOf(read.text) : null;
    this.#lastRead = { hash, at: this.#clock.now() };
    return read;
  }

  async #readFile(): Promise<Read> {
    if (this.#file === null) return { is: 'none', text: '' };
    let file: FileHandle;
    try {
      // What is looked at is what is read, whatever is put in its place meanwhile.
      file = await open(
        this.#file,
        constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
      );
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') return { is: 'none', text: '' };
      return { is: 'unfit', text: `${this.#file} can't be read (${code})` };
    }
    try {
      return await this.#readFrom(file);
    } catch (error) {
      return { is: 'unfit', text: `${this.#file} can't be read (${(error as Error).message})` };
    } finally {
      await file.close();
    }
  }

  async #readFrom(file: FileHandle): Promise<Read> {
    const unfit = (says: string): Read => ({ is: 'unfit', text: `${this.#file} ${says}` });
    const found = await file.stat();
    if (!found.isFile()) return unfit('is no plain file');
    if ((found.mode & 0o077) !== 0) return unfit('can be read by others: chmod 600 it');
    if (found.uid !== process.getuid?.()) return unfit("belongs to another user than Howdah's");
    if (found.size > MOST_BYTES) return unfit('is too large to be a token');
    const text = (await file.readFile('utf8')).trim();
    if (text.length < LEAST_TOKEN) return unfit(`has fewer than ${LEAST_TOKEN} characters`);
    return { is: 'fit', text };
  }
}

/** In the same time, however much of it is right. */
function same(one: string, other: string): boolean {
  return timingSafeEqual(Buffer.from(hashOf(one)), Buffer.from(hashOf(other)));
}
