import { expect, member, openOrders, test } from './test';
import { writeZnodes } from './znodes';

const MARKUP = '<img src=x onerror=alert(1)>';

test('garbage in ZooKeeper is shown as what it is, runs nothing, and harms no other cluster', async ({
  page,
  real,
}) => {
  const dialogs: string[] = [];
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  const base = '/service/garbage';
  await writeZnodes(real.sandbox.connectString, [
    [base, ''],
    [`${base}/config`, '["not", "an", "object"]'],
    [`${base}/leader`, Buffer.from([0xff, 0xfe, 0x00])],
    [`${base}/history`, 'x'.repeat(1_000_000)],
    [`${base}/members`, ''],
    [`${base}/members/not-utf8`, Buffer.from([0xc3, 0x28])],
    [
      `${base}/members/${MARKUP}`,
      JSON.stringify({
        conn_url: 'postgres://127.0.0.1:1/postgres',
        api_url: 'http://127.0.0.1:1/patroni',
        state: '<b>odd</b>',
        role: 'emperor',
        xlog_location: -1,
      }),
    ],
  ]);

  await page.goto('/');
  const row = page.locator('[data-testid="fleet-row"]', { hasText: 'garbage' });
  await expect(row).toBeVisible();
  await row.click();
  for (const name of ['leader', 'config', 'history', 'members/not-utf8']) {
    await expect(page.getByText(`${base}/${name}`).first()).toBeVisible();
  }
  await expect(member(page, MARKUP)).toContainText(MARKUP);
  await expect(member(page, MARKUP)).toContainText('<b>odd</b>');
  await expect(
    page.locator('[data-testid="problem"][data-code="config-unreadable"]'),
  ).toBeVisible();
  await expect(page.locator('[data-testid="problem"][data-code="unknown-role"]')).toBeVisible();
  const button = page.getByRole('button', { name: 'Switchover', exact: true });
  await expect(button).toBeDisabled();
  expect(dialogs).toEqual([]);

  await openOrders(page);
  await expect(page.getByTestId('member-node')).toHaveCount(3);
});
