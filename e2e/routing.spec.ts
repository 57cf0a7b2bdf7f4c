import type { Locator, Page } from '@playwright/test';
import { type SandboxHaproxy, startFreshReads, startHaproxy, waitFor } from '@/sandbox';
import { axePath, seriousViolations } from './axe';
import type { Howdah } from './howdah';
import { somebody, viewer } from './people';
import { expect, ORDERS, openOrders, test } from './test';

const ROUTING = `${ORDERS}/routing`;
let haproxy: SandboxHaproxy;

test.beforeAll(async ({ real }) => {
  haproxy = await startHaproxy(real.sandbox, { agentPort: real.agent.checkPort });
  await real.agent.start();
});
test.afterAll(async ({ real }) => {
  await real.agent.kill();
  await haproxy.kill();
});

const carrier = (page: Page, name: string): Locator =>
  page.locator(`#carriers [data-member="${name}"]`);

/** Has a policy, whatever ran before. */
async function balanced({ url, headers }: Howdah): Promise<void> {
  const cluster = 'main~.2Fservice~orders';
  const policy = { v: 1, limit: { ms: 10_000, bytes: null } };
  const body = { cluster, seen: null, reason: '', change: { kind: 'policy', policy } };
  const answer = await fetch(`${url}/api/trpc/routing.change`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  // 409: there is one.
  expect([200, 409]).toContain(answer.status);
}

/** HAProxy has taken a weight over. */
const weighs = (member: string, holds: (weight: number, status: string) => boolean) =>
  waitFor(
    async () => {
      const { read } = haproxy.names('orders');
      const row = (await haproxy.rows()).find(
        ({ proxy, server }) => proxy === read && server === member,
      );
      return row !== undefined && holds(row.weight ?? -1, row.status ?? '');
    },
    { timeoutMs: 20_000, what: `HAProxy to go by the weight of ${member}` },
  );

test('reads are balanced by a policy, a member is drained in peace, and all of it ends again', async ({
  page,
  real,
}) => {
  const { orders } = real;
  const [one, other] = (await orders.standbys()).map(({ name }) => name);
  if (!one || !other) throw new Error('there are two standbys');
  await page.goto(ROUTING);
  await expect(page.getByText('orders has no routing policy')).toBeVisible();
  await page.getByRole('button', { name: 'Balance reads …' }).click();
  let dialog = page.getByRole('dialog');
  await dialog.getByLabel('Limit in time').fill('one');
  await expect(dialog.getByText('The limit in time is "one": it takes a number')).toBeVisible();
  await expect(dialog.getByRole('button', { name: 'Balance reads of orders' })).toBeDisabled();
  await dialog.getByLabel('Limit in time').fill('5');
  await dialog.getByLabel(`Weight of ${other}`).fill('50');
  const preview = dialog.getByRole('region', { name: 'What it would give' });
  await expect(preview.locator(`[data-member="${one}"]`)).toContainText(/[56]\d %/);
  await dialog.getByLabel('Reason').fill('reports read stale rows');
  await dialog.getByRole('button', { name: 'Balance reads of orders' }).click();
  await expect(dialog).toBeHidden();

  await expect(carrier(page, one)).toHaveAttribute('data-why', 'serves');
  await expect(page.locator('#agents [data-agent="holds"]')).toBeVisible();
  await weighs(other, (weight) => weight > 20 && weight <= 50);
  const clients = startFreshReads(orders, {
    port: haproxy.readPort('orders'),
    rate: 20,
    value: '1',
  });
  await carrier(page, one).getByText('What HAProxy says').click();
  await expect(
    carrier(page, one)
      .getByText(/^UP · weight \d+ · /)
      .first(),
  ).toBeVisible();
  await expect(carrier(page, one)).toHaveAttribute('data-sessions', /\d/);

  await carrier(page, one).getByRole('button', { name: 'Drain …' }).click();
  dialog = page.getByRole('dialog');
  await expect(page).toHaveURL(new RegExp(`drain=${one}`));
  await dialog.getByLabel('Reason').fill('new disk');
  await dialog.getByRole('button', { name: `Drain ${one}` }).click();
  await expect(carrier(page, one)).toHaveAttribute('data-why', 'drained');
  await expect(carrier(page, one)).toContainText(`${one} was drained by`);
  await expect(carrier(page, one)).toContainText('new disk');
  await weighs(one, (_, status) => status.startsWith('DRAIN'));
  await expect(carrier(page, one)).toHaveAttribute('data-sessions', '0');
  // It would leave nobody but the leader.
  await carrier(page, other).getByRole('button', { name: 'Drain …' }).click();
  dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: `Drain ${other}` }).click();
  await expect(dialog.getByRole('alert')).toContainText('That would leave 0 standbys for reads');
  await dialog.getByRole('button', { name: 'Cancel' }).click();

  await openOrders(page);
  const node = page.locator(`[data-testid="member-node"][data-member="${one}"]`);
  await expect(node.getByTestId('read-share')).toContainText('0 % reads');
  await page.getByRole('link', { name: 'Reads' }).click();
  await carrier(page, one).getByRole('button', { name: 'End drain' }).click();
  await page.getByRole('button', { name: `End the drain of ${one}` }).click();
  await expect(carrier(page, one)).toHaveAttribute('data-why', 'serves', { timeout: 20_000 });
  const reads = await clients.stop();
  expect(reads.filter(({ ok }) => !ok)).toEqual([]);
});

