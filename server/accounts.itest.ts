import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { waitFor } from '@/sandbox';
import { AccountProcess, ADMIN, type Browser, cookieOf } from './account-process';

const howdah = new AccountProcess();
let admin: Browser;
beforeAll(async () => {
  await howdah.start();
  admin = await howdah.admin();
}, 90_000);
afterAll(() => howdah.end(), 30_000);

const viewer = [{ role: 'viewer', scope: { of: 'all' } }];
const FIRST = 'somebody else chose this';
const OWN = 'only they know this one';
let people = 0;

/** An account with a password of its own, signed in. */
async function somebody(grants: readonly object[] = viewer) {
  people += 1;
  const email = `person${people}@example.org`;
  const who = { email, password: OWN };
  expect(
    await admin.mutate('accounts.add', { name: 'A Person', email, password: FIRST, grants }),
  ).toBeNull();
  const first = await howdah.signIn({ email, password: FIRST });
  expect(await first.mutate('account.changePassword', { current: FIRST, next: OWN })).toBeNull();
  const { account } = await first.query<{ account: string }>('account.me');
  return { ...who, id: account, browser: await howdah.signIn(who) };
}

/** Opens the stream, and settles when it ends. */
async function stream(browser: Browser): Promise<{ ended: Promise<void> }> {
  const answer = await browser.get('/api/stream?topics=fleet');
  expect(answer.status).toBe(200);
  const read = async () => {
    for await (const _ of answer.body ?? []);
  };
  return { ended: read() };
}

describe('signing in', () => {
  test('a session is a cookie that scripts can’t read and other sites don’t send', async () => {
    const answer = await howdah.trySignIn(ADMIN);
    expect(answer.headers.get('set-cookie')).toMatch(/HttpOnly.*SameSite=Lax/i);
    expect(await answer.text()).not.toContain(ADMIN.email);
  });

  test.each([
    ['a wrong password', { ...ADMIN, password: 'not that one, no' }],
    ['an address nobody has', { email: 'nobody@example.org', password: 'whatever it is' }],
  ])('%s is refused in the same words', async (_, who) => {
    const answer = await howdah.trySignIn(who);
    expect(answer.status).toBe(401);
    expect(await answer.json()).toEqual({
      failure: 'signed-out',
      message: 'That address and password do not go together.',
    });
  });

  test('nobody registers themselves, and the library’s own ways are not served', async () => {
    for (const path of ['sign-up/email', 'sign-in/email', 'get-session', 'update-user', 'ok']) {
      const answer = await admin.post(`/api/auth/${path}`, { ...ADMIN, name: 'x' });
      expect(answer.status, path).toBe(404);
    }
  });

  test('a session that was planted before does not become theirs', async () => {
    const planted = (await somebody()).browser.cookie;
    const answer = await howdah.trySignIn(ADMIN, { cookie: planted });
    expect(cookieOf(answer)).not.toBe(planted);
    const { name } = await howdah.browser(planted).query<{ name: string }>('account.me');
    expect(name).not.toBe(ADMIN.email);
  });

  test('a cookie that Howdah did not sign is nobody’s', async () => {
    const [name, value = ''] = admin.cookie.split('=');
    const token = decodeURIComponent(value).split('.')[0];
    for (const forged of [token, `${token}.AAAA`, `${token}.${'A'.repeat(43)}=`, '.', '%']) {
      const answer = await howdah.browser(`${name}=${forged}`).get('/api/trpc/account.me');
      expect(answer.status).toBe(401);
    }
  });

  test('from another site, or not as JSON, nothing is taken', async () => {
    const elsewhere = { origin: 'https://evil.example' };
    expect((await howdah.trySignIn(ADMIN, elsewhere)).status).toBe(403);
    const wanted = '/api/trpc/account.endOtherSessions';
    expect((await admin.post(wanted, null, elsewhere)).status).toBe(403);
    expect((await admin.post(wanted, null, { 'content-type': 'text/plain' })).status).toBe(403);
  });

  test('a first password opens nothing but the way to another', async () => {
    const who = { email: 'new@example.org', password: FIRST };
    await admin.mutate('accounts.add', {
      ...{ name: 'New', email: who.email, password: FIRST },
      grants: [{ role: 'admin', scope: { of: 'all' } }],
    });
    const first = await howdah.signIn(who);
    await expect(first.query('accounts.list')).rejects.toThrow('forbidden');
    expect((await first.get('/api/stream?topics=fleet')).status).toBe(403);
    expect(await first.mutate('account.changePassword', { current: FIRST, next: FIRST })).toBe(
      'bad-input',
    );
    expect(await first.mutate('account.changePassword', { current: FIRST, next: OWN })).toBeNull();
    await expect(first.query('accounts.list')).resolves.toBeDefined();
  });

  test('whoever guesses is stopped, while others go on', async () => {
    const { email, browser } = await somebody();
    const statuses = [];
    for (let i = 0; i < 8; i += 1) {
      statuses.push((await howdah.trySignIn({ email, password: `guess number ${i}` })).status);
    }
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429, 429]);
    expect((await howdah.trySignIn({ email, password: OWN })).status).toBe(429);
    // Whoever comes from elsewhere is another: this one is not locked out by it.
    expect((await browser.get('/api/trpc/account.me')).status).toBe(200);
    expect((await howdah.trySignIn(ADMIN)).status).toBe(200);
  });
});

