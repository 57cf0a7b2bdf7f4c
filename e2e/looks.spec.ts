import { axePath, seriousViolations } from './axe';
import { expect, ORDERS, openOrders, test } from './test';

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in ${colorScheme}`, () => {
    test.use({ colorScheme });

    test('axe finds nothing serious on the fleet, the timeline, reliability, ZooKeeper, the cluster and the dialog', async ({
      page,
    }) => {
      await page.addInitScript({ path: axePath });
      await page.goto('/');
      await expect(page.getByTestId('fleet-row').first()).toBeVisible();
      expect(await seriousViolations(page)).toEqual([]);
      await page.goto('/timeline');
      await expect(page.getByTestId('timeline-event').first()).toBeVisible();
      expect(await seriousViolations(page)).toEqual([]);
      await page.goto('/reliability');
      await expect(page.getByTestId('reliability-row').first()).toBeVisible();
      expect(await seriousViolations(page)).toEqual([]);
      await page.goto('/reliability?cluster=main~.2Fservice~orders');
      await expect(page.getByRole('heading', { name: 'How reliable orders was' })).toBeVisible();
      expect(await seriousViolations(page)).toEqual([]);
      await page.goto('/zookeeper');
      await expect(page.getByTestId('lane').first()).toBeVisible();
      expect(await seriousViolations(page)).toEqual([]);
      await openOrders(page);
      expect(await seriousViolations(page)).toEqual([]);
      await page.getByRole('button', { name: 'Switchover', exact: true }).click();
      await expect(page.getByRole('radio').first()).toBeVisible();
      expect(await seriousViolations(page)).toEqual([]);
    });

    test('axe finds nothing serious in the dialogs, the menus and the list of operations', async ({
      page,
    }) => {
      await page.addInitScript({ path: axePath });
      for (const op of [
        'failover',
        'restart&member=orders-2',
        'reinitialise',
        'pause',
        'removal',
      ]) {
        await page.goto(`${ORDERS}?op=${op}`);
        const dialog = page.getByRole('dialog');
        await expect(dialog.locator('[data-code="zookeeper"]')).toBeVisible();
        expect(await seriousViolations(page), op).toEqual([]);
      }
      await page.keyboard.press('Escape');
      for (const menu of ['Operate', 'Operate orders-2']) {
        await page.getByRole('button', { name: menu, exact: true }).click();
        await expect(page.getByRole('menuitem').first()).toBeVisible();
        expect(await seriousViolations(page), menu).toEqual([]);
        await page.keyboard.press('Escape');
      }
      await page.goto(`${ORDERS}/runs`);
      await expect(page.getByRole('heading', { name: 'Operations on orders' })).toBeVisible();
      expect(await seriousViolations(page)).toEqual([]);
    });
  });
}

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 } });

  const paths = [ORDERS, `${ORDERS}?op=failover`, `${ORDERS}?op=restart`, `${ORDERS}/runs`];
  for (const path of ['/', ...paths, '/timeline', '/reliability', '/zookeeper']) {
    test(`nothing is wider than the screen on ${path}`, async ({ page }) => {
      await page.goto(path);
      await expect(page.getByTestId('connection')).toContainText('Live');
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(width).toBeLessThanOrEqual(390);
    });
  }
});

test('the keyboard alone opens a cluster and its switchover, and leaves it again', async ({
  page,
}) => {
  await page.goto('/');
  await expect(page.getByTestId('fleet-row').first()).toBeVisible();
  await page.keyboard.press('/');
  await page.keyboard.type('orders');
  await expect(page.getByTestId('fleet-row')).toHaveCount(1);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/orders/);
  await expect(page.getByTestId('headline')).toBeVisible();
  await page.getByRole('button', { name: 'Switchover', exact: true }).focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
});

test('an address of no cluster says so', async ({ page }) => {
  await page.goto('/cluster/main~.2Fservice~nothing');
  await expect(page.getByText(/no (such )?cluster/i).first()).toBeVisible();
});
