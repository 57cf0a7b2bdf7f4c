import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from '@playwright/test';

/** Listens to a page from now on, for the words that a failed test of it is to leave. */
export function listenTo(page: Page): () => Promise<string> {
  const amiss: string[] = [];
  page.on('requestfailed', (request) => {
    const said = request.failure()?.errorText ?? '';
    // What is left for another page is aborted all the time.
    if (said !== 'net::ERR_ABORTED') amiss.push(`${said}: ${short(request.url())}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) amiss.push(`${response.status()}: ${short(response.url())}`);
  });
  page.on('console', (message) => {
    if (message.type() === 'error') amiss.push(`console: ${short(message.text())}`);
  });
  page.on('pageerror', (error) => amiss.push(`thrown: ${short(error.message)}`));
  const words = async () => {
    const main = page.locator('main');
    // What could be chosen is of no interest, and long.
    const choices = await main.locator('select').allInnerTexts();
    // biome-ignore lint/performance/useDomNodeTextContent: as it was seen, a line for a line
    const shown = await main.innerText({ timeout: 2000 });
    const rest = choices.reduce((text, choice) => text.replace(choice, ''), shown);
    return rest.replace(/\s*\n\s*/g, ' | ').slice(0, 700);
  };
  return async () => {
    // A page that is gone, or hangs, says nothing: its test has failed already.
    const late = delay(3000, 'nothing in time', { ref: false });
    const shown = await Promise.race([words().catch((error) => `nothing: ${error}`), late]);
    return [short(page.url()), shown, ...amiss.slice(-5)].join('\n');
  };
}

const short = (text: string): string => text.slice(0, 160);
