import type { Clock } from './ports';

/** The machine's own time. Timers don't keep the process alive: the HTTP server does. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after: (ms, task) => {
    const timer = setTimeout(task, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
  soon: (task) => {
    setImmediate(task);
  },
};
