import { waitFor } from '@/sandbox';
import { expect, member, notReloaded, openOrders, test } from './test';

test('the fleet lists the cluster with its leader, members and health', async ({ page }) => {
  await page.goto('/');
  const row = page.locator('[data-testid="fleet-row"]', { hasText: 'orders' });
  await expect(row).toContainText('3 running');
  await expect(row).toContainText(/orders-\d/);
});

test('a search narrows the fleet, stands in the address, and survives a reload', async ({
  page,
}) => {
  await page.goto('/');
  await expect(page.getByTestId('fleet-row').first()).toBeVisible();
  await page.keyboard.press('/');
  await page.keyboard.type('nothing like it');
  await expect(page.getByTestId('fleet-row')).toHaveCount(0);
  await expect(page).toHaveURL(/nothing/);
  await page.reload();
  await expect(page.getByRole('searchbox')).toHaveValue('nothing like it');
  await expect(page.getByTestId('fleet-row')).toHaveCount(0);
});

test('a cluster shows its three members with roles, and the lag of its standbys', async ({
  page,
  real,
}) => {
  await openOrders(page);
  await expect(page.getByTestId('member-node')).toHaveCount(3);
  const leader = await real.orders.leader();
  await expect(member(page, leader?.name ?? '')).toHaveAttribute('data-leader', 'true');
  for (const standby of await real.orders.standbys()) {
    await expect(member(page, standby.name)).toHaveAttribute('data-role', 'replica');
    const lag = page.locator(`[data-testid="lag"][data-member="${standby.name}"]`);
    await expect(lag).toHaveAttribute('data-bytes', /^\d+$/);
    const edge = page.locator(`[data-testid="edge"][data-member="${standby.name}"]`);
    await expect(edge).toHaveAttribute('data-state', 'streaming');
  }
});

test('lag rises while a standby’s replay is frozen, and falls when it thaws', async ({
  page,
  real,
}) => {
  await real.orders.startLoad({ rate: 100 });
  await openOrders(page);
  const [standby] = await real.orders.standbys();
  if (!standby) throw new Error('no standby');
  const lag = page.locator(`[data-testid="lag"][data-member="${standby.name}"]`);
  const seen = { timeout: 15_000, intervals: [100] };
  await standby.freezeReplay();
  try {
    await expect
      .poll(async () => Number(await lag.getAttribute('data-bytes')), seen)
      .toBeGreaterThan(8192);
    await expect
      .poll(async () => Number(await lag.getAttribute('data-ms')), seen)
      .toBeGreaterThan(2000);
  } finally {
    await standby.thawReplay();
    await real.orders.stopLoad();
  }
  await expect.poll(async () => Number(await lag.getAttribute('data-bytes'))).toBeLessThan(8192);
  await notReloaded(page);
});

test('a paused replay is called paused', async ({ page, real }) => {
  // Outside maintenance Patroni resumes it within a loop.
  await real.orders.setPause(true);
  await page.goto('/');
  const [standby] = await real.orders.standbys();
  if (!standby) throw new Error('no standby');
  await page.locator('[data-testid="fleet-row"]', { hasText: 'orders' }).click();
  await standby.pauseReplay();
  try {
    const problem = page.locator('[data-testid="problem"][data-code="replay-paused"]');
    await expect(problem).toContainText(`Replay is paused on ${standby.name}`);
    await expect(page.locator('[data-testid="problem"][data-code="paused"]')).toBeVisible();
  } finally {
    await standby.resumeReplay();
    await real.orders.setPause(false);
  }
  await expect(page.getByTestId('headline')).toHaveText(/orders is well/);
});

test('a killed member is drawn as missing, where it was, and comes back', async ({
  page,
  real,
}) => {
  await openOrders(page);
  const [standby] = await real.orders.standbys();
  if (!standby) throw new Error('no standby');
  await standby.kill();
  await expect(member(page, standby.name)).toHaveAttribute('data-presence', 'missing', {
    timeout: 20_000,
  });
  const problem = page.locator('[data-testid="problem"][data-code="member-missing"]');
  await expect(problem).toContainText(standby.name);
  await standby.start();
  await expect(member(page, standby.name)).toHaveAttribute('data-presence', 'present', {
    timeout: 30_000,
  });
  await real.orders.waitHealthy(60_000);
  await expect(page.getByTestId('headline')).toHaveText(/orders is well/, { timeout: 30_000 });
  await notReloaded(page);
});

test('a leader killed with -9 is followed to the new one, with the measured outage', async ({
  page,
  real,
}) => {
  await real.orders.startLoad({ rate: 50 });
  await openOrders(page);
  const old = await real.orders.leader();
  if (!old) throw new Error('no leader');
  // It ends once the leader's znode goes: looked for before each frame, it can't be missed.
  const silent = page.waitForSelector('[data-testid="problem"][data-code="primary-silent"]', {
    timeout: 30_000,
  });
  await old.kill();
  await silent;
  await expect(page.locator('[data-testid="member-node"][data-leader="true"]')).not.toHaveAttribute(
    'data-member',
    old.name,
    { timeout: 30_000 },
  );
  await waitFor(async () => (await real.orders.leader()) !== null, {
    timeoutMs: 20_000,
    what: 'a new leader',
  });
  const leader = await real.orders.leader();
  await expect(member(page, leader?.name ?? '')).toHaveAttribute('data-leader', 'true');
  await expect(page.getByText(`${leader?.name} accepts writes: at most`).first()).toBeVisible();
  await real.orders.stopLoad();
  await old.start();
  await real.orders.waitHealthy(60_000);
  await expect(page.getByTestId('headline')).toHaveText(/orders is well/, { timeout: 60_000 });
  await notReloaded(page);
});

test('a primary that goes on writing after its Patroni has died is named as such', async ({
  page,
  real,
}) => {
  await openOrders(page);
  const old = await real.orders.leader();
  if (!old) throw new Error('no leader');
  await old.killPatroni();
  const problem = page.locator('[data-testid="problem"][data-code="multiple-writable"]');
  await expect(problem).toContainText(`what is written on ${old.name} will be lost`, {
    timeout: 40_000,
  });
  await expect(member(page, old.name)).toHaveAttribute('data-presence', 'missing');
  await old.startPatroni();
  await expect(problem).toBeHidden({ timeout: 40_000 });
  await real.orders.waitHealthy(60_000);
  await expect(page.getByTestId('headline')).toHaveText(/orders is well/, { timeout: 60_000 });
});
