import type { Sight } from '../access/sight';
import { ensembleId } from '../topology/cluster-id';
import type { EnsembleView } from './frames';

/** The JSON of ensembles, cut to those that somebody sees anything of, without paths of the rest. */
export function seenEnsembles(json: string, sight: Sight): string {
  if (sight.all) return json;
  const all = JSON.parse(json) as readonly EnsembleView[];
  const seen = all.filter(({ name }) => sight.sees(ensembleId(name)));
  return JSON.stringify(
    seen.map((view) => ({ ...view, aggregator: { ...view.aggregator, oldest: null } })),
  );
}
