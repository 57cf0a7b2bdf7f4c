import { withStoreFrozen } from './frozen-store';
import { nobody } from './people';
import { expect, openOrders, test } from './test';

const AWAY = /^Accounts can’t be asked since/;

test('while accounts can’t be asked the page says so, goes on reading, and acts for nobody', async ({
  page,
  browser,
  real,
}) => {
  test.slow();
  const { sandbox, orders, howdah } = real;
  await openOrders(page);
  const button = page.getByRole('button', { name: 'Switchover', exact: true });
  await expect(button).not.toHaveAttribute('aria-disabled', 'true');
  await withStoreFrozen(sandbox, async () => {
    const banner = page.locator('#read-only');
    await expect(banner).toHaveText(AWAY, { timeout: 60_000 });
    await expect(banner).toContainText('reading goes on, acting takes the emergency token');
    await expect(button).toHaveAttribute('aria-disabled', 'true');
    await expect(button).toHaveAccessibleDescription(/Accounts can’t be asked now/);
    // What happens is still seen as it happens, and by who opens a page only now.
    await orders.setPause(true);
    await expect(page.getByText('Maintenance, Patroni paused')).toBeVisible();
    await expect(page.getByTestId('connection')).toHaveAttribute('data-phase', 'live');
    await page.reload();
    await expect(page.getByText('Maintenance, Patroni paused')).toBeVisible();
    await expect(page.locator('#read-only')).toHaveText(AWAY);

    // Nobody gets in by a password, and the way in says by what they do.
    const context = await browser.newContext({ baseURL: howdah.url, storageState: nobody });
    const wayIn = await context.newPage();
    await wayIn.goto('/sign-in');
    await expect(wayIn.getByText('Accounts can’t be asked now')).toBeVisible();
    await expect(wayIn.getByLabel('Emergency token', { exact: true })).toBeVisible();
    await context.close();
    await orders.setPause(false);
  });
  await expect(page.locator('#read-only')).toHaveCount(0, { timeout: 60_000 });
  await expect(button).not.toHaveAttribute('aria-disabled', 'true', { timeout: 60_000 });
});
