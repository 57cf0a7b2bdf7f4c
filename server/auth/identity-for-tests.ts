import type { Grant } from '@/lib/access/roles';
import { sightOf } from '@/lib/access/sight';
import type { Who } from '@/lib/access/who';
import type { Identity } from './identities';

export const everything = (role: Grant['role']): Grant[] => [{ role, scope: { of: 'all' } }];

/** For tests: somebody with these grants, who stays who they are. */
export function anIdentity(grants: readonly Grant[], who: Partial<Who> = {}): Identity {
  const identity: Identity = {
    who: {
      ...{ kind: 'user', id: 'ann', name: 'ann@example.org', grants },
      ...{ mustChangePassword: false, readOnlySince: null },
      ...who,
    },
    sight: sightOf(grants),
    ...{ account: 'ann', session: 's1' },
    ended: () => null,
    fresh: () => Promise.resolve(identity),
  };
  return identity;
}

/** For tests: an audit that keeps what it is told. */
export function anAudit() {
  const kept: unknown[] = [];
  return {
    kept,
    begin: async (intent: unknown) => void kept.push(intent),
    end: async (outcome: unknown) => void kept.push(outcome),
    view: null,
    page: async () => ({ items: [], cursor: null }),
    note: async (intent: unknown, outcome: unknown) => void kept.push(intent, outcome),
  };
}
