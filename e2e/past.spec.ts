import { readFileSync } from 'node:fs';
import { expect, leaderShown, member, ORDERS, openOrders, test } from './test';

test('an automatic failover is found on the timeline, seen again as it was, played and exported', async ({
  page,
  real,
}) => {
  await openOrders(page);
  const old = await leaderShown(page);
  // While it is paused nobody is promoted: else that nobody leads may pass between two looks.
  await real.orders.setPause(true);
  await (await real.orders.leader())?.kill();
  await expect(member(page, old)).toHaveAttribute('data-leader', 'false', { timeout: 30_000 });
  await real.orders.setPause(false);
  await expect(page.locator('[data-testid="member-node"][data-leader="true"]')).toBeVisible({
    timeout: 30_000,
  });
  const heir = await leaderShown(page);
  await real.orders.member(old)?.start();
  await real.orders.waitHealthy(60_000);
  await expect(page.getByTestId('headline')).toHaveText(/orders is well/, { timeout: 30_000 });

  await page.goto('/timeline');
  await page.getByLabel('Why it happened').selectOption('automatic');
  const lost = page.getByTestId('timeline-event').filter({ hasText: `${old} no longer holds` });
  await lost.first().getByRole('link').first().click();

  // The same picture, with the marks of the past: nobody leads, and nothing can be done about it.
  await expect(page.getByTestId('past')).toBeVisible();
  await expect(page.getByTestId('past-frame').getByText('none for')).toBeVisible();
  await expect(page.getByRole('button', { name: /^Switch/ })).toHaveCount(0);
  await expect(page.getByTestId('doubt')).toHaveCount(0);
  const nobody = page.locator('[data-testid="member-node"][data-leader="true"]');
  await expect(nobody).toHaveCount(0);

  // Before it the old one leads; after it the new one does.
  await page.getByRole('button', { name: 'Previous change' }).click();
  await expect(member(page, old)).toHaveAttribute('data-leader', 'true');
  await page.getByRole('radio', { name: '60×' }).click();
  await page.getByRole('button', { name: 'Play' }).click();
  await expect(member(page, heir)).toHaveAttribute('data-leader', 'true', { timeout: 20_000 });
  await page.keyboard.press('p');
  await expect(page.getByRole('button', { name: 'Play' })).toBeVisible();
  // The address says where it stopped.
  const shown = await page.getByTestId('past-moment').getAttribute('datetime');
  expect(new URL(page.url()).searchParams.get('at')).toBe(shown);

  // With what another test did less than a minute before it is one incident.
  const moved = new RegExp(`leadership moved .*from .+ to ${heir}`);
  await expect(page.getByTestId('incident-title')).toContainText(moved);
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Export post-mortem' }).click(),
  ]);
  const text = readFileSync(await file.path(), 'utf8');
  expect(text).toMatch(/^# orders: /);
  expect(text).toMatch(moved);
  expect(text).toMatch(/\*\*Cause:\*\* automatic/);
  expect(text).toMatch(/\*\*Without a leader:\*\* [\d.]+ (ms|s)/);
  expect(text).toMatch(/!\[.*]\(data:image\/svg\+xml;base64,[\w+/=]{500,}\)/);
  expect(text).toContain(`| ZooKeeper | ${heir} is the leader now (written `);
});

test('a moment of which nothing is kept says so, and a later one shows what was known then', async ({
  page,
}) => {
  await page.goto(`${ORDERS}/past?at=2020-01-01T00:00:00.000Z`);
  await expect(page.getByTestId('doubt')).toHaveText(
    /Nothing is kept of orders from this moment or before/,
  );
  await page.goto(ORDERS);
  await page.getByRole('link', { name: 'Look back' }).click();
  await expect(page.getByTestId('past')).toBeVisible();
  await page.getByRole('link', { name: 'Back to now' }).click();
  await expect(page.getByTestId('headline')).toHaveText(/orders/);
});
