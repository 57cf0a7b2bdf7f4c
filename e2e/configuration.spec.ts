import { waitFor } from '@/sandbox';
import { expect, openOrders, test } from './test';

test('a configuration change is found, compared, restored, and converges on every member', async ({
  page,
  real,
}) => {
  const { orders } = real;
  const everywhere = (workMem: string) =>
    waitFor(
      async () => {
        const all = await Promise.all(orders.members.map((one) => one.sql('show work_mem')));
        return all.every(([row]) => row?.work_mem === workMem);
      },
      { timeoutMs: 30_000, what: `work_mem ${workMem} on every member` },
    );
  const set = (workMem: string) =>
    orders.patchConfig({ postgresql: { parameters: { work_mem: workMem } } });
  await set('8MB');
  await everywhere('8MB');
  await openOrders(page);
  await page.getByRole('link', { name: 'Configuration' }).click();
  const versions = page.getByTestId('version');
  const count = await versions.count().catch(() => 0);
  await set('12MB');
  await everywhere('12MB');
  // Told as it happens, and what of it differs.
  await expect.poll(() => versions.count(), { timeout: 20_000 }).toBeGreaterThan(count);
  await expect(page.locator('[data-diff="removed"]')).toContainText('"work_mem": "8MB"');
  await expect(page.locator('[data-diff="added"]')).toContainText('"work_mem": "12MB"');

  await versions.nth(1).getByRole('button').first().click();
  await expect(page).toHaveURL(/version=\d+/);
  await page.getByRole('button', { name: 'Restore this version' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByTestId('setting-change')).toHaveText(
    /postgresql\.parameters\.work_mem.*reload.*"12MB" → "8MB"/,
  );
  const restore = dialog.getByRole('button', {
    name: 'Restore the earlier configuration of orders',
  });
  await expect(restore).toBeDisabled();
  await dialog.getByLabel('Reason').fill('12MB was a mistake');
  await dialog.getByLabel(/Type orders to confirm/).fill('orders');
  await restore.click();
  const outcome = dialog.getByTestId('run-outcome');
  await expect(outcome).toHaveAttribute('data-code', 'done', { timeout: 60_000 });
  await expect(outcome).toContainText(/Written as version \d+; every member runs it\./);
  await expect(dialog.getByText('Reason: 12MB was a mistake')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  await everywhere('8MB');
  await expect(page.locator('[data-diff="added"]')).toContainText('"work_mem": "8MB"');

  await page.goto('/timeline?kind=operations');
  const told = page.getByTestId('timeline-event');
  await expect(told.first()).toContainText(/Written as version \d+; every member runs it/);
  await expect(told.nth(1)).toContainText(
    'Restoration of an earlier configuration asked for by admin@example.org. Reason: 12MB was a mistake',
  );
});

test('a restore is decided on what was seen: a change meanwhile stops it', async ({
  page,
  real,
}) => {
  await real.orders.patchConfig({ postgresql: { parameters: { work_mem: '9MB' } } });
  await openOrders(page);
  await page.getByRole('link', { name: 'Configuration' }).click();
  await expect(page.locator('[data-diff="added"]', { hasText: '"work_mem": "9MB"' })).toBeVisible();
  await page.getByTestId('version').nth(1).getByRole('button').first().click();
  await page.getByRole('button', { name: 'Restore this version' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(/Type orders to confirm/).fill('orders');
  await real.orders.patchConfig({ postgresql: { parameters: { work_mem: '10MB' } } });
  await expect(
    dialog.getByText('The configuration of orders has changed since you looked.'),
  ).toBeVisible();
  await expect(dialog.getByRole('button', { name: /^Restore the earlier/ })).toBeDisabled();
  await dialog.getByRole('button', { name: 'Start over' }).click();
  await expect(dialog.getByTestId('setting-change')).toContainText('"10MB"');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
});
