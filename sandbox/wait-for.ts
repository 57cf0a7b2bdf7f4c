import { setTimeout as delay } from 'node:timers/promises';
import { SandboxError } from './errors';

export interface WaitOptions {
  /** Give up after this many milliseconds. */
  readonly timeoutMs: number;
  /** Milliseconds between two looks, 50 by default. */
  readonly everyMs?: number;
  /** Completes the sentence "Waited n s in vain for …". */
  readonly what: string | (() => string);
}

/**
 * Polls `condition` until it gives something truthy, and returns that.
 * What the condition throws is passed on at once: it must answer a passing fault with false itself.
 *
 * @throws SandboxError naming what was waited for, once the time is up.
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  { timeoutMs, everyMs = 50, what }: WaitOptions,
): Promise<Exclude<Awaited<T>, false | null | undefined | 0 | ''>> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const value = await condition();
    if (value) return value as Exclude<Awaited<T>, false | null | undefined | 0 | ''>;
    if (performance.now() >= deadline) {
      const said = typeof what === 'string' ? what : what();
      throw new SandboxError(`Waited ${timeoutMs / 1000} s in vain for ${said}`);
    }
    await delay(everyMs);
  }
}
