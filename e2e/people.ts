import { randomUUID } from 'node:crypto';
import { type Browser, type BrowserContext, expect } from '@playwright/test';
import type { Grant } from '@/lib/access/roles';
import type { Howdah } from './howdah';
import { browserWith, send, signIn } from './signed-in';

export interface Person {
  readonly id: string;
  readonly email: string;
  readonly password: string;
  /** Where they are signed in. */
  readonly context: BrowserContext;
}

/** Nobody is signed in there. */
export const nobody = { cookies: [], origins: [] };

export const viewer: Grant = { role: 'viewer', scope: { of: 'all' } };
export const operatorOf = (scope: string): Grant => ({
  role: 'operator',
  scope: { of: 'cluster', cluster: `main~.2Fservice~${scope}` },
});

/** Asks as the first administrator. */
export async function asAdmin(howdah: Howdah, path: string, body: unknown): Promise<unknown> {
  const [session] = howdah.state.cookies;
  const cookie = `${session?.name}=${session?.value}`;
  const answer = await send(howdah.url, `/api/trpc/${path}`, { body, cookie });
  expect(answer.status, await answer.clone().text()).toBe(200);
  return ((await answer.json()) as { result: { data?: unknown } }).result.data;
}

/** Somebody with an account of their own, signed in in a browser of their own. */
export async function somebody(
  { browser, howdah }: { browser: Browser; howdah: Howdah },
  name: string,
  grants: readonly Grant[],
): Promise<Person> {
  const email = `${name}.${randomUUID().slice(0, 8)}@example.org`;
  const [first, password] = ['to be changed at once', 'known to nobody else'];
  const id = await asAdmin(howdah, 'accounts.add', { name, email, password: first, grants });
  const cookie = await signIn(howdah.url, { email, password: first });
  const body = { current: first, next: password };
  const changed = await send(howdah.url, '/api/trpc/account.changePassword', { body, cookie });
  expect(changed.status, await changed.clone().text()).toBe(200);
  const context = await browser.newContext({
    baseURL: howdah.url,
    storageState: browserWith(cookie),
  });
  return { id: String(id), email, password, context };
}
