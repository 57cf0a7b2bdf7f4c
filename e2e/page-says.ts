import type { Page } from '@playwright/test';

/** How an attachment is called that tells what a page showed as its test failed. */
export const PAGE_SAYS = 'what the page showed';

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
  return async () => {
    const main = page.locator('main');
    // What could be chosen is of no interest, and long.
    const choices = await main.locator('select').allInnerTexts();
    const shown = await main
      // biome-ignore lint/performance/useDomNodeTextContent: as it was seen, a line for a line
      .innerText({ timeout: 2000 })
      .catch((error) => `nothing: ${error}`);
    const rest = choices.reduce((text, choice) => text.replace(choice, ''), shown);
    const words = rest.replace(/\s*\n\s*/g, ' | ').slice(0, 700);
    return [short(page.url()), words, ...amiss.slice(-5)].join('\n');
  };
}

const short = (text: string): string => text.slice(0, 160);
