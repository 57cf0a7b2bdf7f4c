import { z } from 'zod';

/**
 * How far a subscriber has come, for each topic it follows: 0 is "told nothing yet". It travels as
 * the id of each event, and comes back when the connection is made again.
 */
export interface Cursor {
  /** The server process it counts in. Another process counts anew. */
  readonly epoch: string;
  readonly ensembles: number;
  readonly probing: number;
  readonly history: number;
  readonly fleet: number;
  readonly clusters: Readonly<Record<string, ClusterCursor>>;
}

export interface ClusterCursor {
  readonly view: number;
  readonly samples: number;
  readonly events: number;
  readonly operation: number;
  readonly routing: number;
}

/** -1 for a view: not even told that there is none. */
export const newCluster: ClusterCursor = {
  ...{ view: -1, samples: 0, events: 0, operation: 0, routing: 0 },
};

export function newCursor(epoch: string): Cursor {
  return { epoch, ensembles: 0, probing: 0, history: 0, fleet: 0, clusters: {} };
}

const count = z.number().int().min(-1);
const shape = z.tuple([
  z.string(),
  count,
  count,
  count,
  count,
  z.array(z.tuple([z.string(), count, count, count, count, count])),
]);

/** Printable, without spaces: fit for an event's id and for a URL. */
export function formatCursor(cursor: Cursor): string {
  const clusters = Object.entries(cursor.clusters).map(([id, at]) => [
    id,
    at.view,
    at.samples,
    at.events,
    at.operation,
    at.routing,
  ]);
  return encodeURIComponent(
    JSON.stringify([
      ...[cursor.epoch, cursor.ensembles, cursor.probing, cursor.history, cursor.fleet],
      clusters,
    ]),
  );
}

/** The cursor, or a new one where the text is damaged or counts in another epoch. */
export function parseCursor(text: string | null, epoch: string): Cursor {
  try {
    const [was, ensembles, probing, history, fleet, clusters] = shape.parse(
      JSON.parse(decodeURIComponent(text ?? '')),
    );
    if (was !== epoch) return newCursor(epoch);
    return {
      epoch,
      ensembles,
      probing,
      history,
      fleet,
      clusters: Object.fromEntries(
        clusters.map(([id, view, samples, events, operation, routing]) => [
          id,
          { view, samples, events, operation, routing },
        ]),
      ),
    };
  } catch {
    return newCursor(epoch);
  }
}
