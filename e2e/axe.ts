import { createRequire } from 'node:module';
import type { Page } from '@playwright/test';

/** Not as a tag: the policy lets no such script into a page. */
export const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

interface Violation {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string }[];
}

/** What axe finds serious on the page, which has to have been opened with it. */
export async function seriousViolations(page: Page): Promise<string[]> {
  // While something fades in, its colours aren't its own, and axe may still look when it comes.
  await page.emulateMedia({ reducedMotion: 'reduce' });
  // Transitions of colours go on all the same. What goes away meanwhile never ends.
  await page.evaluate(() =>
    Promise.allSettled(document.getAnimations().map(({ finished }) => finished)),
  );
  const violations = await page.evaluate(async () => {
    const { axe } = window as unknown as {
      axe: { run(): Promise<{ violations: Violation[] }> };
    };
    return (await axe.run()).violations;
  });
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`);
}
