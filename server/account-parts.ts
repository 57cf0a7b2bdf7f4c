import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { hashPassword } from 'better-auth/crypto';
import type { Logger } from 'pino';
import { passwordFault } from '@/lib/access/account';
import { PostgresAccountStore } from './adapters/store/account-store';
import type { Asked } from './adapters/store/ask';
import { authAdapter } from './adapters/store/auth-adapter';
import { PostgresCredentialStore } from './adapters/store/credential-store';
import { Accounts } from './auth/accounts';
import { Credentials } from './auth/credentials';
import { Emergency } from './auth/emergency';
import { Identities, type Identity } from './auth/identities';
import { Limits } from './auth/limits';
import { type SignInEvent, type SignInRoute, signInRoutes } from './auth/sign-in';
import { createSignIn, type SignInOptions } from './auth/sign-in-library';
import { systemClock } from './clock';
import type { Config } from './config';
import type { Audit, Clock } from './ports';
import { keyFor } from './secret';

export interface AccountParts {
  readonly accounts: Accounts;
  readonly limits: Limits;
  readonly signIn: Readonly<Record<string, SignInRoute>>;
  identify(request: IncomingMessage): Promise<Identity | null>;
  start(): void;
  /** The store is there: the first administrator is made where there is nobody at all. */
  storeIsReady(): void;
  close(): void;
}

interface Parts {
  readonly config: Pick<Config, 'accounts' | 'listen'>;
  readonly secret: string;
  readonly database: Asked;
  readonly audit: Audit;
  readonly peer: (request: IncomingMessage) => { readonly address: string };
  readonly log: Logger;
  /** What somebody may has changed, or a session has ended. */
  readonly onChange: () => void;
  readonly onError: (error: unknown) => void;
}

const OPENING_MS = 10_000;
const TOKEN_NOTE_MS = 60_000;
const EMERGENCY_NOTE_MS = 600_000;
const LIMITED_NOTE_MS = 60_000;

