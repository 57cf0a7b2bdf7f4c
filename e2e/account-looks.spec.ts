import { axePath, seriousViolations } from './axe';
import { asAdmin, nobody } from './people';
import { watchPolicy } from './policy';
import { expect, test } from './test';

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in ${colorScheme}`, () => {
    test.use({ colorScheme });

    test('axe finds nothing serious on the account, the accounts, the audit and their dialogs', async ({
      page,
    }) => {
      await page.addInitScript({ path: axePath });
      const refused = await watchPolicy(page);
      await page.goto('/account');
      await expect(page.getByTestId('session').first()).toBeVisible();
      expect(await seriousViolations(page)).toEqual([]);
      await page.getByRole('button', { name: 'Make a token' }).click();
      await expect(page.getByRole('dialog').getByLabel('Where')).toBeVisible();
      expect(await seriousViolations(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await page.getByTestId('account').click();
      await expect(page.getByRole('menuitem', { name: 'Sign out' })).toBeVisible();
      expect(await seriousViolations(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await page.goto('/accounts');
      await expect(page.getByTestId('account-row').first()).toBeVisible();
      expect(await seriousViolations(page)).toEqual([]);
      await page.getByTestId('account-row').first().getByRole('button').click();
      await expect(page.getByRole('dialog').getByRole('heading', { name: 'Roles' })).toBeVisible();
      expect(await seriousViolations(page)).toEqual([]);
      await page.goto('/audit');
      await page
        .getByRole('button', { name: /^All of it/ })
        .first()
        .click();
      await expect(page.getByRole('region', { name: 'The act' })).toBeVisible();
      expect(await seriousViolations(page)).toEqual([]);
      expect(refused).toEqual([]);
    });

    test.describe('without a session', () => {
      test.use({ storageState: nobody });

      test('axe finds nothing serious on the way in, by account and by token', async ({ page }) => {
        await page.addInitScript({ path: axePath });
        const refused = await watchPolicy(page);
        await page.goto('/sign-in?error=access_denied');
        await expect(page.getByLabel('E-mail address')).toBeFocused();
        expect(await seriousViolations(page)).toEqual([]);
        await page.getByRole('button', { name: 'Use the emergency token' }).click();
        await expect(page.getByLabel('Emergency token', { exact: true })).toBeVisible();
        expect(await seriousViolations(page)).toEqual([]);
        expect(refused).toEqual([]);
      });
    });
  });
}

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 } });

  for (const path of ['/sign-in', '/account', '/accounts', '/accounts?view=tokens', '/audit']) {
    test(`nothing is wider than the screen on ${path}`, async ({ page, real }) => {
      await asAdmin(real.howdah, 'accounts.add', {
        name: 'Bartholomew Featherstonehaugh the younger',
        email: `b.featherstonehaugh-${Date.now()}@a.long.subsidiary.example.org`,
        password: 'to be changed at once',
        grants: [{ role: 'viewer', scope: { of: 'all' } }],
      });
      await page.goto(path);
      await expect(page.locator('h1, h2').first()).toBeAttached();
      await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(width).toBeLessThanOrEqual(390);
    });
  }

  test('the menu of the account leads to what the rail has elsewhere, and out', async ({
    page,
  }) => {
    await page.goto('/');
    await page.getByTestId('account').click();
    await expect(page.getByRole('menuitem')).toHaveText([
      ...['Account', 'Accounts', 'Audit', 'Sign out'],
    ]);
    await page.getByRole('menuitem', { name: 'Audit' }).click();
    await expect(page).toHaveURL('/audit');
  });
});