describe('a session that is over', () => {
  test('by signing out is good for nothing, wherever it was kept', async () => {
    const { browser } = await somebody();
    expect((await browser.post('/api/auth/sign-out', {})).status).toBe(200);
    expect((await browser.get('/api/trpc/account.me')).status).toBe(401);
  });

  test('ended by an administrator ends its streams within seconds', async () => {
    const { id, browser } = await somebody();
    const { ended } = await stream(browser);
    expect(await admin.mutate('accounts.endSessions', { id })).toBeNull();
    await ended;
    expect((await browser.get('/api/stream?topics=fleet')).status).toBe(401);
  }, 20_000);

  test('ended by another process, as by the store itself, ends its streams within seconds', async () => {
    const { id, browser } = await somebody();
    const { ended } = await stream(browser);
    await howdah.sql('delete from howdah.account_session where account = $1', [id]);
    await ended;
    expect((await browser.get('/api/trpc/account.me')).status).toBe(401);
  }, 20_000);

  test('that has expired ends its streams', async () => {
    const { id, browser } = await somebody();
    const { ended } = await stream(browser);
    await howdah.sql(
      // It has been used for as long as any may be, so that use gives it no more.
      `update howdah.account_session set expires_at = now() + interval '1 second',
              created_at = now() - interval '30 days' + interval '1 second' where account = $1`,
      [id],
    );
    await ended;
    expect((await browser.get('/api/trpc/account.me')).status).toBe(401);
  }, 20_000);

  test('of a disabled account is over, and there is no other', async () => {
    const { id, email, browser } = await somebody();
    expect(await admin.mutate('accounts.setDisabled', { id, disabled: true })).toBeNull();
    expect((await browser.get('/api/trpc/account.me')).status).toBe(401);
    const again = await howdah.trySignIn({ email, password: OWN });
    expect(again.status).toBe(403);
    expect(await admin.mutate('accounts.setDisabled', { id, disabled: false })).toBeNull();
    expect((await howdah.trySignIn({ email, password: OWN })).status).toBe(200);
  });

  test('somebody sees their own sessions, and ends the others', async () => {
    const { email, browser } = await somebody();
    const other = await howdah.signIn({ email, password: OWN });
    expect(await browser.query('account.sessions')).toHaveLength(3);
    expect(await browser.mutate('account.endOtherSessions')).toBeNull();
    expect((await other.get('/api/trpc/account.me')).status).toBe(401);
    expect(await browser.query('account.sessions')).toHaveLength(1);
  });
});

