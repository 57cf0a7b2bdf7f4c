import type { IncomingMessage, ServerResponse } from 'node:http';
import { isAPIError } from 'better-auth/api';
import { z } from 'zod';
import { Failure } from '@/lib/errors';
import { readJson } from './body';
import { cookieIn, emergencyCookie } from './cookies';
import type { Emergency } from './emergency';
import type { Identity } from './identities';
import type { Limits } from './limits';
import { PEER_HEADER, PROVIDER, type SignInLibrary } from './sign-in-library';

/** Somebody has tried to get in, or has gone. */
export interface SignInEvent {
  readonly action: 'sign-in' | 'sign-out' | 'emergency-used' | 'limited';
  /** What they called themselves, or are. */
  readonly name: string;
  readonly account: string | null;
  readonly from: string;
  readonly how: 'password' | 'provider' | 'emergency token';
  readonly refused: boolean;
  readonly says: string;
}

export interface SignInRoutesOptions {
  readonly local: SignInLibrary;
  /** Null: there is no provider. Its own, so that one that hangs holds up nobody else. */
  readonly atProvider: SignInLibrary | null;
  readonly providerName: string | null;
  readonly emergency: Emergency;
  readonly limits: Limits;
  readonly secure: boolean;
  readonly url: string;
  /** Who asks by what they sent; null: nobody known. */
  readonly identify: (request: IncomingMessage) => Promise<Identity | null>;
  readonly nameOf: (account: string) => Promise<string | null>;
  readonly peer: (request: IncomingMessage) => { readonly address: string };
  /** Durable when it returns. */
  readonly onEvent: (event: SignInEvent) => Promise<void>;
  /** A session has ended. Settled once it is good for nothing. */
  readonly onChange: () => Promise<void>;
  readonly ready: () => boolean;
  readonly onError: (error: unknown) => void;
}

const credentials = z.strictObject({
  email: z.string().min(1).max(254),
  password: z.string().min(1).max(1000),
});
const emergencyToken = z.strictObject({ token: z.string().min(1).max(1000) });
const toProvider = z.strictObject({ to: z.string().max(2000).default('/') });

export type SignInRoute = (
  request: IncomingMessage,
  response: ServerResponse,
) => Promise<void> | void;

