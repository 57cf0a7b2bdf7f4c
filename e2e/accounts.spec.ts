import type { Page } from '@playwright/test';
import { asAdmin, nobody, operatorOf, somebody, viewer } from './people';
import { ADMIN } from './signed-in';
import { expect, ORDERS, test } from './test';

const ROW = '[data-testid="fleet-row"][data-cluster="orders"]';

async function signInAs(page: Page, who: { email: string; password: string }): Promise<void> {
  await page.getByLabel('E-mail address').fill(who.email);
  await page.getByLabel('Password', { exact: true }).fill(who.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

/** What a script on the page could send, whatever the page shows. */
const startSwitchover = (page: Page) =>
  page.evaluate(async () => {
    const answer = await fetch('/api/trpc/operations.start', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        cluster: 'main~.2Fservice~orders',
        wish: { kind: 'switchover', candidate: 'orders-2', at: null },
        seen: {
          ...{ leader: 'orders-1', leaderCzxid: '1', configVersion: null },
          ...{ requestVersion: null, lossBytes: null },
        },
        ...{ confirm: 'orders', reason: '' },
      }),
    });
    return answer.status;
  });

test.describe('without a session', () => {
  test.use({ storageState: nobody });

  test('every page leads to the way in, and from there back to itself', async ({ page }) => {
    await page.goto('/timeline?kind=members');
    await expect(page).toHaveURL('/sign-in?to=%2Ftimeline%3Fkind%3Dmembers');
    await expect(page.getByLabel('E-mail address')).toBeFocused();
    await signInAs(page, { ...ADMIN, password: 'not the password' });
    await expect(page.getByRole('main').getByRole('alert')).toContainText('do not go together');
    await expect(page.getByLabel('E-mail address')).toHaveValue(ADMIN.email);
    await expect(page.getByLabel('Password', { exact: true })).toHaveValue('not the password');
    await page.getByLabel('Password', { exact: true }).fill(ADMIN.password);
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL('/timeline?kind=members');
    await expect(page.getByTestId('connection')).toHaveAttribute('data-phase', 'live');
  });

  test('an address elsewhere is not where signing in leads', async ({ page, real }) => {
    await page.goto('/sign-in?to=%2F%2Fevil.example%2F');
    await signInAs(page, ADMIN);
    await expect(page).toHaveURL(`${real.howdah.url}/`);
  });

  test('what the provider has refused is said, and another way in still leads where one wanted', async ({
    page,
  }) => {
    await page.goto('/sign-in?error=no_role&to=%2Ftimeline');
    await expect(page.getByRole('main').getByRole('alert')).toContainText(
      'none of your groups has a role',
    );
    await signInAs(page, ADMIN);
    await expect(page).toHaveURL('/timeline');
  });

  test('the emergency token lets in, loudly, and out again', async ({ page, real }) => {
    await page.goto('/sign-in');
    await page.getByRole('button', { name: 'Use the emergency token' }).click();
    await page.getByLabel('Emergency token', { exact: true }).fill('not the token');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('main').getByRole('alert')).toContainText(
      'not the emergency token',
    );
    const token = real.howdah.headers.authorization.replace('Bearer ', '');
    await page.getByLabel('Emergency token', { exact: true }).fill(token);
    await page.keyboard.press('Enter');
    await expect(page.locator(ROW)).toBeVisible();
    await expect(page.getByText('You are signed in by the emergency token')).toBeVisible();
    await page.goto('/account');
    await expect(page.getByText('The emergency token is no account')).toBeVisible();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await expect(page).toHaveURL('/sign-in');
    await page.goto('/');
    await expect(page).toHaveURL('/sign-in');
  });
});

test('somebody is added, has to change the first password, and then sees what they may', async ({
  page,
  browser,
  real,
}) => {
  await page.goto('/accounts');
  await page.getByRole('button', { name: 'Add an account' }).click();
  const email = `nora.${Date.now()}@example.org`;
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('Nora');
  await dialog.getByLabel('E-mail address').fill(email);
  await dialog.getByLabel('Where').selectOption('cluster main~.2Fservice~orders');
  await dialog.getByRole('button', { name: 'Add the account' }).click();
  const password = (await dialog.getByLabel('The password').textContent()) ?? '';
  await dialog.getByRole('button', { name: 'Done' }).click();
  await expect(page.locator(`[data-testid="account-row"][data-email="${email}"]`)).toContainText(
    /Viewer of orders .*on main/,
  );

  const context = await browser.newContext({ baseURL: real.howdah.url, storageState: nobody });
  const theirs = await context.newPage();
  await theirs.goto(ORDERS);
  await signInAs(theirs, { email, password });
  await expect(
    theirs.getByRole('heading', { name: 'Choose a password of your own' }),
  ).toBeVisible();
  // Whatever page is asked for, and whatever a script asks for.
  await theirs.goto('/account');
  await expect(
    theirs.getByRole('heading', { name: 'Choose a password of your own' }),
  ).toBeVisible();
  await expect(theirs.getByRole('navigation')).toHaveCount(0);
  expect(await startSwitchover(theirs)).toBe(403);
  await theirs.getByLabel('Present password').fill(password);
  await theirs.getByLabel('New password').fill('nora');
  await theirs.keyboard.press('Enter');
  await expect(theirs.getByText('at least 12 characters')).toBeVisible();
  await theirs.getByLabel('New password').fill('chosen by herself');
  await theirs.keyboard.press('Enter');
  await expect(theirs.getByRole('heading', { name: email })).toBeVisible();
  await theirs.goto('/');
  await expect(theirs.locator(ROW)).toBeVisible();
  await context.close();
});

