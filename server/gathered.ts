import type { Clock } from './ports';

/** Runs `task` once for all calls that come within `ms` of the first. */
export function gathered(clock: Clock, ms: number, task: () => void): () => void {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    clock.after(ms, () => {
      waiting = false;
      task();
    });
  };
}