test('a policy that somebody else changes under an edit is not written over by accident', async ({
  page,
  browser,
  real,
}) => {
  await balanced(real.howdah);
  await page.goto(`${ROUTING}?edit=policy`);
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Slow start').fill('5');
  const elsewhere = await browser.newContext({
    ...{ baseURL: real.howdah.url, storageState: real.howdah.state },
  });
  const other = await elsewhere.newPage();
  await other.goto(`${ROUTING}?edit=policy`);
  await other.getByRole('dialog').getByLabel('Limit in time').fill('7');
  await other.getByRole('button', { name: 'Save the policy' }).click();
  await expect(other.locator('#policy')).toContainText('7 s behind');
  await elsewhere.close();
  await expect(dialog.getByText('Somebody has changed the policy')).toBeVisible();
  await expect(dialog.getByRole('button', { name: 'Save the policy' })).toBeDisabled();
  await dialog.getByRole('button', { name: 'Start over on theirs' }).click();
  await expect(dialog.getByLabel('Limit in time')).toHaveValue('7');
  await dialog.getByLabel('Slow start').fill('5');
  await dialog.getByRole('button', { name: 'Save the policy' }).click();
  await expect(page.locator('#policy')).toContainText('5 s');
});

test('clients without HAProxy find the cluster, and wait for it to change', async ({
  page,
  real,
}) => {
  await page.goto(ROUTING);
  const connect = page.locator('#connect');
  await expect(connect.getByLabel('libpq')).toContainText('target_session_attrs=prefer-standby');
  await connect.getByRole('radio', { name: 'Writes' }).click();
  await expect(connect.getByLabel('JDBC')).toContainText('targetServerType=primary');
  const { url, headers } = real.howdah;
  const at = `${url}/api/routing/main~.2Fservice~orders`;
  const first = await fetch(at, { headers });
  const known = await first.json();
  const leader = (await real.orders.leader())?.name;
  expect(known).toMatchObject({ name: 'orders', leader: { member: leader } });
  const etag = first.headers.get('etag') ?? '';
  const same = await fetch(`${at}?wait=0`, { headers: { ...headers, 'if-none-match': etag } });
  expect([200, 304]).toContain(same.status);
  expect((await fetch(`${url}/api/routing/main~x~y`, { headers })).status).toBe(404);
  expect((await fetch(at)).status).toBe(401);
});

test('who may only look is told why they can’t change it, and axe finds nothing serious', async ({
  page,
  browser,
  real,
}) => {
  await balanced(real.howdah);
  await page.addInitScript({ path: axePath });
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.goto(ROUTING);
    await expect(page.locator('#carriers li').first()).toBeVisible();
    expect(await seriousViolations(page), colorScheme).toEqual([]);
    await page.goto(`${ROUTING}?edit=policy`);
    await expect(page.getByRole('dialog').getByLabel('Slow start')).toBeVisible();
    expect(await seriousViolations(page), colorScheme).toEqual([]);
  }
  const eve = await somebody({ browser, howdah: real.howdah }, 'eve', [viewer]);
  const looking = await eve.context.newPage();
  await looking.goto(ROUTING);
  const button = looking.locator('#policy').getByRole('button', { name: 'Edit …' });
  await expect(button).toBeDisabled();
  await expect(button).toHaveAttribute('title', /operator/);
  await eve.context.close();
});

test('balancing is ended, and HAProxy gives everybody everything', async ({ page, real }) => {
  await balanced(real.howdah);
  await page.goto(ROUTING);
  await page.getByRole('button', { name: 'Stop balancing the reads of orders …' }).click();
  await page.getByRole('button', { name: 'Stop balancing', exact: true }).click();
  await expect(page.getByText('orders has no routing policy')).toBeVisible();
  for (const name of ['orders-1', 'orders-2', 'orders-3']) {
    await weighs(name, (weight) => weight === 100);
  }
});
