import { setTimeout as delay } from 'node:timers/promises';

/** For that long, or until it is to stop. */
export const pause = (ms: number, stopping: AbortSignal): Promise<unknown> =>
  delay(Math.max(0, ms), null, { signal: stopping }).catch(() => undefined);

/** Does it at an even pace until it is to stop; what came too late is not made up for. */
export async function paced(
  everyMs: number,
  stopping: AbortSignal,
  does: () => void | Promise<void>,
): Promise<void> {
  let next = performance.now();
  while (!stopping.aborted) {
    await does();
    next = Math.max(next + everyMs, performance.now());
    await pause(next - performance.now(), stopping);
  }
}
