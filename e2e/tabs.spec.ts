import type { BrowserContext, Page } from '@playwright/test';
import { expect, member, openOrders, test } from './test';

const TABS = 8;

async function streams(page: Page): Promise<number> {
  const answer = await page.request.get('/api/health');
  return ((await answer.json()) as { streams: number }).streams;
}

/** A tab on the fleet, told apart from a reloaded one. */
async function openFleet(context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  await page.goto('/');
  await page.evaluate(() => Object.assign(window, { sinceLoad: true }));
  return page;
}

async function isLive(page: Page): Promise<void> {
  await expect(page.getByTestId('connection')).toHaveAttribute('data-phase', 'live', {
    timeout: 30_000,
  });
  await expect(page.locator('[data-testid="fleet-row"][data-cluster="orders"]')).toBeVisible();
}

const rowOf = (page: Page) =>
  page.locator('[data-testid="fleet-row"][data-cluster="orders"]').getByRole('gridcell');

/** All but what turns over by itself: the lag and the age of the last change. */
async function shown(page: Page): Promise<string> {
  const cells = await rowOf(page).allTextContents();
  return [cells[0], cells[1], cells[2], cells[3], cells[5], cells[6]].join(' | ');
}

test('eight tabs of a browser share one stream and show the same; one that dies takes nothing with it', async ({
  context,
  real,
}) => {
  const tabs: Page[] = [];
  for (let n = 0; n < TABS; n += 1) tabs.push(await openFleet(context));
  const [first, second] = tabs;
  if (!first || !second) throw new Error('no tabs');
  for (const page of tabs) await isLive(page);
  expect(await streams(second)).toBe(1);
  expect(new Set(await Promise.all(tabs.map(shown))).size).toBe(1);

  // Comes late, to another page: shown at once, in full, over the same stream.
  const late = await context.newPage();
  await openOrders(late);
  await expect(late.getByTestId('member-node')).toHaveCount(3);
  expect(await streams(second)).toBe(1);

  await first.close();
  const [standby] = await real.orders.standbys();
  await standby?.kill();
  for (const page of tabs.slice(1)) {
    await expect(rowOf(page).nth(3)).toContainText('1 missing', { timeout: 20_000 });
  }
  await expect(member(late, standby?.name ?? '')).toHaveAttribute('data-presence', 'missing');
  await standby?.start();
  expect(await streams(second)).toBe(1);

  await Promise.all([late, ...tabs.slice(1)].map((page) => page.close()));
  const other = await context.newPage();
  await expect.poll(() => streams(other)).toBe(0);
});

test('after a restart of Howdah every tab is live again by itself, over one stream', async ({
  context,
  real,
}) => {
  const tabs = await Promise.all([openFleet(context), openFleet(context), openFleet(context)]);
  for (const page of tabs) await isLive(page);
  await real.howdah.stop();
  for (const page of tabs) {
    await expect(page.getByText(/Disconnected from Howdah/).first()).toBeVisible({
      timeout: 20_000,
    });
  }
  await real.howdah.restart();
  for (const page of tabs) {
    await isLive(page);
    expect(await page.evaluate(() => 'sinceLoad' in window)).toBe(true);
  }
  const [page] = tabs;
  if (page) expect(await streams(page)).toBe(1);
});

test('a browser without shared workers has a stream for each tab', async ({ context }) => {
  await context.addInitScript(() => {
    Reflect.deleteProperty(window, 'SharedWorker');
  });
  const tabs = await Promise.all([openFleet(context), openFleet(context)]);
  for (const page of tabs) await isLive(page);
  const [page] = tabs;
  if (page) expect(await streams(page)).toBe(2);
});

test('a worker that can not be loaded is done without', async ({ context }) => {
  await context.addInitScript(() => {
    const Real = window.SharedWorker;
    Object.assign(window, {
      SharedWorker: class extends Real {
        constructor(_: string, options?: WorkerOptions) {
          super('/no-such-worker.js', options);
        }
      },
    });
  });
  const page = await openFleet(context);
  await isLive(page);
  expect(await streams(page)).toBe(1);
});
