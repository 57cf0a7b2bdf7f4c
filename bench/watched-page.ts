import { type Browser, chromium, type Page } from '@playwright/test';
import type { Context } from './benchmark';
import { onWatchersCore } from './cores';
import { signInBrowser } from './signed-in';

export interface Shown {
  readonly cluster: string;
  readonly leader: string;
  /** Milliseconds since the epoch, when it was in the document. */
  readonly at: number;
}

/** What the translation of our sources expects of every function that is sent to a page. */
export const KEEP_NAMES = 'globalThis.__name ??= (named) => named';

/** Debian's Chromium, without what it would do on its own, on a processor of its own. */
export async function launchChromium({ onEnd }: Pick<Context, 'onEnd'>): Promise<Browser> {
  const browser = await onWatchersCore(() =>
    chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
        '--disable-gpu',
      ],
    }),
  );
  onEnd(() => browser.close());
  return browser;
}

/** The fleet page in a real Chromium. */
export async function openFleetPage(url: string, context: Pick<Context, 'onEnd'>): Promise<Page> {
  const browser = await launchChromium(context);
  const page = await browser.newPage({ viewport: { width: 1440, height: 1400 } });
  await page.addInitScript(KEEP_NAMES);
  await signInBrowser(page.context(), url);
  await page.goto(url);
  await page.locator('[data-testid="fleet-row"]').first().waitFor();
  return page;
}

/** From now on the page notes when each row's leader changes. */
export async function noteLeaders(page: Page): Promise<void> {
  await page.evaluate(() => {
    const shown: Shown[] = [];
    const known = new Map<string, string>();
    const look = () => {
      const at = performance.timeOrigin + performance.now();
      for (const row of document.querySelectorAll<HTMLElement>('[data-testid="fleet-row"]')) {
        const { cluster = '', leader = '' } = row.dataset;
        if (known.get(cluster) === leader) continue;
        known.set(cluster, leader);
        if (leader !== '') shown.push({ cluster, leader, at });
      }
    };
    look();
    new MutationObserver(look).observe(document.body, {
      subtree: true,
      childList: true,
      attributes: true,
      attributeFilter: ['data-leader'],
    });
    Object.assign(window, { shown });
  });
}

/** What the page has noted. */
export function shownOn(page: Page): Promise<Shown[]> {
  return page.evaluate(() => (window as unknown as { shown: Shown[] }).shown);
}
