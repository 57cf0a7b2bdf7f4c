import { expect, leaderShown, member, notReloaded, openOrders, test } from './test';

test('a switchover through the dialog turns the drawing round without a reload', async ({
  page,
  real,
}) => {
  await openOrders(page);
  const from = await leaderShown(page);
  await page.getByRole('button', { name: 'Switchover', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toBeVisible();
  const [standby] = await real.orders.standbys();
  if (!standby) throw new Error('no standby');
  await dialog.getByRole('radio', { name: new RegExp(standby.name) }).click();
  const verb = dialog.getByRole('button', { name: `Switch orders over to ${standby.name}` });
  await expect(verb).toBeDisabled();
  await dialog.getByLabel(/Type orders to confirm/).fill('order');
  await expect(verb).toBeDisabled();
  await dialog.getByLabel(/Type orders to confirm/).fill('orders');
  await verb.click();

  const outcome = page.getByTestId('run-outcome').first();
  await expect(outcome).toHaveAttribute('data-code', 'done', { timeout: 60_000 });
  await real.orders.waitHealthy(60_000);
  for (const code of [
    'recorded',
    'rechecked',
    'requested',
    'leader-released',
    'leader-acquired',
    'promoted',
    'timeline-advanced',
    'request-cleared',
    'old-leader-back',
  ]) {
    const step = page.locator(`[data-testid="run-step"][data-code="${code}"]`).first();
    await expect(step, code).toHaveAttribute('data-seen', 'true', { timeout: 60_000 });
  }
  await page.keyboard.press('Escape');
  await expect(member(page, standby.name)).toHaveAttribute('data-leader', 'true');
  await expect(member(page, from)).toHaveAttribute('data-role', 'replica');
  const [above, below] = await Promise.all([
    member(page, standby.name).boundingBox(),
    member(page, from).boundingBox(),
  ]);
  expect(above?.y ?? 0).toBeLessThan(below?.y ?? 0);
  expect((await real.orders.leader())?.name).toBe(standby.name);
  await notReloaded(page);
});

test('a target that can’t be chosen shows why', async ({ page, real }) => {
  await openOrders(page);
  const [standby] = await real.orders.standbys();
  if (!standby) throw new Error('no standby');
  await page.getByRole('button', { name: 'Switchover', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('radio', { name: new RegExp(standby.name) })).toBeEnabled();
  await standby.kill();
  await expect(dialog.getByText(`${standby.name} is missing`).first()).toBeVisible({
    timeout: 20_000,
  });
  await expect(dialog.getByRole('radio', { name: new RegExp(standby.name) })).toBeDisabled();
  await standby.start();
});

test('a request decided on a leadership that has moved is refused, and nothing is done', async ({
  page,
  real,
}) => {
  await openOrders(page);
  const leader = await real.orders.leader();
  const [standby] = await real.orders.standbys();
  const answer = await page.evaluate(
    async ([from, to]) => {
      const response = await fetch('/api/trpc/operations.start', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          cluster: 'main~.2Fservice~orders',
          wish: { kind: 'switchover', candidate: to, at: null },
          seen: {
            ...{ leader: from, leaderCzxid: '1', configVersion: null },
            ...{ requestVersion: null, lossBytes: null },
          },
          confirm: 'orders',
          reason: '',
        }),
      });
      return { status: response.status, text: await response.text() };
    },
    [leader?.name ?? '', standby?.name ?? ''] as const,
  );
  expect(answer.status).toBe(409);
  expect(answer.text).toContain('Nothing was done');
  expect((await real.orders.leader())?.name).toBe(leader?.name);
});

test('a page elsewhere can neither read nor switch over', async ({ request, real }) => {
  const { url } = real.howdah;
  const body = { data: '{}', headers: { 'content-type': 'application/json' } };
  const foreign = await request.post(`${url}/api/trpc/operations.start`, {
    ...body,
    headers: { ...body.headers, origin: 'http://evil.example' },
  });
  expect(foreign.status()).toBe(403);
  const none = await request.post(`${url}/api/trpc/operations.start`, body);
  expect(none.status()).toBe(403);
  const plain = await request.post(`${url}/api/trpc/operations.start`, {
    data: '{}',
    headers: { 'content-type': 'text/plain', origin: url },
  });
  expect(plain.status()).toBe(403);
  const rebound = await request.get(`${url}/api/health`, { headers: { host: 'evil.example' } });
  expect(rebound.status()).toBe(403);
});
