import type { Locator, Page } from '@playwright/test';
import { somebody, viewer } from './people';
import { expect, ORDERS, openOrders, test } from './test';

/** Opens the dialog of what the menu calls that. */
async function operate(page: Page, words: string): Promise<Locator> {
  await page.getByRole('button', { name: 'Operate', exact: true }).click();
  await page.getByRole('menuitem', { name: `${words}…` }).click();
  return page.getByRole('dialog');
}

const outcome = (where: Page | Locator) => where.getByTestId('run-outcome');
const step = (where: Page | Locator, code: string) =>
  where.locator(`[data-testid="run-step"][data-code="${code}"]`);
const problem = (page: Page, code: string) =>
  page.locator(`[data-testid="problem"][data-code="${code}"]`);
/** The run on the page of its cluster. */
const panel = (page: Page, title: string | RegExp) => page.getByRole('region', { name: title });

/** Waits until it is done, and says what came of it. */
async function done(where: Page | Locator): Promise<string> {
  await expect(outcome(where)).toHaveAttribute('data-code', 'done', { timeout: 60_000 });
  return (await outcome(where).textContent()) ?? '';
}

test('a rolling restart of all standbys is followed to its end, and has an address of its own', async ({
  page,
  browser,
  real,
}) => {
  const { orders, howdah } = real;
  const standbys = await orders.standbys();
  const started = async () =>
    (await Promise.all(standbys.map((one) => one.sql('select pg_postmaster_start_time() t')))).map(
      ([row]) => String(row?.t),
    );
  const before = await started();
  await openOrders(page);
  const dialog = await operate(page, 'Restart PostgreSQL');
  await expect(dialog.getByText('No member is chosen').first()).toBeVisible();
  await expect(dialog.getByRole('button', { name: 'Restart', exact: true })).toBeDisabled();
  await dialog.getByRole('button', { name: 'All standbys' }).click();
  await dialog.getByLabel(/^Reason/).fill('new kernel');
  const [one, two] = standbys.map(({ name }) => name).toSorted();
  await dialog.getByRole('button', { name: `Restart ${one} and ${two}` }).click();
  // It goes on whether or not anybody looks: the page of the cluster shows it, here and elsewhere.
  await expect(step(dialog, 'recorded')).toBeVisible();
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  const own = panel(page, new RegExp(`Restart of ${one} and ${two}`));
  const href = await own.getByRole('link', { name: 'Its own page' }).getAttribute('href');

  const elsewhere = await browser.newContext({ baseURL: howdah.url, storageState: howdah.state });
  const other = await elsewhere.newPage();
  await other.goto(href ?? '');
  await done(own);
  expect(await done(other)).toContain(`${one} and ${two} of orders have been restarted.`);
  for (const { name } of standbys) {
    await expect(step(other, `done ${name}`)).toHaveAttribute('data-seen', 'true');
  }
  await other.reload();
  await expect(
    other.getByRole('heading', { name: `Restart of ${one} and ${two}` }).first(),
  ).toBeVisible();
  await expect(other.getByText('Reason: new kernel')).toBeVisible();
  expect(await done(other)).toContain('have been restarted.');
  await elsewhere.close();
  const after = await started();
  for (const [n, moment] of before.entries()) expect(after[n]).not.toBe(moment);
});

test.describe('somewhere east', () => {
  test.use({ timezoneId: 'Asia/Tokyo' });

  test('a switchover is scheduled in the reader’s time, stands in the header, keeps out another, and is cancelled', async ({
    page,
    real,
  }) => {
    await openOrders(page);
    const [standby] = await real.orders.standbys();
    if (!standby) throw new Error('no standby');
    const button = page.getByRole('button', { name: 'Switchover', exact: true });
    const dialog = page.getByRole('dialog');
    await button.click();
    await dialog.getByRole('radio', { name: new RegExp(standby.name) }).click();
    await dialog.getByLabel('Switch over later').check();
    const when = dialog.getByLabel('Switch over later: when, in your time zone');
    const tomorrow = new Date(Date.now() + 26 * 3_600_000).toISOString().slice(0, 10);
    await when.fill(`${tomorrow}T18:30`);
    await expect(dialog.getByText(`Asia/Tokyo: ${tomorrow} 09:30:00 UTC`)).toBeVisible();
    await dialog.getByLabel(/Type orders to confirm/).fill('orders');
    await dialog
      .getByRole('button', { name: `Schedule to switch orders over to ${standby.name}` })
      .click();
    expect(await done(dialog)).toContain(
      `orders is switched over to ${standby.name} at ${tomorrow} 09:30:00 UTC.`,
    );
    await page.keyboard.press('Escape');
    const requested = page.getByText(`switchover to ${standby.name} at`);
    await expect(requested).toContainText('18:30:00');
    await expect(requested.locator('time')).toHaveAttribute(
      'title',
      new RegExp(`18:30:00 \\(${tomorrow} 09:30:00 UTC\\)`),
    );

    await button.click();
    await dialog.getByLabel(/Type orders to confirm/).fill('orders');
    await expect(dialog.locator('[data-code="request"]')).toContainText(
      `A switchover is scheduled for ${tomorrow} 09:30:00 UTC: a new request would replace it`,
    );
    await expect(dialog.getByRole('button', { name: /^Switch orders over to/ })).toBeDisabled();
    await page.keyboard.press('Escape');

    await operate(page, 'Cancel the switchover');
    await expect(dialog.getByRole('button', { name: 'Leave it as it is' })).toBeFocused();
    await dialog.getByRole('button', { name: 'Cancel the switchover of orders' }).click();
    expect(await done(dialog)).toContain('No switchover is scheduled any more.');
    await page.keyboard.press('Escape');
    await expect(requested).toHaveCount(0);
  });
});

