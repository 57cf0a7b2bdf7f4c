import type { Locator } from '@playwright/test';
import { generateLag } from './generated-lag';
import { expect, ORDERS, openOrders, test } from './test';

/** Of both standbys, and of whoever was one earlier. */
const hasLines = (chart: Locator) =>
  expect.poll(() => chart.locator('.lag-line').count(), { timeout: 20_000 }).toBeGreaterThan(1);

test('lag is there after a restart, can be looked at closely, and sent as an address', async ({
  page,
  real,
}) => {
  await page.goto('/timeline');
  await expect(page.getByTestId('history-state')).toHaveAttribute('data-state', 'ready');
  await openOrders(page);
  // A line at zero has no height, and so counts as hidden.
  await page.locator('.lag-line').first().waitFor({ state: 'attached' });
  // What was sampled is written when it has come to a minute, or at the end.
  await real.howdah.restart();
  await page.goto(`${ORDERS}?range=6h`);
  const chart = page.getByTestId('kept-lag');
  await hasLines(chart);
  await expect(chart).toContainText('Lowest and highest of each 60 s');

  // The newest samples are at the right edge of six hours.
  const plot = page.getByTestId('lag-plot');
  await plot.scrollIntoViewIfNeeded();
  const box = await plot.boundingBox();
  if (!box) throw new Error('there is no plot');
  const y = box.y + box.height / 2;
  await page.mouse.move(box.x + box.width - 30, y);
  await page.mouse.down();
  // A pixel is 20 s, and there may be no more than that of it.
  await page.mouse.move(box.x + box.width - 0.2, y, { steps: 5 });
  await page.mouse.up();
  await expect(page).toHaveURL(/from=.*Z&to=.*Z/);
  await expect(page.getByTestId('past')).toContainText('Past:');
  const closer = page.url();
  await page.getByLabel('Zoom out').click();
  await expect(page).not.toHaveURL(closer);
  await page.goto(closer);
  await expect(page.getByTestId('past')).toBeVisible();
  await hasLines(chart);
  await page.getByRole('button', { name: 'Back to now' }).click();
  await expect(page).not.toHaveURL(/from=/);
  await expect(page.getByTestId('past')).toHaveCount(0);
});

test('a month of lag is charted, and its one bad hour is not smoothed away', async ({
  page,
  real,
}) => {
  await page.goto('/timeline');
  await expect(page.getByTestId('history-state')).toHaveAttribute('data-state', 'ready');
  await openOrders(page);
  await page.locator('.lag-line').first().waitFor({ state: 'attached' });
  // At its end it writes what it has sampled, and so knows its members.
  await real.howdah.restart();
  await page.goto('/timeline');
  await expect(page.getByTestId('history-state')).toHaveAttribute('data-state', 'ready', {
    timeout: 20_000,
  });
  await generateLag(real.sandbox, 30);
  await page.goto(`${ORDERS}?range=30d`);
  const chart = page.getByTestId('kept-lag');
  await expect(chart.locator('.lag-line')).not.toHaveCount(0, { timeout: 20_000 });
  await expect(chart).toContainText('Lowest and highest of each');
  // 5e9 bytes, of one hour in 720: the axis reaches it.
  await expect(chart.getByText(/^[4-6](\.\d)? GB$/).first()).toBeVisible();
});