describe('roles', () => {
  test('a role that is lost ends streams within seconds, and what it allowed at once', async () => {
    const { id, browser } = await somebody([{ role: 'admin', scope: { of: 'all' } }]);
    const { ended } = await stream(browser);
    expect(await admin.mutate('accounts.setGrants', { id, grants: viewer })).toBeNull();
    await expect(browser.query('accounts.list')).rejects.toThrow('forbidden');
    await ended;
    expect((await browser.get('/api/stream?topics=fleet')).status).toBe(200);
  }, 20_000);

  test('the last administrator stays one', async () => {
    const { id } = (await admin.query<{ id: string; email: string }[]>('accounts.list')).find(
      ({ email }) => email === ADMIN.email,
    ) ?? { id: '' };
    const accounts =
      await admin.query<{ id: string; grants: { role: string }[] }[]>('accounts.list');
    for (const one of accounts) {
      if (one.id === id || !one.grants.some(({ role }) => role === 'admin')) continue;
      expect(await admin.mutate('accounts.setGrants', { id: one.id, grants: [] })).toBeNull();
    }
    expect(await admin.mutate('accounts.setGrants', { id, grants: viewer })).toBe('refused');
    expect(await admin.mutate('accounts.remove', { id })).toBe('refused');
    await expect(admin.query('accounts.list')).resolves.toBeDefined();
  });
});

