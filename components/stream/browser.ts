import type { ConnectionDeps, Source } from './connection';
import { FallbackLink } from './fallback-link';
import type { LinkEvents, StreamLink } from './link';
import { ownLink } from './own-link';
import { SharedLink, type WorkerPort } from './shared-link';
import { StreamStore } from './store';
import type { ToTab } from './tab-messages';
import { workerName } from './worker-name';

const HIDDEN_MS = 30_000;

const after = (ms: number, task: () => void): (() => void) => {
  const timer = setTimeout(task, ms);
  return () => clearTimeout(timer);
};

/** What this page belongs to. */
export interface Belonging {
  /** Null where that can't be told. */
  readonly build: string | null;
  /** The same for all that is shown to one person until they sign out. */
  readonly session: string;
}

/** The store over the browser's own workers, event streams, clock and page visibility. */
export function browserStore({ build, session }: Belonging): {
  store: StreamStore;
  start(): () => void;
} {
  const deps: ConnectionDeps = {
    build,
    open: (url) => new EventSource(url) as Source,
    now: Date.now,
    after,
    random: Math.random,
  };
  const store = new StreamStore({
    after,
    // A hidden page paints nothing, and would let frames pile up until it is looked at.
    beforePaint: (task) => {
      if (document.hidden) setTimeout(task, 250);
      else requestAnimationFrame(task);
    },
    link: (events) => {
      const own = () => ownLink(deps, () => store.stream, events);
      if (!canShare(build)) return own();
      const name = workerName(build, session);
      return new FallbackLink((onDead) => shared(name, { ...events, onDead }), own);
    },
  });
  return { store, start: () => watchPage(store) };
}

/** Under `next dev` a worker would outlive the code it was made of. */
function canShare(build: string | null): build is string {
  return build !== null && build !== 'dev' && typeof SharedWorker !== 'undefined';
}

/** The URL bears the code's hash, the name the build and the session: neither two share a worker. */
function shared(name: string, events: LinkEvents & { onDead(): void }): StreamLink {
  const worker = new SharedWorker(new URL('./shared-worker.ts', import.meta.url), { name });
  const port: WorkerPort = {
    post: (message) => worker.port.postMessage(message),
    onmessage: null,
    close: () => worker.port.close(),
  };
  const link = new SharedLink({ now: Date.now, after }, port, events);
  worker.port.onmessage = (event: MessageEvent<ToTab>) => port.onmessage?.(event.data);
  worker.onerror = () => link.fail();
  return link;
}

function watchPage(store: StreamStore): () => void {
  const { link } = store;
  let cancel = (): void => {};
  const onVisibility = (): void => {
    cancel();
    if (document.hidden) cancel = after(HIDDEN_MS, () => link.pause());
    else link.resume();
  };
  const onOnline = (): void => link.retry();
  const onHide = (): void => link.pause();
  const onShow = (event: PageTransitionEvent): void => {
    if (event.persisted) onVisibility();
  };
  document.addEventListener('visibilitychange', onVisibility);
  window.addEventListener('online', onOnline);
  window.addEventListener('pagehide', onHide);
  window.addEventListener('pageshow', onShow);
  link.resume();
  store.start();
  return () => {
    cancel();
    document.removeEventListener('visibilitychange', onVisibility);
    window.removeEventListener('online', onOnline);
    window.removeEventListener('pagehide', onHide);
    window.removeEventListener('pageshow', onShow);
    link.pause();
  };
}
