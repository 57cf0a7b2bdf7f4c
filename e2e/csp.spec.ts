import { randomUUID } from 'node:crypto';
import type { Page } from '@playwright/test';
import { watchPolicy } from './policy';
import { expect, ORDERS, openOrders, test } from './test';

async function isLive(page: Page): Promise<void> {
  await expect(page.getByTestId('connection')).toHaveAttribute('data-phase', 'live', {
    timeout: 30_000,
  });
}

test('every page does its work under the policy: the shared stream, charts, dialogs, the theme', async ({
  page,
  context,
}) => {
  const refused = await watchPolicy(page);
  for (const path of [
    ...['/', '/timeline', '/reliability', '/zookeeper', ORDERS, `${ORDERS}/configuration`],
    ...[`${ORDERS}/past?at=${new Date().toISOString()}`, `${ORDERS}?range=6h`, '/nothing'],
  ]) {
    const answer = await page.goto(path);
    const policy = answer?.headers()['content-security-policy'];
    expect(policy, path).toMatch(/script-src 'nonce-[^']+' 'strict-dynamic';/);
    expect(policy, path).not.toContain('unsafe-eval');
    await isLive(page);
  }

  await openOrders(page);
  await page.locator('.lag-line').first().waitFor({ state: 'attached' });
  await page.getByRole('button', { name: 'Switchover', exact: true }).click();
  await expect(page.getByRole('radio').first()).toBeVisible();
  // What a dialog puts into the page to stop its scrolling bears the nonce, too.
  await expect(page.locator('body')).toHaveCSS('overflow', 'hidden');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+k');
  await page.getByText('Theme: dark').click();
  await expect(page.locator('html')).toHaveClass(/dark/);
  // From page to page without a new document.
  await page.evaluate(() => Object.assign(window, { sinceLoad: true }));
  await page.getByRole('link', { name: 'Timeline' }).first().click();
  await expect(page.getByTestId('timeline-event').first()).toBeVisible();
  expect(await page.evaluate(() => 'sinceLoad' in window)).toBe(true);

  // By the one worker of all tabs, not by what a tab falls back to.
  const second = await context.newPage();
  await second.goto('/');
  await isLive(second);
  await expect
    .poll(async () => ((await (await page.request.get('/api/health')).json()) as Health).streams)
    .toBe(1);
  expect(refused).toEqual([]);
});

interface Health {
  readonly streams: number;
}

test('markup that has got into a page runs nothing', async ({ page }) => {
  const refused = await watchPolicy(page);
  const injected = `
    <script>window.__owned = 'a script in the page'</script>
    <script src="/owned.js"></script>
    <script src="data:text/javascript,window.__owned='data'"></script>
    <img src="x" onerror="window.__owned = 'an attribute'">
    <svg onload="window.__owned = 'an attribute of a drawing'"></svg>
    <iframe srcdoc="<script>parent.__owned = 'a frame'</script>"></iframe>
    <base href="https://evil.example/">
    <a id="link" href="javascript:window.__owned='a link'">link</a>`;
  await page.route('**/timeline', async (route) => {
    const response = await route.fetch();
    const body = (await response.text()).replace(/<body[^>]*>/, (tag) => tag + injected);
    await route.fulfill({ response, body });
  });
  await page.route('**/owned.js', (route) =>
    route.fulfill({ contentType: 'text/javascript', body: "window.__owned = 'a file'" }),
  );
  await page.goto('/timeline');
  // The page's own scripts run all the same.
  await isLive(page);
  await page.evaluate(() => document.getElementById('link')?.click());
  // As a careless component would put it in.
  await page.evaluate(() => {
    const careless = document.createElement('div');
    careless.innerHTML = `<img src="x" onerror="window.__owned = 'an attribute put in later'">`;
    document.body.append(careless);
  });
  expect(await page.evaluate(() => document.baseURI)).toContain('/timeline');
  for (const directive of ['script-src-elem', 'script-src-attr', 'base-uri']) {
    await expect.poll(() => refused.join('\n')).toContain(directive);
  }
  const owned = await page.evaluate(() => (window as { __owned?: string }).__owned ?? null);
  expect(owned).toBeNull();
});

test('nobody who asks for a page chooses its nonce', async ({ page }) => {
  const chosen = randomUUID();
  const answer = await page.request.get('/', {
    headers: {
      'x-nonce': chosen,
      'content-security-policy': `script-src 'nonce-${chosen}'`,
      'x-forwarded-host': chosen,
    },
  });
  const policy = answer.headers()['content-security-policy'] ?? '';
  const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? '';
  const body = await answer.text();
  expect(body).not.toContain(chosen);
  const scripts = body.match(/<script[^>]*>/g) ?? [];
  expect(scripts.length).toBeGreaterThan(0);
  for (const script of scripts) expect(script).toContain(`nonce="${nonce}"`);
});
