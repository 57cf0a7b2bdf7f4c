import type { BrowserContext } from '@playwright/test';
import { signedIn } from '@/sandbox';

/** In the environment, so that the programs which a benchmark starts are known as well. */
const NAME = 'BENCH_AUTHORIZATION';

/** From now on requests are made as somebody who is known. @returns settings for the Howdah asked */
export function knowUs(folder: string): Readonly<Record<string, string>> {
  const { env, headers } = signedIn(folder);
  process.env[NAME] = headers.authorization;
  return env;
}

/** What a request has to bear; a stand-in for Howdah does not mind. */
export function known(): Readonly<Record<string, string>> {
  const authorization = process.env[NAME];
  return authorization === undefined ? {} : { authorization };
}

/** Signs a browser in, as a person with the emergency token would. */
export async function signInBrowser(context: BrowserContext, url: string): Promise<void> {
  const token = known().authorization?.replace('Bearer ', '') ?? '';
  const { origin } = new URL(url);
  const headers = { origin };
  const answer = await context.request.post(`${origin}/api/auth/emergency`, {
    ...{ data: { token }, headers },
  });
  if (!answer.ok()) throw new Error(`The browser could not be signed in: ${await answer.text()}`);
}
