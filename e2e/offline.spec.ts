import { expect, test } from './test';

/** What a browser believes tells nothing of a tunnel, or of a Howdah on the same machine. */
test('a browser that takes itself to be offline asks all the same', async ({ page }) => {
  await page.goto('/timeline');
  await expect(page.getByTestId('timeline-event').first()).toBeVisible();
  await page.evaluate(() => window.dispatchEvent(new Event('offline')));
  await page.getByLabel('Search what has happened').fill('no-such-thing');
  await expect(page.getByText('Nothing that fits has happened.')).toBeVisible();
});

test('what could not be sent for want of a network is said so, and never sent later', async ({
  page,
  context,
}) => {
  const sent: string[] = [];
  page.on('request', (request) => {
    if (request.method() === 'POST') sent.push(request.url());
  });
  await page.goto('/account');
  await page.getByRole('button', { name: 'Make a token' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('sent too late');
  await context.setOffline(true);
  await dialog.getByRole('button', { name: 'Make the token' }).click();
  await expect(dialog.getByText('it is not known whether that was done')).toBeVisible();
  expect(sent).toHaveLength(1);
  await context.setOffline(false);
  await expect(page.getByTestId('connection')).toContainText('Live', { timeout: 30_000 });
  await page.reload();
  await expect(page.getByText('You have no token.')).toBeVisible();
  expect(sent).toHaveLength(1);
});
