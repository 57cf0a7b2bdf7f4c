import type { IncomingMessage } from 'node:http';
import type { Logger } from 'pino';
import { Failure } from '@/lib/errors';
import { PostgresAccountStore } from './adapters/store/account-store';
import type { Asked } from './adapters/store/ask';
import { authAdapter } from './adapters/store/auth-adapter';
import { PostgresCredentialStore } from './adapters/store/credential-store';
import { Accounts } from './auth/accounts';
import type { SignInEvent, SignInRoute } from './auth/answers';
import { ByItself } from './auth/by-itself';
import { Credentials } from './auth/credentials';
import { Emergency } from './auth/emergency';
import { Identities, type Identity } from './auth/identities';
import { Limits } from './auth/limits';
import { providerRoutes } from './auth/provider-sign-in';
import { notedSeldom } from './auth/seldom';
import { signInRoutes } from './auth/sign-in';
import { createSignIn, type SignInLibraryOptions } from './auth/sign-in-library';
import { SignInNotes } from './auth/sign-in-notes';
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
const EMERGENCY_NOTE_MS = 60_000;
const TIDY_MS = 3_600_000;

/** Joins what tells who asks. */
export function createAccounts(parts: Parts): AccountParts {
  const { config, database, audit, peer, log, onError } = parts;
  const secret = keyFor(parts.secret, 'sessions').toString('base64url');
  const { idleMs, sessionMs, provider, emergencyTokenFile, firstAdmin } = config.accounts;
  const clock = systemClock;
  const url = config.listen.url ?? ownAddress(config.listen);
  const secure = url.startsWith('https:');
  const store = new PostgresAccountStore(database);
  const held = new PostgresCredentialStore(database, sessionMs);
  const limits = new Limits(config.accounts.actsPerMinute);
  const emergency = new Emergency(emergencyTokenFile, clock);
  const credentials = new Credentials({
    ...{ clock, store: held, idleMs, sessionMs, onChange: parts.onChange, onError },
  });
  const accounts = new Accounts({
    ...{ clock, store, credentials: held, limits },
    onChange: () => credentials.renew(),
  });
  const byItself = new ByItself(store, audit, clock);
  const notes = new SignInNotes({ clock, audit, warn: (says) => log.warn(says) });
  const onEvent = (event: SignInEvent) => notes.note(event);

  const seldom = notedSeldom(clock.now);
  const opened = openedSoon(clock, database);
  const identities = new Identities({
    ...{ clock, credentials, emergency, secret, secure },
    onTokenUse: (token, from) => {
      if (!seldom(`token ${token}`, TOKEN_NOTE_MS)) return;
      held.noteTokenUse(token, clock.now(), from).catch(onError);
    },
    onEmergency: (from) => {
      if (!seldom(`emergency ${from}`, EMERGENCY_NOTE_MS)) return;
      onEvent({
        who: { kind: 'emergency', id: null, name: 'emergency token' },
        ...{ action: 'emergency-used', from, how: 'emergency token', refused: false },
        says: 'Requests bear the emergency token.',
      }).catch(onError);
    },
    onWrongToken: async (from) => {
      const limited = (await limits.guess(from)) !== null;
      await onEvent({
        who: { kind: 'nobody', id: null, name: 'somebody' },
        ...{ action: limited ? 'limited' : 'sign-in', from, how: null, refused: true },
        says: 'A request bore a token that nobody has.',
      });
    },
    mayTry: (from) => limits.mayGuess(from),
    opened: opened.wait,
  });

  /** Who is to be there from the start has been made. */
  let prepared = false;
  const library = (given: SignInLibraryOptions['provider']) =>
    createSignIn({
      ...{ tables: authAdapter(database), secret, url, idleMs, sessionMs, provider: given },
      isDisabled: async (id) => ((await store.account(id))?.disabledAt ?? null) !== null,
      onAdded: (email) => byItself.noteAdded(email),
      onGroups: (id, grants) => byItself.setGroups(id, grants),
      log: (level, says) => log[level](says),
    });
  const shared = { emergency, limits, secure, peer, onEvent };
  const signIn = {
    ...signInRoutes({
      ...shared,
      local: library(null),
      providerName: provider?.name ?? null,
      browserOf: (request) => identities.ofBrowser(request),
      endSession: async (account, session) => {
        await accounts.endSessions(account, { only: session });
      },
      ready: () => prepared && database.connected !== null,
    }),
    ...(provider === null
      ? {}
      : providerRoutes({
          ...{ ...shared, url, library: library(provider) },
          nameOf: async (id) => (await store.account(id))?.email ?? null,
        })),
  };

  const prepare = async (): Promise<void> => {
    try {
      const made = firstAdmin && (await byItself.firstAdmin(firstAdmin));
      if (made)
        log.info(`${made} is administrator: its password is to be changed at first sign-in`);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      log.error(`The first administrator is not made. ${error.message}`);
    } finally {
      prepared = true;
    }
  };
  let cancelTidying = () => {};
  const tidy = () => {
    cancelTidying = clock.after(TIDY_MS, tidy);
    if (database.connected !== null) held.tidy().catch(onError);
  };

  return {
    ...{ accounts, limits, signIn },
    identify: (request) => identities.of(request, peer(request).address),
    start: () => {
      credentials.start();
      tidy();
      void emergency.fault().then((fault) => {
        if (fault !== null) log.warn(`the emergency token can't be used: ${fault}`);
      });
    },
    storeIsReady: () => {
      opened.now();
      void prepare().catch(onError);
    },
    close: () => {
      credentials.close();
      cancelTidying();
    },
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
