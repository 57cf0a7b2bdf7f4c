import type { CDPSession, Page } from '@playwright/test';
import { KEEP_NAMES } from './watched-page';

interface LongTask {
  readonly at: number;
  readonly ms: number;
}

/** What a page costs its main thread, as Chromium itself counts it. */
export class PageMeter {
  readonly #page: Page;
  readonly #devtools: CDPSession;
  /** Counts only while the page's thread has a processor. */
  readonly #ownTime: CDPSession;
  #scriptBytes = 0;

  private constructor(
    page: Page,
    { devtools, ownTime }: { readonly devtools: CDPSession; readonly ownTime: CDPSession },
  ) {
    this.#page = page;
    this.#devtools = devtools;
    this.#ownTime = ownTime;
  }

  /** Call it before the page is opened: it listens from the start. */
  static async attach(page: Page): Promise<PageMeter> {
    const devtools = await page.context().newCDPSession(page);
    const ownTime = await page.context().newCDPSession(page);
    const meter = new PageMeter(page, { devtools, ownTime });
    const scripts = new Set<string>();
    devtools.on('Network.responseReceived', ({ requestId, type }) => {
      if (type === 'Script') scripts.add(requestId);
    });
    devtools.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
      if (scripts.has(requestId)) meter.#scriptBytes += encodedDataLength;
    });
    await devtools.send('Network.enable');
    await devtools.send('Performance.enable');
    await ownTime.send('Performance.enable', { timeDomain: 'threadTicks' });
    await page.addInitScript(KEEP_NAMES);
    await page.addInitScript(() => {
      const longTasks: LongTask[] = [];
      Object.assign(window, { longTasks, firstRowAt: 0 });
      new PerformanceObserver((list) => {
        for (const { startTime, duration } of list.getEntries()) {
          longTasks.push({ at: startTime, ms: duration });
        }
      }).observe({ type: 'longtask', buffered: true });
      const rows = new MutationObserver(() => {
        if (!document.querySelector('[data-testid="fleet-row"]')) return;
        Object.assign(window, { firstRowAt: performance.now() });
        rows.disconnect();
      });
      rows.observe(document, { subtree: true, childList: true });
    });
    return meter;
  }

  /** Bytes of script as they came over the wire, compressed. */
  get scriptBytes(): number {
    return this.#scriptBytes;
  }

  /** From the start of the navigation to the first row of the fleet, milliseconds. */
  firstRowAt(): Promise<number> {
    return this.#page.evaluate(() => (window as unknown as { firstRowAt: number }).firstRowAt);
  }

  /** Tasks over 50 ms that began at or after a moment of the page, milliseconds each. */
  async longTasksSince(at: number): Promise<number[]> {
    const all = await this.#page.evaluate(
      () => (window as unknown as { longTasks: LongTask[] }).longTasks,
    );
    return all.filter((task) => task.at >= at).map(({ ms }) => ms);
  }

  now(): Promise<number> {
    return this.#page.evaluate(() => performance.now());
  }

  /**
   * Milliseconds of script a second over so many seconds: by the clock, which runs on while the
   * page waits for a processor, and of a processor.
   */
  async scriptMsPerSecond(
    seconds: number,
  ): Promise<{ readonly wall: number; readonly cpu: number }> {
    const script = () =>
      Promise.all([this.#scriptSeconds(this.#devtools), this.#scriptSeconds(this.#ownTime)]);
    const [wall, cpu] = await script();
    const began = performance.now();
    await this.#page.waitForTimeout(seconds * 1000);
    const took = performance.now() - began;
    const [wallNow, cpuNow] = await script();
    return { wall: ((wallNow - wall) * 1e6) / took, cpu: ((cpuNow - cpu) * 1e6) / took };
  }

  /** MB in use after a collection. */
  async heapMb(): Promise<number> {
    await this.#devtools.send('HeapProfiler.collectGarbage');
    const { usedSize } = await this.#devtools.send('Runtime.getHeapUsage');
    return usedSize / 2 ** 20;
  }

  async #scriptSeconds(devtools: CDPSession): Promise<number> {
    const { metrics } = await devtools.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'ScriptDuration')?.value ?? Number.NaN;
  }
}
