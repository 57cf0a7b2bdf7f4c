import { expect, test } from './test';
import { writeZnodes } from './znodes';

test('the ZooKeeper page says who serves, what is read, and whether it keeps up', async ({
  page,
  real,
}) => {
  await page.goto('/');
  await expect(page.getByTestId('fleet-row').first()).toBeVisible();
  await page.keyboard.press('z');
  await expect(page).toHaveURL(/\/zookeeper$/);
  await expect(page.getByTestId('lane')).toHaveCount(3);
  await expect(page.getByTestId('pressure')).toHaveAttribute('data-pressure', 'calm');
  const servers = page.getByRole('region', { name: 'Servers of main' });
  await expect(servers.getByRole('listitem')).toHaveCount(3);
  await expect(servers).toContainText('leader');

  // Only the ensembles are followed here, and they are live.
  await expect(page.getByTestId('connection')).toHaveAttribute('data-phase', 'live');
  const [server] = real.sandbox.zookeeper;
  await server?.kill();
  await expect(servers).toContainText('down', { timeout: 20_000 });
  await server?.start();
  await expect(servers).not.toContainText('down', { timeout: 20_000 });

  // And it is kept what happened to the ensemble itself.
  await page.goto('/timeline?kind=zookeeper');
  const happened = page.getByTestId('timeline-event');
  await expect(
    happened.filter({ hasText: 'of ZooKeeper main answers again' }).first(),
  ).toBeVisible();
  await expect(
    happened.filter({ hasText: 'of ZooKeeper main does not answer' }).first(),
  ).toBeVisible();
});

test('the ZooKeeper page says so when the ensemble is away, and recovers', async ({
  page,
  real,
}) => {
  await page.goto('/zookeeper');
  const pressure = page.getByTestId('pressure');
  await expect(pressure).toHaveAttribute('data-pressure', 'calm');
  await Promise.all(real.sandbox.zookeeper.map((server) => server.kill()));
  await expect(pressure).toHaveAttribute('data-pressure', 'unknown', { timeout: 20_000 });
  await Promise.all(real.sandbox.zookeeper.map((server) => server.start()));
  await expect(pressure).toHaveAttribute('data-pressure', 'calm', { timeout: 60_000 });
});

test('a znode that an operator has marked is kept in its versions, and found from the ZooKeeper page', async ({
  page,
  real,
}) => {
  await writeZnodes(real.sandbox.connectString, [['/marked', 'weight=70']]);
  await expect(async () => {
    await page.goto('/zookeeper');
    await page.getByRole('link', { name: 'Versions of 1 marked znode' }).click({ timeout: 2000 });
  }).toPass({ timeout: 40_000 });
  await expect(page.getByRole('heading', { level: 1 })).toContainText('ZooKeeper main');
  await expect(page.getByTestId('version').first()).toContainText('version 0');
  await expect(page.locator('[data-diff]')).toContainText('weight=70');
});
