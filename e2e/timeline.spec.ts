import { waitFor } from '@/sandbox';
import { expect, member, openOrders, test } from './test';

test('a failover is on the timeline as it happens, found again by its kind, and there after a restart', async ({
  page,
  real,
}) => {
  await page.goto('/');
  await expect(page.getByTestId('fleet-row').first()).toBeVisible();
  await page.keyboard.press('t');
  await expect(page).toHaveURL(/\/timeline$/);
  await expect(page.getByTestId('history-state')).toHaveAttribute('data-state', 'ready');
  const happened = page.getByTestId('timeline-event');
  // Once in the life of this history, however often Howdah was restarted since.
  await page.getByLabel('Search what has happened').fill('seen with');
  await expect(happened.filter({ hasText: 'orders seen with' })).toHaveCount(1);
  await page.getByLabel('Search what has happened').fill('');

  const leader = () =>
    waitFor(() => real.orders.leader(), { timeoutMs: 30_000, what: 'orders to have a leader' });
  const old = await leader();
  await old.kill();
  const led = happened.and(page.locator('[data-code="leader-changed"]')).first();
  // That nobody leads lasts for milliseconds, and may pass between two looks.
  await expect(led).toContainText(new RegExp(`(?!${old.name})orders-\\d is the leader now`), {
    timeout: 30_000,
  });
  const { name: heir } = await leader();
  await expect(led).toContainText(heir);
  await old.start();
  await real.orders.waitHealthy(60_000);

  await page.getByLabel('What happened').selectOption('leadership');
  await page.getByLabel('Search what has happened').fill('is the LEADER');
  await expect(page).toHaveURL(/kind=leadership&q=is\+the\+LEADER/);
  await expect(happened.filter({ hasText: 'seen with' })).toHaveCount(0);
  await expect(led).toContainText(heir);
  await page
    .getByRole('button', { name: `Only ${heir}`, exact: true })
    .first()
    .click();
  await expect(page).toHaveURL(new RegExp(`member=${heir}`));
  await expect(page.getByRole('button', { name: `Only ${old.name}`, exact: true })).toHaveCount(0);

  await real.howdah.restart();
  await page.reload();
  await expect(led).toContainText(heir, { timeout: 20_000 });
});

test('a cluster leads to its own timeline, and each entry back to its cluster', async ({
  page,
}) => {
  await openOrders(page);
  await page.getByRole('link', { name: 'All that is kept' }).click();
  await expect(page).toHaveURL(/\/timeline\?cluster=main/);
  await expect(page.getByRole('button', { name: /^Only orders\. / })).toBeVisible();
  await page.getByTestId('timeline-event').first().getByRole('link', { name: 'orders' }).click();
  await expect(member(page, 'orders-1')).toBeVisible();
});

test('what fits nothing says so, and offers everything', async ({ page }) => {
  await page.goto('/timeline?q=no-such-thing');
  await expect(page.getByText('Nothing that fits has happened.')).toBeVisible();
  await page.getByRole('button', { name: 'Show everything' }).click();
  await expect(page.getByTestId('timeline-event').first()).toBeVisible();
});

test('what could not be told for a moment is asked for again by itself', async ({ page }) => {
  let isReached = false;
  let asked = 0;
  await page.route(/history\.events/, (route) => {
    asked += 1;
    return isReached ? route.continue() : route.abort();
  });
  await page.goto('/timeline');
  const said = await page.waitForSelector('text=Howdah can’t be reached.');
  const before = asked;
  await expect.poll(() => asked).toBeGreaterThan(before);
  // It neither flashes nor is read aloud again each time.
  await expect.poll(() => said.isVisible()).toBe(true);
  isReached = true;
  await expect(page.getByTestId('timeline-event').first()).toBeVisible();
  await expect(page.getByText('Howdah can’t be reached.')).toHaveCount(0);
});
