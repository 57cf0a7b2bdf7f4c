import { waitFor } from '@/sandbox';
import { expect, member, notReloaded, openOrders, test } from './test';

test('with one ZooKeeper server killed nothing is lost', async ({ page, real }) => {
  await openOrders(page);
  const [server] = real.sandbox.zookeeper;
  await server?.kill();
  await expect(page.getByTestId('ensemble')).toContainText('2/3');
  await expect(page.getByTestId('headline')).toHaveText(/orders is well/);
  const [standby] = await real.orders.standbys();
  await standby?.kill();
  await expect(member(page, standby?.name ?? '')).toHaveAttribute('data-presence', 'missing', {
    timeout: 20_000,
  });
  await standby?.start();
  await server?.start();
  await expect(page.getByTestId('ensemble')).toContainText('3/3');
  await real.orders.waitHealthy(60_000);
  await expect(page.getByTestId('headline')).toHaveText(/orders is well/, { timeout: 60_000 });
  await notReloaded(page);
});

test('with all of ZooKeeper killed the page says since when, and recovers', async ({
  page,
  real,
}) => {
  await openOrders(page);
  await Promise.all(real.sandbox.zookeeper.map((server) => server.kill()));
  const banner = page.getByText(/ZooKeeper ensemble main .*since/i).first();
  await expect(banner).toBeVisible({ timeout: 20_000 });
  await expect(page.locator('[data-testid="problem"][data-code="zookeeper-lost"]')).toBeVisible();
  await Promise.all(real.sandbox.zookeeper.map((server) => server.start()));
  await expect(banner).toBeHidden({ timeout: 60_000 });
  await real.orders.waitHealthy(60_000);
  await expect(page.getByTestId('headline')).toHaveText(/orders is well/, { timeout: 60_000 });
  await notReloaded(page);
});

test('after its sessions have been expired from outside the page shows the true state', async ({
  page,
  real,
}) => {
  await openOrders(page);
  const before = await real.sandbox.sessionsOf(real.howdah.pid);
  expect(before.length).toBeGreaterThan(1);
  await Promise.all(before.map((session) => real.sandbox.expireSession(session.id)));
  const known = new Set(before.map((session) => session.id));
  await waitFor(
    async () => {
      const now = await real.sandbox.sessionsOf(real.howdah.pid);
      return now.length >= before.length && now.every((session) => !known.has(session.id));
    },
    { timeoutMs: 20_000, what: 'new sessions of Howdah' },
  );
  // A watch left behind on the dead sessions would leave the page blind to this.
  const [standby] = await real.orders.standbys();
  await standby?.kill();
  await expect(member(page, standby?.name ?? '')).toHaveAttribute('data-presence', 'missing', {
    timeout: 20_000,
  });
  await standby?.start();
  await real.orders.waitHealthy(60_000);
  await expect(page.getByTestId('headline')).toHaveText(/orders is well/, { timeout: 60_000 });
  await notReloaded(page);
});

test('after a restart of Howdah the page catches up by itself', async ({ page, real }) => {
  await openOrders(page);
  const connection = page.getByTestId('connection');
  await expect(connection).toContainText('Live');
  await real.howdah.stop();
  await expect(page.getByText(/Disconnected from Howdah/).first()).toBeVisible({ timeout: 20_000 });
  const [standby] = await real.orders.standbys();
  await standby?.kill();
  await real.howdah.restart();
  await expect(connection).toContainText('Live', { timeout: 30_000 });
  await expect
    .poll(async () => page.getByTestId('headline').textContent(), { timeout: 30_000 })
    // It may be gone from ZooKeeper before this Howdah has read it for the first time.
    .not.toMatch(/orders is well: .* 2 standbys/);
  await standby?.start();
  await real.orders.waitHealthy(60_000);
  await expect(page.getByTestId('headline')).toHaveText(/orders is well: .* 2 standbys/, {
    timeout: 60_000,
  });
  await notReloaded(page);
});
