import type { Frame, Topic } from '@/lib/stream/frames';
import type { StreamState } from '@/lib/stream/reducer';

/** Where a frame belongs; null: every page wants it. */
export function topicOf(frame: Frame): Topic | null {
  switch (frame.type) {
    case 'hello':
    case 'beat':
    case 'ensembles':
    case 'probing':
    case 'history':
      return null;
    case 'fleet':
      return 'fleet';
    case 'cluster':
    case 'samples':
    case 'events':
    case 'operation':
    case 'routing':
      return `cluster:${frame.id}`;
  }
}

/** What belongs to no topic, as frames. */
export function commonFrames(state: StreamState): Frame[] {
  const frames: Frame[] = [];
  if (state.hello) frames.push(state.hello);
  if (state.ensembles.length > 0) frames.push({ type: 'ensembles', ensembles: state.ensembles });
  if (state.probing) frames.push({ type: 'probing', probing: state.probing });
  if (state.history) frames.push({ type: 'history', history: state.history });
  return frames;
}

/** The frames that tell somebody who knows nothing of a topic, or something old, all of it. */
export function topicFrames(state: StreamState, topic: Topic): Frame[] {
  if (topic === 'fleet') {
    if (!state.fleetKnown) return [];
    return [{ type: 'fleet', full: true, changed: [...state.fleet.values()], gone: [] }];
  }
  const id = topic.slice('cluster:'.length);
  const cluster = state.clusters.get(id);
  if (cluster === undefined || cluster.view === undefined) return [];
  const { view, samples, events, operation, routing } = cluster;
  return [
    { type: 'cluster', id, view },
    { type: 'samples', id, reset: true, samples },
    { type: 'events', id, reset: true, events },
    { type: 'operation', id, operation },
    { type: 'routing', id, routing },
  ];
}
