import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type OidcProvider, startOidcProvider, type TokenFault, waitFor } from '@/sandbox';
import { AccountProcess, cookieOf, secretFile } from './account-process';

const howdah = new AccountProcess();
let provider: OidcProvider;
const ann = { sub: 'ann', name: 'Ann', email: 'ann@sso.example', groups: ['dba'] };
const bob = { sub: 'bob', name: 'Bob', email: 'bob@sso.example', groups: ['nobody cares'] };

beforeAll(async () => {
  provider = await startOidcProvider({ users: [ann, bob] });
  const config = secretFile(
    howdah.root,
    'howdah.json',
    JSON.stringify({
      accounts: {
        provider: {
          ...{ name: 'Example SSO', issuer: provider.issuer, clientId: provider.clientId },
          password: provider.clientSecret,
          groups: [
            { group: 'dba', role: 'operator' },
            { group: 'boss', role: 'admin' },
            {
              group: 'orders',
              role: 'viewer',
              ensemble: 'main',
              namespace: '/service',
              scope: 'orders',
            },
          ],
        },
      },
    }),
  );
  await howdah.start((url) => ({ HOWDAH_CONFIG: config, HOWDAH_URL: url }));
}, 90_000);
afterAll(async () => {
  provider?.close();
  await howdah.end();
}, 30_000);

beforeEach(() => {
  provider.users = [ann, bob];
  provider.signsIn = 'ann';
  provider.fault = null;
  provider.denies = false;
});

/** Goes to the provider and back, as a browser does. @returns the answer to the way back. */
async function goThere({ to = '/', change = (url: URL) => url, cookies = '' } = {}) {
  const begun = await howdah.browser(cookies).post('/api/auth/provider', { to });
  const { url } = (await begun.json()) as { url: string };
  const there = await fetch(url, { redirect: 'manual' });
  const back = change(new URL(there.headers.get('location') ?? ''));
  const answer = await fetch(back, {
    redirect: 'manual',
    headers: { cookie: cookieOf(begun) },
  });
  return { answer, back, location: answer.headers.get('location') ?? '' };
}

const grantsNow = async (answer: Response) => {
  const browser = howdah.browser(cookieOf(answer));
  const { grants } = await browser.query<{
    grants: { role: string; scope: object; source: string }[];
  }>('account.me');
  expect(grants.every(({ source }) => source === 'groups')).toBe(true);
  return grants.map(({ role, scope }) => ({ role, scope }));
};
const all = (role: string) => ({ role, scope: { of: 'all' } });

test('whoever the provider vouches for is signed in, with the roles of their groups', async () => {
  const { answer, location } = await goThere({ to: '/timeline?code=x' });
  expect(location).toBe('/timeline?code=x');
  expect(await grantsNow(answer)).toEqual([all('operator')]);
});

test('their roles are those of their groups at the last sign-in', async () => {
  const first = (await goThere()).answer;
  provider.users = [{ ...ann, groups: ['boss', 'orders'] }];
  const second = (await goThere()).answer;
  const cluster = 'main~.2Fservice~orders';
  const wanted = [all('admin'), { role: 'viewer', scope: { of: 'cluster', cluster } }];
  expect(await grantsNow(second)).toEqual(expect.arrayContaining(wanted));
  // What was begun before has them as well, soon.
  await waitFor(async () => (await grantsNow(first)).length === 2, {
    timeoutMs: 5000,
    what: 'the older session to have the new roles',
  });
});

test('whose groups have no role is not let in, and an account they had has none any more', async () => {
  const before = (await goThere()).answer;
  provider.users = [{ ...ann, groups: ['something else'] }];
  const { answer, location } = await goThere();
  expect(location).toContain('error=no_role');
  expect(cookieOf(answer)).not.toContain('session_token=');
  await waitFor(async () => (await grantsNow(before)).length === 0, {
    timeoutMs: 5000,
    what: 'the older session to have no role',
  });
  provider.signsIn = 'bob';
  provider.users = [bob];
  expect((await goThere()).location).toContain('error=no_role');
  const known = await howdah.sql('select from howdah.account where email = $1', [bob.email]);
  expect(known).toHaveLength(0);
});

test('an address that has an account here already does not become that account', async () => {
  provider.users = [{ ...ann, sub: 'thief', email: 'root@example.org', groups: ['boss'] }];
  provider.signsIn = 'thief';
  const { answer, location } = await goThere();
  expect(location).toContain('error=account_not_linked');
  expect(cookieOf(answer)).not.toContain('session_token=');
});

describe('nobody is signed in by an answer', () => {
  test.each<TokenFault>([
    ...(['wrong-nonce', 'wrong-issuer', 'wrong-audience'] as const),
    ...(['wrong-key', 'expired', 'alg-none'] as const),
  ])('with %s', async (fault) => {
    provider.fault = fault;
    const { answer, location } = await goThere();
    expect(location).toMatch(/^\/sign-in\?to=%2F&error=[a-z_]+$/);
    expect(cookieOf(answer)).not.toContain('session_token=');
  });

  test('that says no', async () => {
    provider.denies = true;
    expect((await goThere()).location).toContain('error=access_denied');
  });

  test('to a question that was not asked, or was asked in another browser', async () => {
    const other = (url: URL) => {
      url.searchParams.set('state', 'another');
      return url;
    };
    const { answer, location } = await goThere({ change: other });
    expect(location).toContain('error=');
    expect(cookieOf(answer)).not.toContain('session_token=');
    const { back } = await goThere();
    const replayed = await fetch(back, { redirect: 'manual' });
    expect(replayed.headers.get('location')).toContain('error=');
  });
});

test('nobody is led elsewhere by it', async () => {
  for (const to of ['https://evil.example/', '//evil.example', '/\\evil.example', 'javascript:x']) {
    expect((await goThere({ to })).location).toBe('/');
  }
});

test('what it gave is not kept', async () => {
  await goThere();
  const rows = await howdah.sql<{ kept: boolean }>(
    `select coalesce(access_token, refresh_token, id_token) is not null as kept
     from howdah.account_login where provider = 'oidc'`,
  );
  expect(rows.length).toBeGreaterThan(0);
  expect(rows.every(({ kept }) => !kept)).toBe(true);
});

test('roles by groups are given and taken on record, and end by themselves', async () => {
  const { answer } = await goThere();
  const rows = await howdah.sql<{ entry: string }>('select entry from howdah.audit');
  const changed = rows
    .map(({ entry }) => JSON.parse(entry))
    .filter((one) => one.action === 'grant-changed');
  expect(changed.length).toBeGreaterThan(0);
  expect(changed.every(({ detail }) => detail.by === 'groups at the provider')).toBe(true);
  // As of a sign-in that was too long ago.
  await howdah.sql(`update howdah.account_grant set created_at = now() - interval '31 days'`);
  await waitFor(async () => (await grantsNow(answer)).length === 0, {
    timeoutMs: 5000,
    what: 'them to hold no more',
  });
});

test('whoever comes back again and again with nothing is stopped, and fills nothing', async () => {
  const statuses = [];
  for (let i = 0; i < 40; i += 1) {
    const answer = await fetch(`${howdah.url}/api/auth/callback/oidc?state=x&code=${i}`, {
      redirect: 'manual',
    });
    statuses.push(answer.status);
  }
  expect(statuses.at(-1)).toBe(429);
});