test('a pause says everywhere who, why and until when, and ends when it is resumed', async ({
  page,
  browser,
  real,
}) => {
  const { howdah } = real;
  await openOrders(page);
  const dialog = await operate(page, 'Pause');
  await dialog.getByLabel(/^Reason/).fill('moving disks');
  await dialog.getByLabel('Remind me to resume it').check();
  await dialog.getByRole('button', { name: 'Pause orders' }).click();
  expect(await done(dialog)).toContain('orders is paused');

  const { context } = await somebody({ browser, howdah }, 'vic', [viewer]);
  const other = await context.newPage();
  await other.goto(ORDERS);
  const fact = other.getByText(/by admin@example\.org .*: moving disks, due (\d|[A-Z][a-z]{2} \d)/);
  await expect(fact).toBeVisible();
  await expect(problem(other, 'paused')).toContainText('admin@example.org');
  await expect(problem(other, 'paused')).toContainText('moving disks');
  await page.keyboard.press('Escape');
  await operate(page, 'Resume');
  await dialog.getByRole('button', { name: 'Resume orders' }).click();
  await done(dialog);
  await expect(problem(other, 'paused')).toHaveCount(0);
  await expect(fact).toHaveCount(0);
  await context.close();
});

test('an edited configuration is reviewed, written, and followed until every member runs it', async ({
  page,
  real,
}) => {
  // Another test may have set it: what is set has a field of its own.
  await real.orders.patchConfig({ postgresql: { parameters: { work_mem: null } } });
  await page.goto(`${ORDERS}/configuration?edit=form`);
  await page.getByLabel('Set another parameter').fill('work_mem');
  await page.getByRole('button', { name: /^work_mem/ }).click();
  await page.getByLabel('work_mem', { exact: true }).fill('6MB');
  await page.getByRole('button', { name: /^Review and write/ }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByTestId('setting-change')).toHaveText(
    /^postgresql\.parameters\.work_mem.* → "6MB"$/,
  );
  const write = dialog.getByRole('button', { name: 'Write the configuration of orders' });
  await expect(write).toBeDisabled();
  await dialog.getByLabel(/Type orders to confirm/).fill('orders');
  await write.click();
  expect(await done(dialog)).toMatch(/Written as version \d+; every member runs it\./);
  for (const one of real.orders.members) {
    expect(await one.sql('show work_mem')).toEqual([{ work_mem: '6MB' }]);
  }
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  await expect(page).not.toHaveURL(/edit=/);
  await expect(page.getByTestId('member-drift')).toHaveText(
    Array.from({ length: 3 }, () => /runs (all|the one)/),
  );
  await expect(page.getByTestId('drift')).toHaveCount(0);
  await real.orders.patchConfig({ postgresql: { parameters: { work_mem: null } } });
});

test('a cluster without a leader is forced to fail over only by typing what it loses', async ({
  page,
  real,
}) => {
  const { orders } = real;
  await openOrders(page);
  const old = await orders.leader();
  await orders.setPause(true);
  await old?.kill();
  await expect(problem(page, 'no-leader')).toBeVisible({ timeout: 30_000 });
  // No member takes it by itself then, and the page says for whom it waits.
  await expect(page.getByText('Waiting for somebody to act: orders is paused')).toBeVisible();
  const dialog = await operate(page, 'Force a failover');
  const verb = dialog.getByRole('button', { name: /^Force orders to fail over to orders-\d/ });
  const field = dialog.getByLabel(/^Type orders loses at least [\d.]+ (bytes|kB|MB) to confirm/);
  await expect(field).toBeVisible();
  const phrase = (await dialog.locator('label strong').textContent()) ?? '';
  for (const text of ['orders', phrase.slice(0, -1), phrase.toUpperCase()]) {
    await field.fill(text);
    await expect(verb).toBeDisabled();
  }
  await field.fill(phrase);
  await verb.click();
  expect(await done(dialog)).toMatch(/orders-\d leads orders/);
  await page.keyboard.press('Escape');
  await old?.start();
  await orders.setPause(false);
});

