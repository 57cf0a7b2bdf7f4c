import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { freePort, signedIn, waitFor } from '@/sandbox';
import { runningIn } from './adapters/store/embedded';
import { makeFolder } from './adapters/store/store-for-tests';
import { spawnHowdah } from './howdah-process';

export const ADMIN = { email: 'root@example.org', password: 'correct horse battery' };
const FIRST_PASSWORD = 'a first password only';

/** Somebody's browser, as far as requests go. */
export interface Browser {
  readonly cookie: string;
  get(path: string): Promise<Response>;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
  query<T>(procedure: string, input?: object): Promise<T>;
  /** @returns what it failed with, or null. */
  mutate(procedure: string, input?: object): Promise<string | null>;
}

/** For tests: a Howdah that watches nothing, with accounts in a store of its own. */
export class AccountProcess {
  readonly folder = makeFolder();
  readonly root = mkdtempSync(join(tmpdir(), 'howdah-accounts-'));
  readonly said: string[] = [];
  url = '';
  #port = 0;
  #child: ChildProcess | null = null;

  async start(
    settings: (url: string) => Readonly<Record<string, string>> = () => ({}),
  ): Promise<void> {
    this.#port ||= await freePort();
    this.url = `http://127.0.0.1:${this.#port}`;
    // Nothing listens there: what is watched has no part in this.
    const where = { root: this.root, connectString: '127.0.0.1:1' };
    this.#child = spawnHowdah(where, this.#port, {
      HOWDAH_STORE_FOLDER: this.folder,
      HOWDAH_ADMIN_EMAIL: ADMIN.email,
      HOWDAH_ADMIN_PASSWORD: FIRST_PASSWORD,
      HOWDAH_LOG: 'error',
      ...settings(this.url),
    });
    await waitFor(async () => (await this.options())?.ready === true, {
      timeoutMs: 60_000,
      what: 'accounts to be there',
    });
  }

  async options(): Promise<{ ready: boolean; provider: string | null } | null> {
    const answer = await fetch(`${this.url}/api/auth/options`).catch(() => null);
    return answer?.ok ? ((await answer.json()) as { ready: boolean; provider: null }) : null;
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  }

  async end(): Promise<void> {
    await this.stop();
    rmSync(this.root, { recursive: true, force: true });
    rmSync(join(this.folder, '..'), { recursive: true, force: true });
  }

  /** The first administrator, with a password of their own. */
  async admin(): Promise<Browser> {
    const first = await this.trySignIn({ ...ADMIN, password: FIRST_PASSWORD });
    if (first.ok) {
      const body = { current: FIRST_PASSWORD, next: ADMIN.password };
      await this.browser(cookieOf(first)).post('/api/trpc/account.changePassword', body);
    }
    return this.signIn(ADMIN);
  }

  trySignIn(who: { email: string; password: string }, headers = {}): Promise<Response> {
    return this.#post('/api/auth/sign-in', { email: who.email, password: who.password }, headers);
  }

  async signIn(who: { email: string; password: string }): Promise<Browser> {
    const answer = await waitFor(
      async () => {
        const tried = await this.trySignIn(who);
        return tried.ok || tried.status === 401 ? tried : null;
      },
      { timeoutMs: 10_000, what: 'an answer to a sign-in' },
    );
    if (!answer.ok) throw new Error(await answer.text());
    return this.browser(cookieOf(answer));
  }

  /** What the emergency token may. */
  get emergency(): Record<string, string> {
    return { ...signedIn(this.root).headers };
  }

  browser(cookie: string): Browser {
    return this.#asking({ cookie }, cookie);
  }

  bearer(token: string): Browser {
    return this.#asking({ authorization: `Bearer ${token}` }, '');
  }

  /** One statement in the store, as its superuser. */
  async sql<T extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<T[]> {
    const config = await runningIn(this.folder);
    if (!config) throw new Error('no store runs');
    const client = new pg.Client(config);
    await client.connect();
    try {
      return (await client.query<T>(text, values)).rows;
    } finally {
      await client.end();
    }
  }

  #asking(headers: Record<string, string>, cookie: string): Browser {
    const get = (path: string) => fetch(`${this.url}${path}`, { headers, redirect: 'manual' });
    const post: Browser['post'] = (path, body, more = {}) =>
      this.#post(path, body, { ...headers, ...more });
    return {
      ...{ cookie, get, post },
      query: async <T>(procedure: string, input?: object) => {
        const wanted =
          input === undefined ? '' : `?input=${encodeURIComponent(JSON.stringify(input))}`;
        const answer = await get(`/api/trpc/${procedure}${wanted}`);
        const body = (await answer.json()) as {
          result?: { data: T };
          error?: { data: { failure: string } };
        };
        if (!body.result) throw new Error(body.error?.data.failure ?? `${answer.status}`);
        return body.result.data;
      },
      mutate: async (procedure, input) => {
        const answer = await post(`/api/trpc/${procedure}`, input ?? null);
        const body = (await answer.json()) as { error?: { data: { failure: string } } };
        return body.error?.data.failure ?? null;
      },
    };
  }

  #post(path: string, body: unknown, headers: Record<string, string>): Promise<Response> {
    return fetch(`${this.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: this.url, ...headers },
      body: body === null ? null : JSON.stringify(body),
    });
  }
}

export const cookieOf = (answer: Response): string =>
  answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ');

/** For tests: a password in a file, as a setting names it. */
export function secretFile(folder: string, name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}
