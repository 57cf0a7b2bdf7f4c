import { seesNamespace } from '../access/namespaces';
import type { Sight } from '../access/sight';
import type { HistoryTold, HistoryView } from '../history/history';
import { ensembleId } from '../topology/cluster-id';
import type { EnsembleView } from './frames';

/** The JSON of ensembles, cut to those that somebody sees anything of, without what others have there. */
export function seenEnsembles(json: string, sight: Sight): string {
  if (sight.all) return json;
  const all = JSON.parse(json) as readonly EnsembleView[];
  const seen = all.filter(({ name }) => sight.sees(ensembleId(name)));
  return JSON.stringify(seen.map((view) => seenOf(view, sight)));
}

function seenOf(view: EnsembleView, sight: Sight): EnsembleView {
  return {
    ...view,
    // Of an ensemble that is connected it names a path, which may be another's.
    says: view.state === 'connected' && view.says !== null ? NOT_ALL_READ : view.says,
    namespaces: view.namespaces.filter(({ path }) => seesNamespace(sight, view.name, path)),
    aggregator: { ...view.aggregator, oldest: null },
  };
}

export const NOT_ALL_READ =
  'Something in it can’t be read: whoever sees all clusters is told what it is.';

/** How well history is kept, for whoever doesn't see all clusters: whether it is, and since when. */
export function seenHistory({ state, since, says, losing }: HistoryView): HistoryTold {
  return {
    ...{ state, since, says: says === null ? null : NOT_KEPT },
    losing: losing && { ...losing, lost: null },
    // Where, by whom, and how much of everybody's.
    ...{ server: null, standby: null, disk: null, waiting: null, samples: null, newest: null },
  };
}

export const NOT_KEPT = 'What it is kept in can’t be used now.';
