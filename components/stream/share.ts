import { replaceEqualDeep } from '@tanstack/react-query';
import type { Frame } from '@/lib/stream/frames';
import type { StreamState } from '@/lib/stream/reducer';

/** The same frame, sharing with what is known already whatever in it says the same. */
export function share(state: StreamState, frame: Frame): Frame {
  switch (frame.type) {
    case 'cluster': {
      const before = state.clusters.get(frame.id)?.view;
      return before ? { ...frame, view: replaceEqualDeep(before, frame.view) } : frame;
    }
    case 'fleet':
      return {
        ...frame,
        changed: frame.changed.map((row) => replaceEqualDeep(state.fleet.get(row.id), row)),
      };
    case 'ensembles':
      return { ...frame, ensembles: replaceEqualDeep(state.ensembles, frame.ensembles) };
    default:
      return frame;
  }
}
