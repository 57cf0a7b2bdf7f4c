import type { Page } from '@playwright/test';
import { KEPT_ZNODES } from '@/lib/history/znode-version';
import { clusterId } from '@/lib/topology/cluster-id';
import { openConnected, type ZooKeeperSession } from '@/zookeeper';
import { watchPolicy } from './policy';
import { expect, test } from './test';

const IMG = '<img src=x onerror=window.__owned=1>';
/** Leaves an attribute, where it gets into one. A name in ZooKeeper has no slash. */
const SVG = `"'><svg onload=window.__owned=1>`;
const SCRIPT = `"'></script><script>window.__owned=1</script>`;
const LINK = 'javascript:window.__owned=1';

const PASSWORD = 'hunter2canary';

const SCOPE = `${IMG}-scope`;
const BASE = `/service/${SCOPE}`;
const ID = clusterId({ ensemble: 'main', namespace: '/service', scope: SCOPE, group: null });
const [FIRST, SECOND] = [`${IMG}-first`, `${SVG}-second`];

const member = (changed: string) => ({
  ...{ conn_url: `postgres://${IMG}:5432/${SCRIPT}`, api_url: LINK, state: `${SCRIPT} ${changed}` },
  ...{ role: IMG, version: SVG, replication_state: SCRIPT, timeline: 1, xlog_location: 1 },
  tags: { replicatefrom: SVG, [IMG]: SCRIPT, clonefrom: LINK, nested: { [SVG]: LINK } },
  ...{ pending_restart: true, pending_restart_reason: { [SCRIPT]: { old_value: IMG } } },
});

const config = (changed: string) => ({
  ...{ ttl: 30, loop_wait: 10, retry_timeout: 10, synchronous_mode: true, [IMG]: SCRIPT },
  authentication: { replication: { username: 'r', password: PASSWORD } },
  postgresql: { parameters: { [SVG]: LINK, archive_command: `${SCRIPT} ${changed}` } },
});

const znodes: readonly (readonly [string, unknown])[] = [
  ['', ''],
  ['/config', config('1')],
  ['/initialize', SCRIPT],
  ['/leader', FIRST],
  ['/failover', { leader: FIRST, member: SECOND, scheduled_at: SCRIPT }],
  ['/sync', { leader: FIRST, sync_standby: `${SECOND},${IMG}` }],
  ['/history', [[1, 1, SCRIPT, IMG, SVG]]],
  ['/status', `{"optime": "${IMG}"}`],
  ['/failsafe', `${SCRIPT} is no JSON`],
  ['/members', ''],
  [`/members/${FIRST}`, member('1')],
  [`/members/${SECOND}`, member('1')],
  [`/members/${IMG}-unreadable`, `${SCRIPT}${IMG}`],
];

const bytesOf = (data: unknown) =>
  Buffer.from(typeof data === 'string' ? data : JSON.stringify(data));

/** What then happens is told: who leads, what is set, who is in trouble, all by these names. */
async function change(session: ZooKeeperSession): Promise<void> {
  await session.set(`${BASE}/config`, bytesOf(config('2')), 'any');
  await session.delete(`${BASE}/leader`, 'any');
  await session.create(`${BASE}/leader`, bytesOf(SECOND));
  await session.set(`${BASE}/members/${FIRST}`, bytesOf(member('2')), 'any');
  await session.delete(`${BASE}/members/${IMG}-unreadable`, 'any');
}

/** Nothing of it has become part of the page. */
async function isText(page: Page): Promise<void> {
  const became = await page.evaluate(() => ({
    owned: '__owned' in window,
    elements: [...document.querySelectorAll('img[src="x"], [onload], [onerror]')].length,
    links: [...document.querySelectorAll('a')].map(({ href }) => href),
  }));
  expect(became).toMatchObject({ owned: false, elements: 0 });
  for (const href of became.links) expect(href).toMatch(/^https?:/);
}

test('markup in whatever ZooKeeper can carry is text on every page, and runs nothing; a password is none', async ({
  page,
  real,
}) => {
  const refused = await watchPolicy(page);
  const dialogs: string[] = [];
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  const connect = real.sandbox.connectString;
  const session = await openConnected({ connect, timeoutMs: 5000, patienceMs: 30_000 });
  try {
    for (const [name, data] of znodes) await session.create(`${BASE}${name}`, bytesOf(data));

    await page.goto('/');
    const row = page.locator('[data-testid="fleet-row"]', { hasText: SCOPE });
    await expect(row).toContainText(SCOPE);
    await isText(page);
    await row.click();
    await expect(page.getByTestId('member-node').filter({ hasText: FIRST })).toBeVisible();
    await expect(page.getByText(SCRIPT).first()).toBeVisible();
    await isText(page);
    await change(session);
    await expect(page.locator('[data-testid="member-node"][data-leader="true"]')).toContainText(
      SECOND,
    );
    await isText(page);

    await page.goto(`/timeline?cluster=${encodeURIComponent(ID)}`);
    await expect(page.getByTestId('timeline-event').filter({ hasText: IMG }).first()).toBeVisible();
    await isText(page);
    await page.goto(`/timeline?q=${encodeURIComponent(SCRIPT)}`);
    await isText(page);

    for (const name of KEPT_ZNODES) {
      await page.goto(`/cluster/${ID}/configuration?znode=${name}`);
      await expect(page.getByTestId('version').first()).toBeVisible();
      await isText(page);
    }
    await page.goto(`/cluster/${ID}/configuration?znode=config`);
    await expect(page.getByTestId('masked')).toBeVisible();
    await expect(page.getByText('"password": "…"').first()).toBeVisible();
    expect(await page.content()).not.toContain(PASSWORD);
    await page.goto(`/cluster/${ID}/past?at=${new Date().toISOString()}`);
    await expect(page.getByTestId('past')).toBeVisible();
    await isText(page);
    for (const path of ['/reliability', `/reliability?cluster=${encodeURIComponent(ID)}`]) {
      await page.goto(path);
      await expect(page.getByText(IMG).first()).toBeVisible();
      await isText(page);
    }
    await page.goto('/zookeeper');
    await expect(page.getByTestId('lane').first()).toBeVisible();
    await isText(page);
    await page.goto(`/cluster/${encodeURIComponent(`main~.2Fservice~${SCRIPT}`)}`);
    await expect(page.getByTestId('connection')).toContainText('Live');
    await isText(page);
    expect({ dialogs, refused }).toEqual({ dialogs: [], refused: [] });
  } finally {
    for (const [name] of znodes.toReversed()) {
      await session.delete(`${BASE}${name}`, 'any').catch(() => undefined);
    }
    session.close();
  }
});