test('a failover that nobody asked for is a run of its own, with its steps, its cause and what it cost', async ({
  page,
  real,
}) => {
  await openOrders(page);
  const old = await real.orders.leader();
  await old?.kill();
  const run = panel(page, new RegExp(`Automatic failover from ${old?.name}`));
  await expect(run).toContainText('Not by Howdah: nobody asked for it.', { timeout: 30_000 });
  await expect(run).toContainText(`Cause: ${old?.name} is gone from ZooKeeper`);
  expect(await done(run)).toMatch(/orders-\d leads orders/);
  for (const code of ['leader-released', 'leader-acquired', 'promoted', 'timeline-advanced']) {
    await expect(step(run, code), code).toHaveAttribute('data-seen', 'true');
  }
  await expect(run.getByTestId('outage')).toHaveText(/at most [\d.]+ (ms|s)/);
  await old?.start();
  await real.orders.waitHealthy();
  await expect(step(run, 'old-leader-back')).toHaveAttribute('data-seen', 'true');
  await page.getByRole('link', { name: 'all that were seen' }).click();
  const [row] = [page.getByTestId('run-row').first()];
  await expect(row).toContainText(`Automatic failover from ${old?.name}`);
  await expect(row).toContainText('not by Howdah: nobody asked for it');
});

test('a switchover that somebody asks of Patroni itself is followed, and not taken for one of Howdah’s', async ({
  page,
  real,
}) => {
  await openOrders(page);
  const [leader, [standby]] = [await real.orders.leader(), await real.orders.standbys()];
  if (!leader || !standby) throw new Error('the cluster is not healthy');
  const body = { leader: leader.name, candidate: standby.name };
  await leader.rest('/switchover', { method: 'POST', body, timeoutMs: 60_000 });
  const run = panel(page, new RegExp(`Switchover from ${leader.name} to ${standby.name}`));
  await expect(run).toContainText('Not by Howdah: somebody asked Patroni for it.');
  expect(await done(run)).toContain(`${standby.name} leads orders`);
  await expect(run.getByTestId('outage')).toHaveText(/at most [\d.]+ (ms|s)/);
});

test('a restart that somebody scheduled with Patroni itself is followed once its moment has come', async ({
  page,
  real,
}) => {
  await openOrders(page);
  const [standby] = await real.orders.standbys();
  if (!standby) throw new Error('the cluster is not healthy');
  const body = { schedule: new Date(Date.now() + 6000).toISOString() };
  await standby.rest('/restart', { method: 'POST', body });
  const run = panel(page, `Scheduled restart of ${standby.name}`);
  await expect(run).toContainText('Not by Howdah: somebody asked Patroni for it.');
  expect(await done(run)).toContain(`${standby.name} of orders has been restarted.`);
});

test('a viewer sees what could be done, and with each why they may not', async ({
  browser,
  real,
}) => {
  const WHY = 'This takes an operator here, and you are a viewer.';
  const { context } = await somebody({ browser, howdah: real.howdah }, 'vera', [viewer]);
  const page = await context.newPage();
  await openOrders(page);
  for (const menu of ['Operate', 'Operate orders-2']) {
    await page.getByRole('button', { name: menu, exact: true }).click();
    const items = page.getByRole('menuitem');
    await expect(items.first()).toBeVisible();
    for (const item of await items.all()) {
      await expect(item).toHaveAttribute('aria-disabled', 'true');
      await expect(item).toContainText(WHY);
    }
    await items.first().click({ force: true });
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await page.keyboard.press('Escape');
  }
  await page.goto(`${ORDERS}?op=restart&member=orders-2`);
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText(WHY)).toBeVisible();
  await expect(dialog.getByRole('button', { name: 'Restart orders-2' })).toBeDisabled();
  await context.close();
});

test('a dialog has an address, says what is not possible, and is left by Escape and by going back', async ({
  page,
}) => {
  await openOrders(page);
  await page.goto(`${ORDERS}?op=resume&range=15m`);
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await expect(dialog.locator('[data-code="paused"]')).toHaveText(/orders is not paused/);
  await expect(dialog.getByRole('button', { name: 'Resume orders' })).toBeDisabled();
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  await expect(page).toHaveURL(`${ORDERS}?range=15m`);

  await page.goto(`${ORDERS}?op=restart&member=nobody`);
  await expect(dialog.getByText('There is no member nobody').first()).toBeVisible();
  // Nothing is done by Enter but what was typed to confirm.
  await dialog.getByRole('checkbox', { name: /orders-2/ }).check();
  await dialog.getByLabel(/^Reason/).fill('by mistake');
  await page.keyboard.press('Enter');
  await expect(dialog.getByTestId('run-step')).toHaveCount(0);
  await page.goBack();
  await expect(page).toHaveURL(`${ORDERS}?range=15m`);
  await expect(dialog).toHaveCount(0);
});
