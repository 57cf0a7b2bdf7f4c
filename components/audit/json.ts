import { type Grant, roles } from '@/lib/access/roles';
import type { Json } from '@/lib/audit/entry';

/** Its fields, where it has any. */
export const fieldsOf = (json: Json): Readonly<Record<string, Json | undefined>> =>
  json !== null && typeof json === 'object' && !Array.isArray(json)
    ? (json as Readonly<Record<string, Json | undefined>>)
    : {};

/** Roles, where that is what they look like. */
export function grantsIn(value: Json): readonly Grant[] | null {
  if (!Array.isArray(value)) return null;
  return (value as readonly Json[]).every(isGrant) ? (value as unknown as readonly Grant[]) : null;
}

function isGrant(json: Json): boolean {
  const { role, scope } = fieldsOf(json);
  const { of, cluster, ensemble, namespace } = fieldsOf(scope ?? null);
  if (!roles.some((one) => one === role)) return false;
  if (of === 'cluster') return typeof cluster === 'string';
  if (of === 'namespace') return typeof ensemble === 'string' && typeof namespace === 'string';
  return of === 'all';
}
