import type { Sight } from '@/lib/access/sight';
import { type ClusterCursor, type Cursor, formatCursor, newCluster } from '@/lib/stream/cursor';
import { seenEnsembles } from '@/lib/stream/seen';
import type { StreamSource } from '../ports';

/** What a subscriber follows. */
export interface Following {
  readonly fleet: boolean;
  readonly clusters: readonly string[];
  /** What of it may be seen. */
  readonly sight: Sight;
  /** The same for the same topics and the same sight. */
  readonly key: string;
}

/** JSON of one frame each, and the cursor after them. */
export interface Catchup {
  readonly frames: readonly string[];
  readonly cursor: Cursor;
}

/**
 * Everything a subscriber has not been told yet. Whoever is slow is simply asked later and skips
 * what has been replaced meanwhile: nothing is queued for anybody.
 */
export function catchUp(source: StreamSource, following: Following, cursor: Cursor): Catchup {
  const frames: string[] = [];
  const ensembles = source.ensembles();
  if (ensembles.rev !== cursor.ensembles) {
    frames.push(
      `{"type":"ensembles","ensembles":${seenEnsembles(ensembles.json, following.sight)}}`,
    );
  }
  // It counts the members of all clusters.
  const probing = following.sight.all ? source.probing() : null;
  if (probing !== null && probing.rev !== cursor.probing) {
    frames.push(`{"type":"probing","probing":${probing.json}}`);
  }
  const history = source.history(following.sight.all);
  if (history.rev !== cursor.history) {
    frames.push(`{"type":"history","history":${history.json}}`);
  }
  let { fleet } = cursor;
  if (following.fleet && source.settled && (source.rev > fleet || fleet === 0)) {
    const { full, ...all } = source.summaries(fleet);
    const { sight } = following;
    const seen = sight.all ? all.changed : all.changed.filter(({ id }) => sight.sees(id));
    const changed = seen.map(({ json }) => json);
    const gone = sight.all ? all.gone : all.gone.filter((id) => sight.sees(id));
    if (full || changed.length > 0 || gone.length > 0) {
      frames.push(
        `{"type":"fleet","full":${full},"changed":[${changed.join(',')}],"gone":${JSON.stringify(gone)}}`,
      );
    }
    // Even an empty fleet has been told, once.
    fleet = source.rev;
  }
  const clusters: Record<string, ClusterCursor> = {};
  for (const id of following.clusters) {
    // What may not be seen is told as what isn't there.
    const from = following.sight.sees(id) ? source : { ...nothing, settled: source.settled };
    clusters[id] = catchUpCluster(from, { id, at: cursor.clusters[id] ?? newCluster }, frames);
  }
  const { epoch } = cursor;
  return {
    frames,
    cursor: {
      ...{ epoch, ensembles: ensembles.rev, probing: probing?.rev ?? 0, history: history.rev },
      ...{ fleet, clusters },
    },
  };
}

type OfCluster = Pick<
  StreamSource,
  'settled' | 'view' | 'samples' | 'events' | 'operation' | 'routing'
>;

const nothing: Omit<OfCluster, 'settled'> = {
  view: () => null,
  samples: () => ({ reset: false, entries: [] }),
  events: () => ({ reset: false, entries: [] }),
  operation: () => null,
  routing: () => null,
};

function catchUpCluster(
  source: OfCluster,
  { id, at }: { readonly id: string; readonly at: ClusterCursor },
  frames: string[],
): ClusterCursor {
  const name = JSON.stringify(id);
  const view = source.view(id);
  if (view === null && !source.settled) return at;
  const viewRev = view?.rev ?? 0;
  if (viewRev !== at.view) {
    frames.push(`{"type":"cluster","id":${name},"view":${view?.json ?? 'null'}}`);
  }
  const samples = source.samples(id, at.samples);
  if (samples.entries.length > 0 || (samples.reset && at.samples > 0)) {
    frames.push(
      `{"type":"samples","id":${name},"reset":${samples.reset},"samples":${JSON.stringify(samples.entries)}}`,
    );
  }
  const events = source.events(id, at.events);
  if (events.entries.length > 0 || (events.reset && at.events > 0)) {
    frames.push(
      `{"type":"events","id":${name},"reset":${events.reset},"events":${JSON.stringify(events.entries)}}`,
    );
  }
  const operation = source.operation(id);
  const operationRev = operation?.rev ?? 0;
  if (operationRev !== at.operation) {
    frames.push(`{"type":"operation","id":${name},"operation":${operation?.json ?? 'null'}}`);
  }
  const routing = source.routing(id);
  const routingRev = routing?.rev ?? 0;
  if (routingRev !== at.routing) {
    frames.push(`{"type":"routing","id":${name},"routing":${routing?.json ?? 'null'}}`);
  }
  return {
    view: viewRev,
    samples: samples.entries.at(-1)?.seq ?? (samples.reset ? 0 : at.samples),
    events: events.entries.at(-1)?.seq ?? (events.reset ? 0 : at.events),
    operation: operationRev,
    routing: routingRev,
  };
}

/** One server-sent event for each frame; the id of the last says how far the reader then is. */
export function toEvents({ frames, cursor }: Catchup): string {
  const last = frames.length - 1;
  const id = formatCursor(cursor);
  return frames
    .map((frame, index) =>
      index === last ? `id: ${id}\ndata: ${frame}\n\n` : `data: ${frame}\n\n`,
    )
    .join('');
}
