import type { Clock, CredentialStore, Held } from '../ports';

/** What is known of a credential, and since when nothing newer could be learnt. */
export interface Known {
  readonly kind: 'session' | 'token';
  /** The session's token, or the hash of the API token. */
  readonly key: string;
  /** Null: it has ended, or never was. */
  readonly held: Held | null;
  readonly askedAt: number;
  /** Null: the store has answered when last asked. */
  readonly awaySince: number | null;
}

export interface CredentialsOptions {
  readonly clock: Clock;
  readonly store: CredentialStore;
  /** A session that nobody uses ends after this; used, at the latest this long after its start. */
  readonly idleMs: number;
  readonly sessionMs: number;
  /** What somebody holds has changed or ended. */
  readonly onChange: () => void;
  readonly onError: (error: unknown) => void;
}

/** What was asked no longer ago than this is good for reading. */
const FRESH_MS = 2000;
/** What nobody has shown for this long is asked for no more. */
const FORGET_MS = 30_000;
const MOST_KNOWN = 10_000;
/** How exactly it is kept when a session was used last, and with that when it ends. */
const EXTEND_AFTER_MS = 60_000;

/**
 * What credentials stand for. Those in use are asked for again every two seconds, all at once, so
 * that a revoked one is out within seconds, in whatever process it was revoked. While the store is
 * away what was known last goes on being known, and is said to be old.
 */
export class Credentials {
  readonly #options: CredentialsOptions;
  readonly #known = new Map<string, Known & { usedAt: number }>();
  #cancel: () => void = () => {};
  #closed = false;

  constructor(options: CredentialsOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#closed) return;
    this.#cancel = this.#options.clock.after(FRESH_MS, () => {
      void this.renew().finally(() => this.start());
    });
  }

  close(): void {
    this.#closed = true;
    this.#cancel();
  }

  /** As it was known no more than two seconds ago, or last, while the store is away. */
  async read(kind: Known['kind'], key: string): Promise<Known> {
    const found = this.#known.get(key);
    const now = this.#options.clock.now();
    if (found) found.usedAt = now;
    if (found && now - found.askedAt < FRESH_MS && found.awaySince === null) return found;
    return this.#ask(kind, key);
  }

  /** As it is now. Throws `unavailable` while the store is away. */
  async readNow(kind: Known['kind'], key: string): Promise<Known> {
    return this.#note({ kind, key, ...(await this.#fetch(kind, [key])) });
  }

  /** What is known without asking anybody; to be shown is to be used. */
  peek(key: string): Known | null {
    const found = this.#known.get(key);
    if (found) found.usedAt = this.#options.clock.now();
    return found ?? null;
  }

  /** Asks for all that are in use again. */
  async renew(): Promise<void> {
    const { clock } = this.#options;
    for (const [key, { usedAt, awaySince }] of this.#known) {
      // While the store is away nobody who is forgotten could be known again.
      if (awaySince === null && clock.now() - usedAt > FORGET_MS) this.#known.delete(key);
    }
    for (const kind of ['session', 'token'] as const) {
      const known = [...this.#known.values()].filter((one) => one.kind === kind);
      if (known.length === 0) continue;
      try {
        const answer = await this.#fetch(
          kind,
          known.map(({ key }) => key),
        );
        for (const { key } of known) this.#note({ kind, key, ...answer });
      } catch {
        for (const { key } of known) this.#away(key);
      }
    }
  }

  async #ask(kind: Known['kind'], key: string): Promise<Known> {
    try {
      return await this.readNow(kind, key);
    } catch (error) {
      const found = this.#away(key);
      if (!found?.held) throw error;
      return found;
    }
  }

  async #fetch(kind: Known['kind'], keys: readonly string[]) {
    const { store, clock } = this.#options;
    const askedAt = clock.now();
    const all = await (kind === 'session' ? store.sessions(keys) : store.tokens(keys));
    return { askedAt, all };
  }

  #note({
    kind,
    key,
    askedAt,
    all,
  }: {
    readonly kind: Known['kind'];
    readonly key: string;
    readonly askedAt: number;
    readonly all: ReadonlyMap<string, Held>;
  }): Known {
    const held = all.get(key) ?? null;
    const before = this.#known.get(key);
    const usedAt = before?.usedAt ?? askedAt;
    // An answer that was asked for earlier must not undo a newer one.
    if (before && before.askedAt > askedAt) return before;
    const known = { kind, key, held, askedAt, awaySince: null, usedAt };
    // What never was is not worth a place.
    if (!held && !before) return known;
    const [oldest] = this.#known.keys();
    if (!before && oldest !== undefined && this.#known.size >= MOST_KNOWN)
      this.#known.delete(oldest);
    this.#known.set(key, known);
    if (held && kind === 'session') this.#extend(held, usedAt);
    if (before && meaning(before.held) !== meaning(held)) this.#options.onChange();
    return known;
  }

  /** Of what is known now: what has been learnt since the question was asked stays. */
  #away(key: string): Known | null {
    const known = this.#known.get(key);
    if (!known) return null;
    const awaySince = known.awaySince ?? this.#options.clock.now();
    const now = { ...known, awaySince };
    this.#known.set(key, now);
    return now;
  }

  #extend({ id, expiresAt, createdAt }: Held, usedAt: number): void {
    const { idleMs, sessionMs, store, onError } = this.#options;
    const until = Math.min(usedAt + idleMs, createdAt + sessionMs);
    if (until - expiresAt >= EXTEND_AFTER_MS) store.extendSession(id, until).catch(onError);
  }
}

/** What makes a difference to what somebody may. */
export const meaning = (held: Held | null): string =>
  held === null ? '' : JSON.stringify([held.grants, held.limitedTo, held.mustChangePassword]);
