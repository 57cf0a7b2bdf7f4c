import type { IncomingMessage } from 'node:http';
import { isAPIError } from 'better-auth/api';
import { z } from 'zod';
import { Failure } from '@/lib/errors';
import {
  awayNow,
  dropSessionCookie,
  headersOf,
  passCookies,
  type SignInEvent,
  type SignInRoute,
  sendJson,
  setEmergencyCookie,
  tooMany,
} from './answers';
import { readJson } from './body';
import { cookieIn, emergencyCookie } from './cookies';
import type { Emergency } from './emergency';
import type { Identity } from './identities';
import type { Limits } from './limits';
import type { SignInLibrary } from './sign-in-library';

export interface SignInOptions {
  readonly local: SignInLibrary;
  readonly providerName: string | null;
  readonly emergency: Emergency;
  readonly limits: Limits;
  readonly secure: boolean;
  /** Whose browser it is, by its cookies; null: nobody's. Throws `unavailable`. */
  readonly browserOf: (request: IncomingMessage) => Promise<Identity | null>;
  /** Throws `unavailable`. Settled once the session is good for nothing. */
  readonly endSession: (account: string, session: string) => Promise<void>;
  readonly peer: (request: IncomingMessage) => { readonly address: string };
  readonly onEvent: (event: SignInEvent) => Promise<void>;
  readonly ready: () => boolean;
}

const credentials = z.strictObject({
  email: z.string().min(1).max(254),
  password: z.string().min(1).max(1000),
});
const emergencyToken = z.strictObject({ token: z.string().min(1).max(1000) });
const EMERGENCY_S = 3600;

/** The ways in and out that nobody need be known for, by their method and path. */
export function signInRoutes(options: SignInOptions): Readonly<Record<string, SignInRoute>> {
  const { local, emergency, limits, secure, peer, onEvent } = options;

  /** Whoever has another way in now does what they do under their own name. */
  const endEmergency: SignInRoute = (request, response) => {
    const cookie = cookieIn(request, emergencyCookie(secure));
    if (cookie === null) return;
    emergency.end(cookie);
    setEmergencyCookie(response, secure, { value: '', seconds: 0 });
  };

  const withPassword: SignInRoute = async (request, response) => {
    const { email, password } = await readJson(request, credentials);
    const { address } = peer(request);
    const name = email.trim().toLowerCase();
    const nobody = { kind: 'nobody' as const, id: null, name };
    const event = { who: nobody, from: address, how: 'password' as const };
    const wait = await limits.signIn(address, name);
    if (wait !== null) {
      const failure = tooMany(response, wait);
      await onEvent({ ...event, action: 'limited', refused: true, says: failure.message });
      throw failure;
    }
    const answer = await local.api
      .signInEmail({
        body: { email: name, password },
        headers: headersOf(request, address),
        asResponse: true,
      })
      .catch((error: unknown) => {
        if (isAPIError(error)) return new Response(null, { status: Number(error.statusCode) });
        throw awayNow(error);
      });
    if (!answer.ok) {
      const failure = refusal(answer.status);
      await onEvent({ ...event, action: 'sign-in', refused: true, says: failure.message });
      throw failure;
    }
    const { user } = (await answer.json()) as { user: { id: string } };
    await limits.signedIn(address, name);
    const who = { kind: 'user' as const, id: user.id, name };
    await onEvent({ ...event, who, action: 'sign-in', refused: false, says: 'Signed in.' });
    await endEmergency(request, response);
    passCookies(answer, response);
    sendJson(response, 200, { signedIn: true });
  };

  const withEmergencyToken: SignInRoute = async (request, response) => {
    const { token } = await readJson(request, emergencyToken);
    const { address } = peer(request);
    const event = {
      who: { kind: 'nobody' as const, id: null, name: 'somebody' },
      ...{ from: address, how: 'emergency token' as const },
    };
    if (!(await emergency.isIt(token))) {
      const wait = await limits.guess(address);
      const failure =
        wait === null
          ? new Failure('signed-out', 'That is not the emergency token.')
          : tooMany(response, wait);
      const action = wait === null ? 'sign-in' : 'limited';
      await onEvent({ ...event, action, refused: true, says: failure.message });
      throw failure;
    }
    const cookie = emergency.begin(token);
    const who = { kind: 'emergency' as const, id: null, name: 'emergency token' };
    const says = 'A browser is signed in by it.';
    await onEvent({ ...event, who, action: 'emergency-used', refused: false, says });
    setEmergencyCookie(response, secure, { value: cookie, seconds: EMERGENCY_S });
    sendJson(response, 200, { signedIn: true });
  };

  const signOut: SignInRoute = async (request, response) => {
    const identity = await options.browserOf(request).catch(() => null);
    await endEmergency(request, response);
    dropSessionCookie(response, secure);
    if (identity === null) return sendJson(response, 200, { signedIn: false });
    const { who, account, session } = identity;
    if (account !== null && session !== null) {
      await options.endSession(account, session).catch((error: unknown) => {
        const says =
          'You are signed out of this browser, but accounts can not be asked, so the session itself goes on.';
        throw new Failure('unavailable', says, error);
      });
    }
    const kind = who.kind === 'emergency' ? ('emergency' as const) : ('user' as const);
    await onEvent({
      who: { kind, id: account, name: who.name },
      ...{ action: 'sign-out', from: peer(request).address, how: null },
      ...{ refused: false, says: 'Signed out.' },
    });
    sendJson(response, 200, { signedIn: false });
  };

  return {
    'GET /api/auth/options': (_, response) =>
      sendJson(response, 200, { provider: options.providerName, ready: options.ready() }),
    'POST /api/auth/sign-in': withPassword,
    'POST /api/auth/emergency': withEmergencyToken,
    'POST /api/auth/sign-out': signOut,
  };
}

/** The same for a wrong password as for an address that nobody has, or that is none. */
function refusal(status: number): Failure {
  if (status === 400 || status === 401) {
    return new Failure('signed-out', 'That address and password do not go together.');
  }
  return status === 403 ? new Failure('forbidden', 'This account is disabled.') : awayNow();
}
