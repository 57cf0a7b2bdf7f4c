import { parseClusterId } from '../topology/cluster-id';
import type { Sight } from './sight';

/** Whether a namespace is one in which they may see something: its name is then no news to them. */
export function seesNamespace({ all, grants }: Sight, ensemble: string, path: string): boolean {
  if (all) return true;
  return grants.some(({ scope }) => {
    if (scope.of === 'all') return true;
    const at = scope.of === 'namespace' ? scope : parseClusterId(scope.cluster);
    return at?.ensemble === ensemble && at.namespace === path;
  });
}
