import { readFile } from 'node:fs/promises';
import { asAdmin, operatorOf, somebody, viewer } from './people';
import { expect, openOrders, test } from './test';

test('a switchover stands in the audit with who, why, on what and what became of it', async ({
  page,
}) => {
  await openOrders(page);
  await page.getByRole('button', { name: 'Switchover', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(/^Reason/).fill('kernel update, ticket 4711');
  await dialog.getByLabel(/Type orders to confirm/).fill('orders');
  await dialog.getByRole('button', { name: /^Switch orders over to/ }).click();
  await expect(page.getByTestId('run-outcome').first()).toHaveAttribute('data-code', 'done', {
    timeout: 60_000,
  });
  await page.goto('/audit?action=switchover&q=4711');
  const act = page.getByTestId('audit-act').first();
  await expect(act).toHaveAttribute('data-result', 'done', { timeout: 20_000 });
  await expect(act).toContainText('admin@example.org');
  await expect(act).toContainText('administrator, from 127.0.0.1');
  await expect(act).toContainText(/Switchover of orders .*on main to orders-\d/);
  await expect(act).toContainText('“kernel update, ticket 4711”');
  await act.getByRole('button', { name: /^All of it/ }).click();
  await expect(act.getByRole('region', { name: 'Decided on' })).toContainText('Leader');
  // The address says all of it: sending it sends the view.
  await expect(page).toHaveURL(/action=switchover&q=4711&item=act\+\d+/);
  await page.reload();
  await expect(act.getByRole('region', { name: 'Decided on' })).toContainText('Leader');
});

test('a change that was not made through Howdah can’t be taken for one that was', async ({
  page,
  real,
}) => {
  await page.goto('/audit?by=others');
  await expect(page.getByRole('radio', { name: 'Not by Howdah' })).toBeChecked();
  await real.orders.patchConfig({ postgresql: { parameters: { work_mem: '7MB' } } });
  const seen = page.getByTestId('audit-seen').first();
  await expect(seen).toContainText('not by Howdah', { timeout: 20_000 });
  await expect(page.getByTestId('audit-act')).toHaveCount(0);
  await page.getByRole('radio', { name: 'Through Howdah' }).click();
  await expect(page.getByTestId('audit-seen')).toHaveCount(0);
  await expect(page.getByTestId('audit-act').first()).toBeVisible();
  await real.orders.patchConfig({ postgresql: { parameters: { work_mem: null } } });
});

test('an act on an account says in its first line whose it was, and what they may then', async ({
  page,
  real,
}) => {
  const email = `otto.${Date.now()}@example.org`;
  const password = 'to be changed at once';
  await asAdmin(real.howdah, 'accounts.add', { name: 'Otto', email, password, grants: [viewer] });
  await page.goto('/audit?action=account-added');
  await expect(page.getByTestId('audit-act').first()).toContainText(
    `Account added: ${email} (viewer of all clusters)`,
  );
});

test('what is narrowed down is exported as it is shown', async ({ page }) => {
  await page.goto('/audit?action=sign-in&by=howdah');
  await expect(page.getByTestId('audit-act').first()).toContainText('Sign-in');
  const [csv] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Export what fits as CSV' }).click(),
  ]);
  const [head, ...lines] = (await readFile(await csv.path(), 'utf8')).trim().split('\r\n');
  expect(head).toMatch(/^at,by,action,who/);
  expect(lines.length).toBeGreaterThan(0);
  for (const line of lines) expect(line).toContain('Sign-in');
});

test('an operator of another cluster reads nothing of this one, and a viewer nothing at all', async ({
  browser,
  real,
}) => {
  const { howdah } = real;
  const operator = await somebody({ browser, howdah }, 'olga', [operatorOf('another')]);
  const page = await operator.context.newPage();
  await page.goto('/audit');
  await expect(page.getByText('You see what concerns the clusters that you operate')).toBeVisible();
  await expect(page.getByText('Nothing has been done yet.')).toBeVisible();
  await operator.context.close();

  const reader = await somebody({ browser, howdah }, 'vic', [viewer]);
  const other = await reader.context.newPage();
  await other.goto('/audit');
  await expect(
    other.getByRole('heading', { name: 'The audit is for who operates clusters' }),
  ).toBeVisible();
  await reader.context.close();
});