test('a viewer sees why they may not act, and is refused whatever they send', async ({
  browser,
  real,
}) => {
  const { context } = await somebody({ browser, howdah: real.howdah }, 'vera', [viewer]);
  const page = await context.newPage();
  await page.goto(ORDERS);
  const button = page.getByRole('button', { name: 'Switchover', exact: true });
  await expect(button).toHaveAttribute('aria-disabled', 'true');
  await expect(button).toHaveAccessibleDescription(
    'This takes an operator here, and you are a viewer.',
  );
  await button.click({ force: true });
  await page.keyboard.press('s');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  expect(await startSwitchover(page)).toBe(403);
  for (const place of ['Accounts', 'Audit']) {
    await expect(page.getByRole('link', { name: place, exact: true })).toHaveCount(0);
  }
  await page.goto('/accounts');
  await expect(page.getByText('This takes an administrator of all clusters')).toBeVisible();
  await context.close();
});

test('an operator of another cluster neither sees nor moves this one', async ({
  browser,
  real,
}) => {
  const { context } = await somebody({ browser, howdah: real.howdah }, 'otto', [
    operatorOf('another'),
  ]);
  const page = await context.newPage();
  await page.goto('/');
  await expect(page.getByText('There is no cluster that you may see')).toBeVisible();
  await page.goto(ORDERS);
  await expect(page.getByRole('heading', { name: 'There is no such cluster' })).toBeVisible();
  expect(await startSwitchover(page)).toBe(404);
  await context.close();
});

test('a role that is given while somebody waits shows them the cluster by itself, and taken away hides it', async ({
  browser,
  real,
}) => {
  const { howdah } = real;
  const { id, context } = await somebody({ browser, howdah }, 'nils', []);
  const page = await context.newPage();
  await page.goto('/');
  await expect(page.getByRole('heading', { name: 'You may see no cluster yet' })).toBeVisible();
  await expect(page.getByText('ask', { exact: false }).first()).toBeVisible();
  await expect(page.getByText(/Disconnected|can’t be reached/)).toHaveCount(0);
  await asAdmin(howdah, 'accounts.setGrants', { id, grants: [operatorOf('orders')] });
  await expect(page.locator(ROW)).toBeVisible({ timeout: 25_000 });
  await page.locator(ROW).getByRole('link').first().click();
  const button = page.getByRole('button', { name: 'Switchover', exact: true });
  await expect(button).not.toHaveAttribute('aria-disabled', 'true');
  await asAdmin(howdah, 'accounts.setGrants', {
    id,
    grants: [{ ...operatorOf('orders'), role: 'viewer' }],
  });
  await expect(button).toHaveAttribute('aria-disabled', 'true');
  await asAdmin(howdah, 'accounts.setGrants', { id, grants: [operatorOf('another')] });
  await expect(page.getByRole('heading', { name: 'There is no such cluster' })).toBeVisible();
  await context.close();
});

test('whoever has no role yet is not refused the stream again and again', async ({
  browser,
  real,
}) => {
  const { howdah } = real;
  const { id, context } = await somebody({ browser, howdah }, 'nora', []);
  const page = await context.newPage();
  // What a worker asks for is not seen here.
  await page.addInitScript(() => Reflect.deleteProperty(window, 'SharedWorker'));
  await page.clock.install();
  let asked = 0;
  page.on('request', (request) => {
    if (new URL(request.url()).pathname === '/api/stream') asked += 1;
  });
  await page.goto('/');
  await expect(page.getByRole('heading', { name: 'You may see no cluster yet' })).toBeVisible();
  const before = asked;
  await page.clock.runFor(60_000);
  await page.evaluate(() => fetch('/api/health'));
  expect(asked).toBe(before);
  await asAdmin(howdah, 'accounts.setGrants', { id, grants: [operatorOf('orders')] });
  await expect(page.locator(ROW)).toBeVisible();
  await context.close();
});

test('signing out that fails says so in the palette as well', async ({ page }) => {
  await page.goto('/');
  await expect(page.locator(ROW)).toBeVisible();
  await page.route('/api/auth/sign-out', (route) => route.abort());
  await page.keyboard.press('Control+k');
  await page.getByPlaceholder('Cluster, member or command').fill('sign out');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog').getByRole('alert')).toHaveText(
    'Howdah can’t be reached: you are still signed in.',
  );
});

