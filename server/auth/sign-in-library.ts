import { AsyncLocalStorage } from 'node:async_hooks';
import { APIError } from 'better-auth/api';
import { type BetterAuthOptions, betterAuth } from 'better-auth/minimal';
import { genericOAuth } from 'better-auth/plugins/generic-oauth';
import { LEAST_PASSWORD, MOST_PASSWORD } from '@/lib/access/account';
import { type GroupRule, grantsOfGroups, groupsIn } from '@/lib/access/groups';
import type { Grant } from '@/lib/access/roles';
import { cookiePrefix } from './cookies';

/** A provider that people sign in at, by OpenID Connect. */
export interface Provider {
  /** What the button says, e.g. "Sign in with Example SSO". */
  readonly name: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scopes: readonly string[];
  /** The claim that has the groups. */
  readonly groupsClaim: string;
  readonly groups: readonly GroupRule[];
}

export interface SignInLibraryOptions {
  readonly tables: NonNullable<BetterAuthOptions['database']>;
  readonly secret: string;
  /** Where people reach Howdah: a provider sends them back there. */
  readonly url: string;
  /** A session that nobody uses ends after this; used, at the latest after `sessionMs`. */
  readonly idleMs: number;
  readonly sessionMs: number;
  readonly provider: Provider | null;
  readonly isDisabled: (account: string) => Promise<boolean>;
  /** The provider vouches for somebody who had no account. */
  readonly onAdded: (email: string) => Promise<void>;
  /** The groups of who signs in at the provider have been read. */
  readonly onGroups: (account: string, grants: readonly Grant[]) => Promise<void>;
  readonly log: (level: 'debug' | 'info' | 'warn' | 'error', says: string) => void;
}

interface UnderWay {
  grants: readonly Grant[] | null;
  /** Of whom the provider vouches for, whether or not they are let in. */
  email: string | null;
  /** Whose session has begun. */
  begun: { readonly account: string } | null;
}

/** How the address of who asks is told to the library, which would believe forwarding headers. */
export const PEER_HEADER = 'x-howdah-peer';
export const PROVIDER = 'oidc';
/** Codes that a refused sign-in comes back with. */
export const refusals = {
  disabled: 'account_disabled',
  noRole: 'no_role',
} as const;

/**
 * better-auth, cut down to what Howdah uses of it: passwords, sessions and one OpenID Connect
 * provider. Its own endpoints are not served: `sign-in.ts` asks it for four things.
 */
export function createSignIn(options: SignInLibraryOptions) {
  const { provider } = options;
  const secure = options.url.startsWith('https:');
  /** What one sign-in at the provider has brought, until its session begins. */
  const signingIn = new AsyncLocalStorage<UnderWay>();
  const auth = betterAuth({
    database: options.tables,
    secret: options.secret,
    baseURL: options.url,
    basePath: '/api/auth',
    trustedOrigins: [new URL(options.url).origin],
    telemetry: { enabled: false },
    rateLimit: { enabled: false },
    logger: {
      level: 'warn',
      log: (level, message) => options.log(level, `sign-in: ${message.split('\n')[0]}`),
    },
    onAPIError: { errorURL: '/sign-in' },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: LEAST_PASSWORD,
      maxPasswordLength: MOST_PASSWORD,
    },
    session: { expiresIn: options.sessionMs / 1000, disableSessionRefresh: true },
    user: {
      // Asked at every sign-in at the provider, before a session begins.
      validateUserInfo: async ({ user, source }) => {
        const profile = source.oauth?.profile;
        if (provider === null || source.method !== 'oauth') return;
        const claim = (profile as Record<string, unknown> | undefined)?.[provider.groupsClaim];
        const grants = grantsOfGroups(groupsIn(claim), provider.groups);
        const under = signingIn.getStore();
        if (under) Object.assign(under, { grants, email: user.email ?? null });
        if (grants.length > 0) return;
        // Who was let in before keeps nothing of it.
        if (source.action === 'sign-in' && user.id) await options.onGroups(user.id, []);
        return { error: refusals.noRole, errorDescription: 'None of your groups has a role here.' };
      },
    },
    account: {
      // An address is no proof of being the same person: an account is one or the other.
      accountLinking: { enabled: false },
      updateAccountOnSignIn: false,
    },
    databaseHooks: {
      user: { create: { after: async ({ email }) => options.onAdded(email) } },
      account: {
        // What the provider gave is of no further use, and a secret.
        create: {
          before: async (login) => ({
            data: { ...login, accessToken: null, refreshToken: null, idToken: null },
          }),
        },
      },
      session: {
        create: {
          before: async (session) => {
            if (await options.isDisabled(session.userId)) {
              throw new APIError('FORBIDDEN', {
                code: refusals.disabled,
                message: 'This account is disabled.',
              });
            }
            const grants = signingIn.getStore()?.grants;
            if (grants) await options.onGroups(session.userId, grants);
            return { data: { ...session, expiresAt: new Date(Date.now() + options.idleMs) } };
          },
          after: async (session) => {
            const under = signingIn.getStore();
            if (under) under.begun = { account: session.userId };
          },
        },
      },
    },
    advanced: {
      cookiePrefix: cookiePrefix(secure),
      // The prefix says more than the library's own would.
      useSecureCookies: false,
      defaultCookieAttributes: { secure },
      ipAddress: { ipAddressHeaders: [PEER_HEADER] },
    },
    plugins:
      provider === null
        ? []
        : [
            genericOAuth({
              config: [
                {
                  providerId: PROVIDER,
                  name: provider.name,
                  discoveryUrl: `${provider.issuer.replace(/\/+$/, '')}/.well-known/openid-configuration`,
                  clientId: provider.clientId,
                  clientSecret: provider.clientSecret,
                  scopes: [...provider.scopes],
                  pkce: true,
                  // Another provider's accounts are others, whatever it calls them.
                  accountSubject: ({ profile }) => `${profile.sub} at ${provider.issuer}`,
                  requireIdTokenVerification: true,
                },
              ],
            }),
          ],
  });
  return {
    api: auth.api,
    /** Answers the provider's way back, and says whose session has begun by it. */
    handle: (request: Request) => {
      const under: UnderWay = { grants: null, email: null, begun: null };
      return signingIn.run(under, async () => {
        const answer = await auth.handler(request);
        return { answer, begun: under.begun, email: under.email };
      });
    },
  };
}

export type SignInLibrary = ReturnType<typeof createSignIn>;