describe('a token', () => {
  const make = async (browser: Browser, input: object): Promise<string> => {
    const answer = await browser.post('/api/trpc/account.makeToken', {
      name: 'ci',
      days: 1,
      ...input,
    });
    return ((await answer.json()) as { result: { data: string } }).result.data;
  };

  test('may what it was made for, is kept as a hash, and says when it was used', async () => {
    const secret = await make(admin, { grants: viewer });
    const script = howdah.bearer(secret);
    expect((await script.get('/metrics')).status).toBe(200);
    await expect(script.query('accounts.list')).rejects.toThrow('forbidden');
    await expect(script.query('account.tokens')).rejects.toThrow('forbidden');
    const rows = await howdah.sql<{ whole: string }>(
      'select t::text as whole from howdah.api_token t',
    );
    expect(JSON.stringify(rows)).not.toContain(secret.slice(10));
    const used = await waitFor(
      async () => {
        const [token] =
          await admin.query<{ usedAt: number | null; usedFrom: string }[]>('account.tokens');
        return token?.usedAt === null ? null : token;
      },
      { timeoutMs: 5000, what: 'its use to be noted' },
    );
    expect(used?.usedFrom).toBe('127.0.0.1');
  });

  test('needs no origin, and a cookie beside it gives it no more', async () => {
    const { browser } = await somebody();
    const secret = await make(browser, { grants: viewer });
    const answer = await fetch(`${howdah.url}/api/trpc/accounts.add`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${secret}`,
        cookie: admin.cookie,
      },
      body: '{}',
    });
    expect(answer.status).toBe(403);
  });

  test('of an administrator leaves nobody behind who may more', async () => {
    const all = [{ role: 'admin', scope: { of: 'all' } }];
    const script = howdah.bearer(await make(admin, { grants: all }));
    expect((await script.get('/metrics')).status).toBe(200);
    const input = { name: 'x', email: 'left@behind.org', password: OWN, grants: all };
    expect(await script.mutate('accounts.add', input)).toBe('forbidden');
    await expect(script.query('accounts.list')).rejects.toThrow('forbidden');
  });

  test('ends when its owner’s password is given anew, as sessions do', async () => {
    const { id, browser } = await somebody();
    const script = howdah.bearer(await make(browser, { grants: viewer }));
    expect((await script.get('/metrics')).status).toBe(200);
    expect(await admin.mutate('accounts.resetPassword', { id, password: FIRST })).toBeNull();
    expect((await script.get('/metrics')).status).toBe(401);
  });

  test('can’t have more than who makes it, then or later', async () => {
    const { id, browser } = await somebody([{ role: 'operator', scope: { of: 'all' } }]);
    const tooMuch = { name: 'ci', days: 1, grants: [{ role: 'admin', scope: { of: 'all' } }] };
    expect(await browser.mutate('account.makeToken', tooMuch)).toBe('forbidden');
    const secret = await make(browser, { grants: viewer });
    expect((await howdah.bearer(secret).get('/metrics')).status).toBe(200);
    await admin.mutate('accounts.setGrants', { id, grants: [] });
    expect((await howdah.bearer(secret).get('/metrics')).status).toBe(403);
  });

  test('that is revoked or has expired is nobody’s, and its stream ends', async () => {
    const secret = await make(admin, { grants: viewer });
    const script = howdah.bearer(secret);
    const { ended } = await stream(script);
    const [token] = await admin.query<{ id: string }[]>('account.tokens');
    expect(await admin.mutate('account.revokeToken', { id: token?.id })).toBeNull();
    await ended;
    expect((await script.get('/metrics')).status).toBe(401);
    const other = await make(admin, { grants: viewer });
    await howdah.sql(`update howdah.api_token set expires_at = now() where revoked_at is null`);
    expect((await howdah.bearer(other).get('/metrics')).status).toBe(401);
  }, 20_000);
});

describe('the audit', () => {
  test('has who signed in and who could not, who was refused, and no password', async () => {
    const { email, browser } = await somebody();
    await browser.mutate('accounts.add', {
      name: 'x',
      email: 'x@y.zz',
      password: FIRST,
      grants: [],
    });
    const text = await waitFor(
      async () => {
        const rows = await howdah.sql<{ entry: string }>('select entry from howdah.audit');
        const all = rows.map(({ entry }) => entry).join('\n');
        return all.includes('refused-request') && all.includes(email) ? all : null;
      },
      { timeoutMs: 10_000, what: 'the audit to have it' },
    );
    expect(text).toContain('"action":"sign-in"');
    // The first administrator was made by nobody who is known, and is on record all the same.
    expect(text).toContain('"by":"the configuration"');
    expect(text).toContain('do not go together');
    expect(text).toContain('accounts.add');
    for (const secret of [FIRST, OWN, ADMIN.password]) expect(text).not.toContain(secret);
  });

  test('is read by who operates, of what they operate, and taken out as a table or as lines', async () => {
    const { browser: viewing } = await somebody();
    await expect(viewing.query('audit.page', {})).rejects.toThrow('forbidden');
    expect((await viewing.get('/api/audit/export')).status).toBe(403);
    const { browser: operating } = await somebody([{ role: 'operator', scope: { of: 'all' } }]);
    type Page = { items: { intent: { cluster: string | null; action: string } }[] };
    // There is no such cluster, but somebody wanted it.
    const wanted = {
      ...{ leader: 'a', leaderCzxid: '1', configVersion: null },
      ...{ requestVersion: null, lossBytes: null },
    };
    await admin.mutate('operations.start', {
      ...{ cluster: 'main~.2Fservice~none', seen: wanted },
      wish: { kind: 'switchover', candidate: 'b', at: null },
      ...{ confirm: 'none', reason: 'to be seen' },
    });
    const theirs = await waitFor(
      async () => {
        const page = await operating.query<Page>('audit.page', {});
        return page.items.length > 0 ? page : null;
      },
      { timeoutMs: 5000, what: 'the act to be in the audit' },
    );
    expect(theirs.items.every(({ intent }) => intent.cluster !== null)).toBe(true);
    const all = await admin.query<Page>('audit.page', { actions: ['sign-in'], limit: 500 });
    expect(all.items.length).toBeGreaterThan(5);
    expect(all.items.every(({ intent }) => intent.action === 'sign-in')).toBe(true);
    const table = await admin.get('/api/audit/export?format=csv&actions=sign-in');
    expect(table.headers.get('content-disposition')).toMatch(
      /^attachment; filename="howdah-audit-/,
    );
    expect((await table.text()).split('\r\n').length).toBeGreaterThan(all.items.length);
    const lines = await (await admin.get('/api/audit/export?format=jsonl')).text();
    expect(
      lines
        .trim()
        .split('\n')
        .every((line) => JSON.parse(line).action),
    ).toBe(true);
    expect((await admin.get('/api/audit/export?format=xml')).status).toBe(400);
    expect((await admin.get('/api/audit/export?nonsense=1')).status).toBe(400);
  });
});