test('a session that an administrator ends takes its open page to the way in within seconds', async ({
  page,
  browser,
  real,
}) => {
  const person = await somebody({ browser, howdah: real.howdah }, 'rita', [viewer]);
  const theirs = await person.context.newPage();
  await theirs.goto(`${ORDERS}?range=6h`);
  await expect(theirs.getByTestId('headline')).toBeVisible();
  await page.goto(`/accounts?account=${person.id}`);
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByTestId('session')).toHaveCount(1);
  await dialog.getByRole('button', { name: 'End all' }).click();
  await expect(theirs).toHaveURL(/\/sign-in\?to=%2Fcluster/, { timeout: 8_000 });
  await expect(dialog.getByText('Nowhere.')).toBeVisible();
  await signInAs(theirs, person);
  await expect(theirs).toHaveURL(`${ORDERS}?range=6h`);
  await person.context.close();
});

test('who signs out takes all tabs along, and the next person finds nothing of theirs', async ({
  browser,
  real,
}) => {
  const { howdah } = real;
  const first = await somebody({ browser, howdah }, 'sven', [viewer]);
  const second = await somebody({ browser, howdah }, 'tove', []);
  await second.context.close();
  const [one, other] = [await first.context.newPage(), await first.context.newPage()];
  await one.goto('/');
  await other.goto(ORDERS);
  await expect(one.locator(ROW)).toBeVisible();
  await expect(other.getByTestId('headline')).toBeVisible();
  await one.getByTestId('account').click();
  await one.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(one).toHaveURL('/sign-in');
  await expect(other).toHaveURL(/\/sign-in\?to=/, { timeout: 8_000 });

  await signInAs(one, second);
  await expect(one.getByRole('heading', { name: 'You may see no cluster yet' })).toBeVisible();
  await one.goBack();
  await expect(one.locator(ROW)).toHaveCount(0);
  await first.context.close();
});

test('a tab that another has signed in anew shows what the new person may, and no more', async ({
  browser,
  real,
}) => {
  const { howdah } = real;
  const first = await somebody({ browser, howdah }, 'ulla', [viewer]);
  const second = await somebody({ browser, howdah }, 'uwe', [operatorOf('another')]);
  const tab = await first.context.newPage();
  await tab.goto('/');
  await expect(tab.locator(ROW)).toBeVisible();
  // As if it had been done in another window: the cookie is another's from one moment to the next.
  await first.context.clearCookies();
  await first.context.addCookies((await second.context.storageState()).cookies);
  await asAdmin(howdah, 'accounts.endSessions', { id: first.id });
  await expect(tab.getByText('There is no cluster that you may see')).toBeVisible();
  await expect(tab.locator(ROW)).toHaveCount(0);
  await Promise.all([first.context.close(), second.context.close()]);
});

test('a token is shown once, may what it was made for, and is refused once revoked', async ({
  browser,
  real,
}) => {
  const { url } = real.howdah;
  const { context } = await somebody({ browser, howdah: real.howdah }, 'wim', [viewer]);
  const page = await context.newPage();
  await page.goto('/account');
  await page.getByRole('button', { name: 'Make a token' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('nightly report');
  await expect(dialog.getByLabel('Role').locator('option')).toHaveText(['Viewer']);
  await dialog.getByRole('button', { name: 'Make the token' }).click();
  const secret = (await dialog.getByLabel('The token').textContent()) ?? '';
  const ask = () =>
    fetch(`${url}/api/trpc/account.me`, { headers: { authorization: `Bearer ${secret}` } });
  expect((await ask()).status).toBe(200);
  await dialog.getByRole('button', { name: 'Done' }).click();
  await expect(page.getByText(secret)).toHaveCount(0);
  await page.getByRole('button', { name: 'Revoke nightly report' }).click();
  const question = page.getByRole('alertdialog');
  await expect(question.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await question.getByRole('button', { name: 'Revoke nightly report' }).click();
  await expect(page.getByTestId('token')).toContainText('revoked');
  await expect.poll(async () => (await ask()).status).toBe(401);
  await context.close();
});

test('the last administrator can’t be taken away, and is told so where they tried', async ({
  page,
}) => {
  await page.goto('/accounts?q=admin%40example.org');
  await page.getByTestId('account-row').getByRole('button').first().click();
  const dialog = page.getByRole('dialog');
  const remove = dialog.getByRole('button', { name: 'Remove', exact: true });
  await expect(remove).toHaveAttribute('aria-disabled', 'true');
  await dialog.getByRole('button', { name: /^Take away: administrator/ }).click();
  await dialog.getByRole('button', { name: 'Save the roles' }).click();
  await expect(dialog.getByRole('alert')).toContainText(/administrator/);
});

test('an account is removed by typing whose it is', async ({ page, browser, real }) => {
  const { id, email, context } = await somebody({ browser, howdah: real.howdah }, 'xenia', []);
  await page.goto(`/accounts?account=${id}`);
  await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
  const verb = page.getByRole('button', { name: `Remove ${email}` });
  await expect(verb).toBeDisabled();
  await page.getByLabel(`Type ${email} to confirm`).fill(email);
  await verb.click();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(page.locator(`[data-email="${email}"]`)).toHaveCount(0);
  await context.close();
});
