import type { Page } from '@playwright/test';
import { expect, leaderShown, member, ORDERS, openOrders, test } from './test';

const rowOf = (page: Page, name: string) =>
  page
    .getByTestId('reliability-row')
    .filter({ has: page.getByRole('link', { name, exact: true }) });

test('a failover is counted as unplanned with its outage, and leads to the moment it happened', async ({
  page,
  real,
}) => {
  await openOrders(page);
  const old = await leaderShown(page);
  await (await real.orders.leader())?.kill();
  await expect(member(page, old)).toHaveAttribute('data-leader', 'false', { timeout: 30_000 });
  await expect(page.getByTestId('last-outage')).toBeVisible({ timeout: 30_000 });
  const heir = await leaderShown(page);
  await real.orders.member(old)?.start();
  await real.orders.waitHealthy(60_000);
  await expect(page.getByTestId('headline')).toHaveText(/orders is well/, { timeout: 30_000 });

  await page.keyboard.press('r');
  await expect(page).toHaveURL(/\/reliability\?objective=99\.95$/);
  // Other tests leave clusters behind.
  const row = rowOf(page, 'orders');
  await expect(row).toHaveCount(1);
  await expect(row.locator('td').nth(4)).toHaveText(/^[1-9]\d*$/);
  // At most so many seconds, measured: never a bare zero.
  await expect(row.locator('td').nth(2)).toHaveText(/^[\d.]+ (ms|s|min)/);

  const verdict = row.locator('[data-verdict]');
  await page.getByLabel('Objective').fill('100');
  await expect(verdict).toHaveAttribute('data-verdict', 'missed');
  await page.getByLabel('Objective').fill('90');
  // Watched for minutes: that is too little to say that it was met.
  await expect(verdict).toHaveAttribute('data-verdict', /met|unknown/);

  await row.getByRole('link', { name: 'orders' }).click();
  await expect(page).toHaveURL(/cluster=main/);
  const change = page.getByTestId('leadership-change').first();
  await expect(change).toHaveAttribute('data-kind', 'failover');
  await expect(change).toContainText(`Failover from ${old} to ${heir}`);
  await expect(change).toContainText(/no writes for at most [\d.]+ (ms|s)/);
  await change.getByRole('link').click();
  await expect(page.getByTestId('past')).toBeVisible();
  // With what another test did less than a minute before it is one incident.
  await expect(page.getByTestId('incident-title')).toContainText(
    new RegExp(`leadership moved .*from .+ to ${heir}`),
  );
});

test('an objective is in the address, is there the next time, and is refused where it is none', async ({
  page,
}) => {
  await page.goto('/reliability');
  await expect(rowOf(page, 'orders')).toBeVisible({ timeout: 30_000 });
  const objective = page.getByLabel('Objective');
  await objective.fill('90');
  await expect(page).toHaveURL(/objective=90$/);
  await objective.fill('9');
  await expect(page.getByText('A percentage from 90 to 100')).toBeVisible();
  await expect(page).toHaveURL(/objective=90$/);

  await page.goto('/reliability?period=7d');
  await expect(page).toHaveURL(/period=7d&objective=90$/);
  await expect(objective).toHaveValue('90');
  await page.goto('/reliability?objective=99.5');
  await expect(objective).toHaveValue('99.5');
});

test('a cluster leads to its own report and back, and one that nobody knows is said to be unknown', async ({
  page,
}) => {
  await page.goto(ORDERS);
  await page.getByRole('link', { name: 'of the last 30 days' }).click();
  await expect(page.getByRole('heading', { name: 'How reliable orders was' })).toBeVisible();
  await page.getByRole('radio', { name: 'A year' }).click();
  await expect(page).toHaveURL(/period=1y&cluster=main/);
  await page.getByRole('button', { name: /^Only orders\. / }).click();
  await expect(rowOf(page, 'orders')).toHaveCount(1);
  await page.goto('/reliability?cluster=main~.2Fservice~nothing');
  await expect(page.getByText('Nothing is kept of nothing from this period.')).toBeVisible();
});
