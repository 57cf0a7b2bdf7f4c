import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { localPath } from '@/lib/access/local-path';
import { Failure } from '@/lib/errors';
import {
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
import type { Limits } from './limits';
import { PROVIDER, type SignInLibrary } from './sign-in-library';

export interface ProviderSignInOptions {
  /** Its own, so that a provider that hangs holds up no other way in. */
  readonly library: SignInLibrary;
  readonly emergency: Emergency;
  readonly limits: Limits;
  readonly secure: boolean;
  readonly url: string;
  /** What an account is called. */
  readonly nameOf: (account: string) => Promise<string | null>;
  readonly peer: (request: IncomingMessage) => { readonly address: string };
  readonly onEvent: (event: SignInEvent) => Promise<void>;
}

const wanted = z.strictObject({ to: z.string().max(2000).default('/') });
/** As providers and the library write them: what else stands there is anybody's. */
const CODE = /^[a-z_]{1,40}$/;

/** The way to the provider, and back from there. */
export function providerRoutes(
  options: ProviderSignInOptions,
): Readonly<Record<string, SignInRoute>> {
  const { library, emergency, limits, secure, peer, onEvent } = options;

  const go: SignInRoute = async (request, response) => {
    const { address } = peer(request);
    const wait = await limits.toProvider(address);
    if (wait !== null) throw tooMany(response, wait);
    const to = localPath((await readJson(request, wanted)).to) ?? '/';
    const answer = await library.api.signInSocial({
      body: {
        provider: PROVIDER,
        callbackURL: to,
        errorCallbackURL: `/sign-in?to=${encodeURIComponent(to)}`,
        disableRedirect: true,
      },
      headers: headersOf(request, address),
      asResponse: true,
    });
    if (!answer.ok) {
      throw new Failure('unavailable', 'The provider could not be reached: try again in a moment.');
    }
    passCookies(answer, response);
    const { url } = (await answer.json()) as { url: string };
    sendJson(response, 200, { url });
  };

  const back: SignInRoute = async (request, response) => {
    const { address } = peer(request);
    const wait = await limits.fromProvider(address);
    if (wait !== null) throw tooMany(response, wait);
    const asked = new Request(new URL(request.url ?? '/', options.url), {
      headers: headersOf(request, address),
    });
    const { answer, begun, email } = await library.handle(asked);
    const where = answer.headers.get('location') ?? '/sign-in?error=unknown';
    const event = { action: 'sign-in' as const, from: address, how: 'provider' as const };
    if (begun === null) {
      await limits.cameWithNothing(address);
      const code = new URL(where, options.url).searchParams.get('error') ?? '';
      const says = `The provider's answer was not taken: ${CODE.test(code) ? code : 'unknown'}.`;
      const who = { kind: 'nobody' as const, id: null, name: email ?? 'somebody' };
      await onEvent({ ...event, who, refused: true, says });
    } else {
      const name = (await options.nameOf(begun.account)) ?? email ?? begun.account;
      const who = { kind: 'user' as const, id: begun.account, name };
      await onEvent({ ...event, who, refused: false, says: 'Signed in.' });
      const cookie = cookieIn(request, emergencyCookie(secure));
      if (cookie !== null) {
        emergency.end(cookie);
        setEmergencyCookie(response, secure, { value: '', seconds: 0 });
      }
    }
    passCookies(answer, response);
    const location = localPath(where) ?? '/';
    response.writeHead(302, { location, 'cache-control': 'no-store' }).end();
  };

  return {
    'POST /api/auth/provider': go,
    [`GET /api/auth/callback/${PROVIDER}`]: back,
  };
}
