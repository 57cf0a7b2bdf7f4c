import type { StreamState } from '@/lib/stream/reducer';
import { type ConnectionDeps, StreamConnection } from './connection';
import { Gatherer } from './gatherer';
import type { LinkEvents, StreamLink } from './link';

/** An event stream of the page's own: where there is no worker to share one. */
export function ownLink(
  deps: ConnectionDeps,
  state: () => StreamState,
  events: LinkEvents,
): StreamLink {
  const { now, after } = deps;
  const gatherer = new Gatherer({ now, after, state, release: (f) => events.onFrames(f) });
  return new StreamConnection(
    deps,
    (frame) => gatherer.take(frame),
    (view) => events.onView(view),
  );
}
