import { roleOn, roleOnAll } from '../access/roles';
import type { Who } from '../access/who';
import type { AuditIntent } from './entry';

/** Who does it, and by which role there; null: nobody known. */
export function doneBy(
  who: Who | null,
  cluster: AuditIntent['cluster'],
): Pick<AuditIntent, 'actor' | 'role'> {
  if (who === null)
    return { actor: { kind: 'nobody', id: null, name: 'nobody known' }, role: null };
  const { kind, id, name, grants } = who;
  return {
    actor: { kind, id: kind === 'emergency' ? null : id, name },
    role: cluster === null ? roleOnAll(grants) : roleOn(grants, cluster),
  };
}
