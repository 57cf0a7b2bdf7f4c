import { distinct, type Grant, type Role, type Scope } from './roles';

/** Whoever is in the group at the provider has that role there. */
export interface GroupRule {
  readonly group: string;
  readonly role: Role;
  readonly scope: Scope;
}

/** The groups that a claim names: a list, or one name. Anything else names none. */
export function groupsIn(claim: unknown): readonly string[] {
  if (typeof claim === 'string') return claim === '' ? [] : [claim];
  return Array.isArray(claim) ? claim.filter((one) => typeof one === 'string') : [];
}

/** What those groups may. */
export const grantsOfGroups = (
  groups: readonly string[],
  rules: readonly GroupRule[],
): readonly Grant[] =>
  distinct(
    rules.filter(({ group }) => groups.includes(group)).map(({ role, scope }) => ({ role, scope })),
  );
