import { expect } from '@playwright/test';

export const ADMIN = { email: 'admin@example.org', password: 'a long enough password' };
/** What the first administrator is made with, and has to change. */
const FIRST_PASSWORD = 'the very first password';

/** Settings by which Howdah makes the first administrator. */
export const firstAdmin = {
  HOWDAH_ADMIN_EMAIL: ADMIN.email,
  HOWDAH_ADMIN_PASSWORD: FIRST_PASSWORD,
};

/** A browser's state, as Playwright takes it. */
export interface BrowserState {
  readonly cookies: {
    readonly name: string;
    readonly value: string;
    readonly domain: string;
    readonly path: string;
    readonly expires: number;
    readonly httpOnly: boolean;
    readonly secure: boolean;
    readonly sameSite: 'Lax';
  }[];
  readonly origins: never[];
}

/** Sends JSON as a page of that Howdah would. */
export function send(url: string, path: string, wanted: { body: unknown; cookie?: string }) {
  return fetch(`${url}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      origin: url,
      ...(wanted.cookie === undefined ? {} : { cookie: wanted.cookie }),
    },
    body: JSON.stringify(wanted.body),
  });
}

/** Signs in over HTTP. @returns the cookie, as a request has it. */
export async function signIn(url: string, who: { email: string; password: string }) {
  const answer = await send(url, '/api/auth/sign-in', { body: who });
  expect(answer.status, await answer.clone().text()).toBe(200);
  return answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ');
}

/** The state of a browser that has this cookie. */
export function browserWith(cookie: string): BrowserState {
  const at = cookie.indexOf('=');
  return {
    cookies: [
      {
        ...{
          name: cookie.slice(0, at),
          value: cookie.slice(at + 1),
          domain: '127.0.0.1',
          path: '/',
        },
        ...{ expires: -1, httpOnly: true, secure: false, sameSite: 'Lax' },
      },
    ],
    origins: [],
  };
}

/** The first administrator's first sign-in, with the password that they then have. */
export async function firstSignIn(url: string): Promise<BrowserState> {
  const cookie = await signIn(url, { email: ADMIN.email, password: FIRST_PASSWORD });
  const body = { current: FIRST_PASSWORD, next: ADMIN.password };
  const changed = await send(url, '/api/trpc/account.changePassword', { body, cookie });
  expect(changed.status, await changed.clone().text()).toBe(200);
  return browserWith(cookie);
}