/** Joins what tells who asks. */
export function createAccounts(parts: Parts): AccountParts {
  const { config, database, audit, peer, log, onError } = parts;
  const secret = keyFor(parts.secret, 'sessions').toString('base64url');
  const { idleMs, sessionMs, provider, emergencyTokenFile, firstAdmin } = config.accounts;
  const clock = systemClock;
  const url = config.listen.url ?? ownAddress(config.listen);
  const secure = url.startsWith('https:');
  const store = new PostgresAccountStore(database);
  const held = new PostgresCredentialStore(database);
  const limits = new Limits(config.accounts.actsPerMinute);
  const emergency = new Emergency(emergencyTokenFile, clock);
  const credentials = new Credentials({
    ...{ clock, store: held, idleMs, sessionMs, onChange: parts.onChange, onError },
  });
  const accounts = new Accounts({
    ...{ clock, store, credentials: held, limits },
    onChange: () => credentials.renew(),
  });

  const seldom = notedSeldom(clock.now);
  const note = async (event: SignInEvent): Promise<void> => {
    // Whoever is stopped goes on trying: that they do is enough.
    if (event.action === 'limited' && !seldom(`limited ${event.from}`, LIMITED_NOTE_MS)) return;
    const kind = event.how === 'emergency token' ? 'emergency' : 'user';
    const known = event.account !== null || event.action === 'emergency-used';
    const intent = {
      ...{ id: randomUUID(), at: clock.now(), role: null, from: event.from, cluster: null },
      actor: {
        kind: known ? (kind as 'user' | 'emergency') : ('nobody' as const),
        id: event.account,
        // What was typed may be anything, also a password in the wrong field.
        name: known || /^\S+@\S+\.\S+$/.test(event.name) ? event.name.slice(0, 254) : 'somebody',
      },
      ...{ action: event.action, decidedOn: null, reason: null, detail: { how: event.how } },
    };
    const result = event.refused ? ('refused' as const) : ('done' as const);
    if (kind === 'emergency') log.warn(`${event.says} From ${event.from}, by ${event.how}.`);
    await audit.note(intent, {
      id: intent.id,
      at: clock.now(),
      result,
      says: event.says,
      cost: null,
    });
  };

  const opened = openedSoon(clock, database);
  const identities = new Identities({
    ...{ clock, credentials, emergency, secret, secure },
    onTokenUse: (token, from) => {
      if (!seldom(`token ${token}`, TOKEN_NOTE_MS)) return;
      held.noteTokenUse(token, clock.now(), from).catch(onError);
    },
    onEmergency: (from) => {
      if (!seldom(`emergency ${from}`, EMERGENCY_NOTE_MS)) return;
      const says = 'A request bore the emergency token.';
      const how = 'emergency token' as const;
      const name = 'emergency token';
      note({
        ...{ action: 'emergency-used', name, account: null, from, how, refused: false, says },
      }).catch(onError);
    },
    mayGuess: async (from) => (await limits.guess(from)) === null,
    guessed: (from) => limits.guessed(from),
    opened: opened.wait,
  });

  /** Who is to be there from the start has been made. */
  let prepared = false;
  const library = (given: SignInOptions['provider']) =>
    createSignIn({
      ...{ tables: authAdapter(database), secret, url, idleMs, sessionMs, provider: given },
      isDisabled: async (id) => ((await store.account(id))?.disabledAt ?? null) !== null,
      onGroups: (id, grants) => store.setGrants(id, 'groups', grants),
      log: (level, says) => log[level](says),
    });

  const identify = (request: IncomingMessage) => identities.of(request, peer(request).address);
  const signIn = signInRoutes({
    local: library(null),
    atProvider: provider === null ? null : library(provider),
    providerName: provider?.name ?? null,
    ...{ emergency, limits, secure, url, identify, peer, onError },
    nameOf: async (id) => (await store.account(id))?.email ?? null,
    onEvent: note,
    onChange: () => credentials.renew(),
    ready: () => prepared && database.connected !== null,
  });

  const makeFirst = async (): Promise<void> => {
    if (firstAdmin === null || (await accounts.list()).length > 0) return;
    const { email, password } = firstAdmin;
    const fault = passwordFault(password, email);
    if (fault !== null) {
      log.error(`The first administrator is not made. ${fault}`);
      return;
    }
    await store.add({
      ...{ name: email.split('@')[0] ?? email, email, hash: await hashPassword(password) },
      mustChangePassword: true,
      grants: [{ role: 'admin', scope: { of: 'all' } }],
    });
    log.info(`${email} is administrator: the password is to be changed at the first sign-in`);
  };

  return {
    ...{ accounts, limits, signIn, identify },
    start: () => {
      credentials.start();
      void emergency.fault().then((fault) => {
        if (fault !== null) log.warn(`the emergency token can't be used: ${fault}`);
      });
    },
    storeIsReady: () => {
      opened.now();
      void makeFirst()
        .catch(onError)
        .finally(() => {
          prepared = true;
        });
    },
    close: () => credentials.close(),
  };
}

/** Waits for the store while it is only being opened; where that takes too long, no longer. */
function openedSoon(clock: Clock, database: Asked) {
  let now = () => {};
  const opened = new Promise<void>((resolve) => {
    now = resolve;
    clock.after(OPENING_MS, resolve);
  });
  return {
    now: () => now(),
    wait: async () => {
      if (database.connected === null && database.health.state === 'starting') await opened;
    },
  };
}

function ownAddress({ host, port, tls }: Config['listen']): string {
  const shown = host.includes(':') ? `[${host}]` : host;
  return `${tls ? 'https' : 'http'}://${shown}:${port}`;
}

/** Says whether something is due to be noted again: not before so long. */
function notedSeldom(now: () => number): (key: string, ms: number) => boolean {
  const last = new Map<string, number>();
  return (key, ms) => {
    if (now() - (last.get(key) ?? Number.NEGATIVE_INFINITY) < ms) return false;
    if (last.size > 10_000) last.clear();
    last.set(key, now());
    return true;
  };
}
