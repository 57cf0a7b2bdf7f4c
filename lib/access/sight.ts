import { type ClusterId, isEnsemble, parseClusterId } from '../topology/cluster-id';
import { covers, type Grant, roleOn, roleOnAll, touches } from './roles';

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
  return roleOnAll(grants) !== null ? seesAll : some(grants);
}

/**
 * What somebody may read of the audit: of the clusters that they operate; as administrator of all
 * clusters also what is of none, such as sign-ins and accounts.
 */
export function auditSightOf(grants: readonly Grant[]): Sight {
  if (roleOnAll(grants) === 'admin') return seesAll;
  return some(grants.filter(({ role }) => covers(role, 'operator')));
}

function some(grants: readonly Grant[]): Sight {
  const scopes = [...new Set(grants.map(({ scope }) => JSON.stringify(Object.values(scope))))];
  return {
    key: scopes.sort().join(' '),
    all: false,
    grants,
    sees: (cluster) => roleOn(grants, cluster) !== null || isOfTheirs(grants, cluster),
  };
}

/** How an ensemble fares is for whoever may see anything of it; what is kept in it is not. */
function isOfTheirs(grants: readonly Grant[], id: ClusterId): boolean {
  const key = parseClusterId(id);
  if (key === null || !isEnsemble(key)) return false;
  return grants.some(({ scope }) => touches(scope, key.ensemble));
}
