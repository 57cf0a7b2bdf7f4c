import type { ClusterId } from '../topology/cluster-id';
import { type Grant, roleOn, roleOnAll } from './roles';

/** Which clusters somebody may see. */
export interface Sight {
  /** The same for those who see the same: what is made for one is good for the other. */
  readonly key: string;
  /** Every cluster there is or will be. */
  readonly all: boolean;
  /** Where it is not all: what it is made of. */
  readonly grants: readonly Grant[];
  sees(cluster: ClusterId): boolean;
}

export const seesAll: Sight = { key: '*', all: true, grants: [], sees: () => true };

/** What those grants let somebody see. */
export function sightOf(grants: readonly Grant[]): Sight {
  if (roleOnAll(grants) !== null) return seesAll;
  const scopes = [...new Set(grants.map(({ scope }) => JSON.stringify(Object.values(scope))))];
  return {
    key: scopes.sort().join(' '),
    all: false,
    grants,
    sees: (cluster) => roleOn(grants, cluster) !== null,
  };
}
