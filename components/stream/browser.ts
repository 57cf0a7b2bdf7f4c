import type { Source } from './connection';
import { StreamStore } from './store';

const HIDDEN_MS = 30_000;

/** The store over the browser's own EventSource, clock and page visibility. */
export function browserStore(): { store: StreamStore; start(): () => void } {
  const after = (ms: number, task: () => void): (() => void) => {
    const timer = setTimeout(task, ms);
    return () => clearTimeout(timer);
  };
  const store = new StreamStore({
    open: (url) => new EventSource(url) as Source,
    now: Date.now,
    after,
    random: Math.random,
    // A hidden page paints nothing, and would let frames pile up until it is looked at.
    beforePaint: (task) => {
      if (document.hidden) setTimeout(task, 250);
      else requestAnimationFrame(task);
    },
  });
  return { store, start: () => watchPage(store, after) };
}

function watchPage(
  store: StreamStore,
  after: (ms: number, task: () => void) => () => void,
): () => void {
  let cancel = (): void => {};
  const onVisibility = (): void => {
    cancel();
    if (document.hidden) cancel = after(HIDDEN_MS, () => store.connection.pause());
    else store.connection.resume();
  };
  const onOnline = (): void => store.connection.retry();
  document.addEventListener('visibilitychange', onVisibility);
  window.addEventListener('online', onOnline);
  store.connection.resume();
  return () => {
    cancel();
    document.removeEventListener('visibilitychange', onVisibility);
    window.removeEventListener('online', onOnline);
    store.connection.pause();
  };
}