/** The addresses that nobody need be known for, by their method and path. */
export function signInRoutes(options: SignInRoutesOptions): Readonly<Record<string, SignInRoute>> {
  const { local, atProvider, emergency, limits, secure, peer, onEvent } = options;

  const withPassword: SignInRoute = async (request, response) => {
    const { email, password } = await readJson(request, credentials);
    const { address } = peer(request);
    const name = email.trim().toLowerCase();
    const event = { name, account: null, from: address, how: 'password' as const };
    const wait = await limits.signIn(address, name);
    if (wait !== null) {
      const says = `Too many attempts: try again in ${inMinutes(wait)}.`;
      await onEvent({ ...event, action: 'limited', refused: true, says });
      response.setHeader('retry-after', String(wait));
      throw new Failure('limited', says);
    }
    let answer: Response;
    try {
      answer = await local.api.signInEmail({
        body: { email: name, password },
        headers: headersOf(request, address),
        asResponse: true,
      });
    } catch (error) {
      if (isAPIError(error)) answer = new Response(null, { status: Number(error.statusCode) });
      else throw error;
    }
    if (!answer.ok) {
      const failure = refusedSignIn(answer.status);
      await onEvent({ ...event, action: 'sign-in', refused: true, says: failure.message });
      throw failure;
    }
    const { user } = (await answer.json()) as { user: { id: string } };
    await limits.signedIn(address, name);
    await onEvent({
      ...{ ...event, account: user.id, action: 'sign-in', refused: false, says: 'Signed in.' },
    });
    passCookies(answer, response);
    sendJson(response, 200, { signedIn: true });
  };

  const withEmergencyToken: SignInRoute = async (request, response) => {
    const { token } = await readJson(request, emergencyToken);
    const { address } = peer(request);
    const event = {
      ...{ name: 'emergency token', account: null, from: address },
      how: 'emergency token' as const,
    };
    const wait = await limits.guess(address);
    const says =
      wait === null
        ? await emergency.refuse(token)
        : `Too many attempts: try again in ${inMinutes(wait)}.`;
    if (says !== null) {
      const action = wait === null ? 'sign-in' : 'limited';
      await onEvent({ ...event, action, refused: true, says });
      throw new Failure(wait === null ? 'signed-out' : 'limited', says);
    }
    await limits.guessed(address);
    const cookie = await emergency.begin(token);
    await onEvent({ ...event, action: 'emergency-used', refused: false, says: 'Signed in by it.' });
    response.appendHeader('set-cookie', setEmergency(cookie, secure, 3600));
    sendJson(response, 200, { signedIn: true });
  };

  const goToProvider: SignInRoute = async (request, response) => {
    const { to } = await readJson(request, toProvider);
    if (atProvider === null) throw new Failure('not-found', 'No provider is configured.');
    const { address } = peer(request);
    const answer = await atProvider.api.signInSocial({
      body: {
        provider: PROVIDER,
        callbackURL: localPath(to),
        errorCallbackURL: '/sign-in',
        disableRedirect: true,
      },
      headers: headersOf(request, address),
      asResponse: true,
    });
    if (!answer.ok) {
      throw new Failure('unavailable', 'The provider could not be reached: see the log of Howdah.');
    }
    passCookies(answer, response);
    const { url } = (await answer.json()) as { url: string };
    sendJson(response, 200, { url });
  };

  const backFromProvider: SignInRoute = async (request, response) => {
    if (atProvider === null) throw new Failure('not-found', 'No provider is configured.');
    const { address } = peer(request);
    const asked = new Request(new URL(request.url ?? '/', options.url), {
      headers: headersOf(request, address),
    });
    const { answer, begun, email } = await atProvider.handle(asked);
    const where = answer.headers.get('location') ?? '/sign-in?error=unknown';
    const refused = begun === null;
    const code = new URL(where, options.url).searchParams.get('error');
    await onEvent({
      action: 'sign-in',
      name:
        begun === null
          ? (email ?? 'somebody')
          : ((await options.nameOf(begun.account)) ?? begun.account),
      account: begun?.account ?? null,
      from: address,
      how: 'provider',
      refused,
      says: refused
        ? `The provider's answer was not taken: ${code ?? answer.status}.`
        : 'Signed in.',
    });
    passCookies(answer, response);
    response.writeHead(302, { location: localPath(where), 'cache-control': 'no-store' }).end();
  };

  const signOut: SignInRoute = async (request, response) => {
    const { address } = peer(request);
    const identity = await options.identify(request).catch(() => null);
    const cookie = cookieIn(request, emergencyCookie(secure));
    if (cookie !== null) {
      emergency.end(cookie);
      response.appendHeader('set-cookie', setEmergency('', secure, 0));
    }
    const answer = await local.api.signOut({
      headers: headersOf(request, address),
      asResponse: true,
    });
    passCookies(answer, response);
    if (identity) {
      await onEvent({
        ...{ action: 'sign-out', name: identity.who.name, account: identity.account },
        ...{ from: address, how: 'password', refused: false, says: 'Signed out.' },
      });
    }
    await options.onChange();
    sendJson(response, 200, { signedIn: false });
  };

  return {
    'GET /api/auth/options': (_, response) =>
      sendJson(response, 200, { provider: options.providerName, ready: options.ready() }),
    'POST /api/auth/sign-in': withPassword,
    'POST /api/auth/emergency': withEmergencyToken,
    'POST /api/auth/provider': goToProvider,
    [`GET /api/auth/callback/${PROVIDER}`]: backFromProvider,
    'POST /api/auth/sign-out': signOut,
  };
}

function refusedSignIn(status: number): Failure {
  if (status === 401)
    return new Failure('signed-out', 'That address and password do not go together.');
  if (status === 403) return new Failure('forbidden', 'This account is disabled.');
  if (status === 400) return new Failure('bad-input', 'That is no e-mail address.');
  return new Failure('unavailable', 'Accounts can not be asked now: try again in a moment.');
}

/** Only to a page of this Howdah: an address from elsewhere may lead anywhere. */
export function localPath(to: string): string {
  const base = 'http://howdah';
  if (!to.startsWith('/') || !URL.canParse(to, base)) return '/';
  const { origin, pathname, search, hash } = new URL(to, base);
  return origin === base && !pathname.startsWith('//') ? `${pathname}${search}${hash}` : '/';
}

/** What the library needs, with the address as we know it and no header that claims another. */
function headersOf(request: IncomingMessage, address: string): Headers {
  const headers = new Headers();
  for (const name of ['cookie', 'user-agent', 'origin', 'content-type'] as const) {
    const value = request.headers[name];
    if (value !== undefined) headers.set(name, value);
  }
  headers.set(PEER_HEADER, address);
  return headers;
}

function passCookies(answer: Response, response: ServerResponse): void {
  for (const cookie of answer.headers.getSetCookie()) response.appendHeader('set-cookie', cookie);
}

function setEmergency(value: string, secure: boolean, seconds: number): string {
  const name = emergencyCookie(secure);
  return `${name}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${seconds}${secure ? '; Secure' : ''}`;
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(`${JSON.stringify(body)}\n`);
}

const inMinutes = (seconds: number): string =>
  seconds < 60 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
