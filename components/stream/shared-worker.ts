import type { Source } from './connection';
import { SharedStream, type TabPort } from './shared-stream';
import type { FromTab } from './tab-messages';
import { buildIn } from './worker-name';

/** The shell of the one connection of a browser. Another build or session has a worker of its own. */
const scope = self as unknown as SharedWorkerGlobalScope;

const stream = new SharedStream({
  build: buildIn(scope.name),
  open: (url) => new EventSource(url) as Source,
  now: Date.now,
  after: (ms, task) => {
    const timer = setTimeout(task, ms);
    return () => clearTimeout(timer);
  },
  random: Math.random,
});

scope.onconnect = (event) => {
  const [port] = event.ports;
  if (!port) return;
  const tab: TabPort = { post: (message) => port.postMessage(message) };
  port.onmessage = (message: MessageEvent<FromTab>) => stream.hear(tab, message.data);
  // Where the browser tells of it, a tab that has crashed is noticed at once.
  port.addEventListener('close', () => stream.drop(tab));
};
