import { nobody } from './people';
import { ADMIN } from './signed-in';
import { expect, ORDERS, openOrders, test } from './test';

test.use({ storageState: nobody });

test('whoever the provider vouches for is signed in, where they wanted to go, with their groups’ roles', async ({
  page,
}) => {
  await page.goto(ORDERS);
  await page.getByRole('button', { name: 'Sign in with Example SSO' }).click();
  await page.getByRole('button', { name: 'Sign in as Ann' }).click();
  await expect(page).toHaveURL(ORDERS);
  await openOrders(page);
  // Her group is an operator's.
  await expect(page.getByRole('button', { name: 'Switchover', exact: true })).toBeEnabled();
  await page.goto('/account');
  await expect(page.getByRole('main')).toContainText('ann@sso.example');
  await expect(page.getByRole('main')).toContainText('Operator of all clusters by a group');
  await expect(page.getByText('You sign in at the provider')).toBeVisible();
  await expect(page.getByLabel('New password')).toHaveCount(0);
});

test('whose groups have no role here is told so, and is not let in', async ({ page }) => {
  await page.goto('/sign-in');
  await page.getByRole('button', { name: 'Sign in with Example SSO' }).click();
  await page.getByRole('button', { name: 'Sign in as Zed' }).click();
  await expect(page.getByRole('main').getByRole('alert')).toContainText(
    'none of your groups has a role',
  );
  await page.goto(ORDERS);
  await expect(page).toHaveURL(/\/sign-in/);
});

test('whoever was refused on their way to a page gets there by another way in', async ({
  page,
}) => {
  await page.goto(ORDERS);
  await page.getByRole('button', { name: 'Sign in with Example SSO' }).click();
  await page.getByRole('button', { name: 'Sign in as Zed' }).click();
  await expect(page.getByRole('main').getByRole('alert')).toBeVisible();
  await page.getByLabel('E-mail address').fill(ADMIN.email);
  await page.getByLabel('Password', { exact: true }).fill(ADMIN.password);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(ORDERS);
});

test('an answer with a signature that is not the provider’s signs nobody in', async ({
  page,
  real,
}) => {
  const { provider } = real.howdah;
  provider.fault = 'wrong-key';
  try {
    await page.goto('/sign-in');
    await page.getByRole('button', { name: 'Sign in with Example SSO' }).click();
    await page.getByRole('button', { name: 'Sign in as Ann' }).click();
    await expect(page.getByRole('main').getByRole('alert')).toBeVisible();
    await page.goto(ORDERS);
    await expect(page).toHaveURL(/\/sign-in/);
  } finally {
    provider.fault = null;
  }
});
