import { join } from 'node:path';
import { test as base, expect, type Locator, type Page } from '@playwright/test';
import {
  type PatroniCluster,
  type RoutingAgent,
  routingAgent,
  type Sandbox,
  startSandbox,
} from '@/sandbox';
import { PAGE_SAYS } from '@/setup/failures';
import { type Howdah, startHowdah } from './howdah';
import { listenTo } from './page-says';

interface Real {
  readonly sandbox: Sandbox;
  readonly howdah: Howdah;
  readonly orders: PatroniCluster;
  /** The agent that Howdah is configured to tell; it is not started. */
  readonly agent: RoutingAgent;
}

/** Every test of a worker gets the same real ensemble, cluster and Howdah, healthy at its start. */
export const test = base.extend<{ healthy: undefined }, { real: Real }>({
  real: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures wanted from it
    async ({}, use, { parallelIndex }) => {
      const sandbox = await startSandbox({
        name: `${process.env.E2E_SANDBOX ?? 'e2e'}-${parallelIndex}`,
        ephemeral: true,
        profile: 'fast',
        clusters: [{ scope: 'orders', members: 3 }],
      });
      const haproxySocket = join(sandbox.root, 'run', 'haproxy.sock');
      const agent = await routingAgent(sandbox, { haproxySocket });
      const howdah = await startHowdah(sandbox, agent);
      const [orders] = sandbox.clusters;
      if (!orders) throw new Error('the sandbox has no cluster');
      await use({ sandbox, howdah, orders, agent });
      await howdah.end();
      await sandbox.down();
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  healthy: [
    async ({ real }, use) => {
      await real.orders.waitHealthy(60_000);
      await use(undefined);
    },
    { auto: true, timeout: 90_000 },
  ],
  page: async ({ page }, use, testInfo) => {
    const says = listenTo(page);
    await use(page);
    if (testInfo.status === testInfo.expectedStatus) return;
    await testInfo.attach(PAGE_SAYS, { body: await says(), contentType: 'text/plain' });
  },
  // Signed in, but for tests that say otherwise.
  storageState: async ({ real }, use) => use(real.howdah.state),
  baseURL: async ({ real }, use) => use(real.howdah.url),
});

export { expect };

export const ORDERS = '/cluster/main~.2Fservice~orders';

/** Opens the cluster's page and waits until it shows a healthy cluster. */
export async function openOrders(page: Page): Promise<void> {
  await page.goto(ORDERS);
  await expect(page.getByTestId('headline')).toHaveText(/orders is well/, { timeout: 30_000 });
  await page.evaluate(() => Object.assign(window, { sinceLoad: true }));
}

/** True while the page is the one that was opened: nothing has reloaded it. */
export async function notReloaded(page: Page): Promise<void> {
  expect(await page.evaluate(() => 'sinceLoad' in window)).toBe(true);
}

export function member(page: Page, name: string): Locator {
  return page.locator(`[data-testid="member-node"][data-member="${name}"]`);
}

export async function leaderShown(page: Page): Promise<string> {
  const node = page.locator('[data-testid="member-node"][data-leader="true"]');
  return (await node.getAttribute('data-member')) ?? '';
}
