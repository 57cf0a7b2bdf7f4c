import { axePath, seriousViolations } from './axe';
import { expect, ORDERS, test } from './test';

const EDITOR = `${ORDERS}/configuration?edit=form`;

test('an edit is judged as it is typed, and is one document in the form and in the YAML', async ({
  page,
}) => {
  await page.goto(EDITOR);
  const review = page.locator('#edit-review');
  await expect(review).toContainText('Nothing yet.');
  await page.getByLabel(/^Retry/).fill('30');
  await expect(review.getByTestId('setting-change')).toContainText('retry_timeout');
  await expect(review.locator('[data-code="timing"]')).toContainText('the leader may lose its key');

  await page.getByLabel('Set another parameter').fill('wal_buf');
  await page.getByRole('button', { name: /^wal_buffers/ }).click();
  await page.getByLabel('wal_buffers', { exact: true }).fill('16MB');
  await expect(review.getByTestId('must-restart')).toContainText(
    'orders-1, orders-2 and orders-3 must be restarted',
  );
  await page.getByLabel('wal_buffers', { exact: true }).fill('64 potatoes');
  await expect(page.getByTestId('parameter').filter({ hasText: 'wal_buffers' })).toContainText(
    'must have one of the units',
  );

  await page.getByRole('radio', { name: 'YAML' }).click();
  await expect(page).toHaveURL(/edit=yaml/);
  const text = page.getByLabel('The configuration as YAML');
  await expect(text).toHaveValue(/retry_timeout: 30/);
  await expect(text).toHaveValue(/wal_buffers: 64 potatoes/);
  await text.fill('ttl: [');
  await expect(page.getByText(/^Line 1: /)).toBeVisible();
  await page.getByRole('radio', { name: 'Form' }).click();
  await expect(page.getByText('The YAML can’t be read as a configuration')).toBeVisible();
  await page.getByRole('button', { name: 'Discard the edit' }).click();
  await expect(page).not.toHaveURL(/edit=/);
});

test('what is written meanwhile is said, and the edit is carried over to it', async ({
  page,
  real,
}) => {
  await page.goto(EDITOR);
  await page.getByLabel(/^Most lag on failover/).fill('2097152');
  await real.orders.patchConfig({ postgresql: { parameters: { work_mem: '11MB' } } });
  await page.getByRole('button', { name: /^Carry my edit over to version/ }).click();
  await page.getByRole('radio', { name: 'YAML' }).click();
  const text = page.getByLabel('The configuration as YAML');
  await expect(text).toHaveValue(/maximum_lag_on_failover: 2097152/);
  await expect(text).toHaveValue(/work_mem: 11MB/);
  await expect(page.locator('#edit-review').getByTestId('setting-change')).toHaveCount(1);
});

test('what a member runs otherwise than it is configured is told', async ({ page, real }) => {
  const { orders } = real;
  const [other] = await orders.standbys();
  if (!other) throw new Error('no standby');
  await page.goto(`${ORDERS}/configuration`);
  const row = page.getByTestId('member-drift').filter({ hasText: other.name });
  await orders.patchConfig({ postgresql: { parameters: { work_mem: '13MB' } } });
  await expect(row).toContainText(/runs (all|the one)/, { timeout: 20_000 });
  await other.sql("alter system set work_mem = '3MB'");
  await other.sql('select pg_reload_conf()');
  await expect(row.getByTestId('drift')).toContainText('work_memdiffers');
  await expect(row.getByTestId('drift')).toContainText('configured 13MB, runs 3072 kB');
  await other.sql('alter system reset work_mem');
  await other.sql('select pg_reload_conf()');
  await expect(row.getByTestId('drift')).toHaveCount(0);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in ${colorScheme}`, () => {
    test.use({ colorScheme, viewport: { width: 390, height: 844 } });

    test('the editor fits a phone, and axe finds nothing serious in it', async ({ page }) => {
      await page.addInitScript({ path: axePath });
      await page.goto(EDITOR);
      await page.getByLabel(/^Retry/).fill('30');
      await expect(page.locator('[data-code="timing"]').first()).toBeVisible();
      await expect(page.getByTestId('member-drift').first()).toBeVisible();
      const width = () => page.evaluate(() => document.documentElement.scrollWidth);
      expect(await width()).toBeLessThanOrEqual(390);
      expect(await seriousViolations(page)).toEqual([]);
      await page.getByRole('radio', { name: 'YAML' }).click();
      expect(await width()).toBeLessThanOrEqual(390);
      expect(await seriousViolations(page)).toEqual([]);
    });
  });
}
