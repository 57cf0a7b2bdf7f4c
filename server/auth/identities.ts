import type { IncomingMessage } from 'node:http';
import { both, type Grant } from '@/lib/access/roles';
import { type Sight, sightOf } from '@/lib/access/sight';
import type { Who } from '@/lib/access/who';
import type { Clock } from '../ports';
import { cookieIn, emergencyCookie, sessionCookie, tokenIn } from './cookies';
import { type Credentials, type Known, meaning } from './credentials';
import type { Emergency } from './emergency';
import { hashOf } from './hash';

/** Somebody who is known, by what they sent with a request. */
export interface Identity {
  readonly who: Who;
  readonly sight: Sight;
  /** The account; null: none, by the emergency token. */
  readonly account: string | null;
  /** The session of a browser; null: it is none. */
  readonly session: string | null;
  /** Why what was begun with it is to end; null: it may go on. Asked again and again. */
  ended(): 'signed-out' | 'changed' | null;
  /** The same as of now. Null: no longer. Throws `unavailable` where that can't be known. */
  fresh(): Promise<Identity | null>;
}

export interface IdentitiesOptions {
  readonly clock: Clock;
  readonly credentials: Credentials;
  readonly emergency: Emergency;
  readonly secret: string;
  readonly secure: boolean;
  /** A token was used, from that address: noted at most once a minute. */
  readonly onTokenUse: (token: string, from: string) => void;
  /** The emergency token was sent with a request, rather than a cookie. */
  readonly onEmergency: (from: string) => void;
  /** A token that nobody has was sent. */
  readonly onWrongToken: (from: string) => Promise<void>;
  /** Whether one from that address may be looked for in the store: not after too many wrong ones. */
  readonly mayTry: (from: string) => Promise<boolean>;
  /** Right after the start nobody could be known: who asks then waits for the store a moment. */
  readonly opened: () => Promise<void>;
}

export const TOKEN_PREFIX = 'howdah_';
const TOKEN = /^howdah_[\w-]{43}$/;
const EVERYTHING: readonly Grant[] = [{ role: 'admin', scope: { of: 'all' } }];
const emergencyWho: Who = {
  kind: 'emergency',
  id: 'emergency',
  name: 'emergency token',
  grants: EVERYTHING,
  mustChangePassword: false,
  readOnlySince: null,
};

/** Tells who asks. */
export class Identities {
  readonly #options: IdentitiesOptions;

  constructor(options: IdentitiesOptions) {
    this.#options = options;
  }

  /**
   * By the token in `Authorization`, else by a cookie; null: nobody known. Throws `unavailable` when
   * the store is away and this credential has not been seen lately.
   */
  async of(request: IncomingMessage, from: string): Promise<Identity | null> {
    const { authorization } = request.headers;
    return authorization === undefined
      ? this.ofBrowser(request)
      : this.#byToken(authorization, from);
  }

  /** By a cookie alone. */
  async ofBrowser(request: IncomingMessage): Promise<Identity | null> {
    const { secret, secure } = this.#options;
    const shown = cookieIn(request, emergencyCookie(secure));
    if (shown !== null) {
      const known = await this.#byEmergencyCookie(shown);
      if (known) return known;
    }
    const cookie = cookieIn(request, sessionCookie(secure));
    const token = cookie === null ? null : tokenIn(cookie, secret);
    return token === null ? null : this.#byCredential('session', token, 'read');
  }

  async #byToken(authorization: string, from: string): Promise<Identity | null> {
    const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
    if (token === undefined) return null;
    if (!token.startsWith(TOKEN_PREFIX)) return this.#byEmergencyToken(token, from);
    const key = hashOf(token);
    const known = this.#options.credentials.peek(key);
    // Whoever makes tokens up must not keep the store from those who have one.
    if (!known && (!TOKEN.test(token) || !(await this.#options.mayTry(from)))) return null;
    const identity = await this.#byCredential('token', key, 'read');
    if (identity) this.#options.onTokenUse(identity.who.id, from);
    else await this.#options.onWrongToken(from);
    return identity;
  }

  async #byEmergencyToken(token: string, from: string | null): Promise<Identity | null> {
    // The right one is never refused: it can't be guessed, so to be asked often does not weaken it.
    if (!(await this.#options.emergency.isIt(token))) {
      if (from !== null) await this.#options.onWrongToken(from);
      return null;
    }
    if (from !== null) this.#options.onEmergency(from);
    const isGood = () => this.#options.emergency.isStill(token);
    return emergency(isGood, () => this.#byEmergencyToken(token, null));
  }

  async #byEmergencyCookie(cookie: string): Promise<Identity | null> {
    if (!(await this.#options.emergency.isGoodNow(cookie))) return null;
    const isGood = () => this.#options.emergency.isGood(cookie);
    return emergency(isGood, () => this.#byEmergencyCookie(cookie));
  }

  async #byCredential(
    kind: Known['kind'],
    key: string,
    how: 'read' | 'readNow',
  ): Promise<Identity | null> {
    const { credentials, clock, opened } = this.#options;
    await opened();
    const { held, awaySince } = await credentials[how](kind, key);
    if (held === null || held.expiresAt <= clock.now()) return null;
    const grants = held.limitedTo === null ? held.grants : both(held.grants, held.limitedTo);
    const isSession = kind === 'session';
    return {
      who: {
        kind: isSession ? 'user' : 'token',
        id: isSession ? held.account : held.id,
        name: held.name,
        grants,
        mustChangePassword: held.mustChangePassword,
        readOnlySince: awaySince,
      },
      sight: sightOf(held.mustChangePassword ? [] : grants),
      account: held.account,
      session: isSession ? held.id : null,
      ended: () => {
        const now = credentials.peek(key)?.held ?? null;
        if (now === null || now.expiresAt <= clock.now()) return 'signed-out';
        return meaning(now) === meaning(held) ? null : 'changed';
      },
      fresh: () => this.#byCredential(kind, key, 'readNow'),
    };
  }
}

function emergency(isGood: () => boolean, fresh: Identity['fresh']): Identity {
  return {
    who: emergencyWho,
    sight: sightOf(EVERYTHING),
    ...{ account: null, session: null },
    ended: () => (isGood() ? null : 'signed-out'),
    fresh,
  };
}
