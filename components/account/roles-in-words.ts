import { covers, type Grant, type Role, roleName, scopeInWords } from '@/lib/access/roles';
import { keyOf } from './scopes';

/** "administrator of all clusters". */
export const grantInWords = ({ role, scope }: Grant): string =>
  `${roleName[role]} of ${scopeInWords(scope)}`;

/** "operator of /service on main and /other on main, viewer of all clusters"; the highest first. */
export function rolesInWords(grants: readonly Grant[]): string {
  if (grants.length === 0) return 'no role yet';
  const byRole = new Map<Role, Map<string, string>>();
  for (const { role, scope } of byRank(grants)) {
    // Held twice it is said once: the same scope, whatever its words.
    byRole.set(role, (byRole.get(role) ?? new Map()).set(keyOf(scope), scopeInWords(scope)));
  }
  return [...byRole]
    .map(([role, scopes]) => `${roleName[role]} of ${listed([...scopes.values()])}`)
    .join(', ');
}

/** Those that may most first. */
export const byRank = <G extends Grant>(grants: readonly G[]): readonly G[] =>
  [...grants].sort((a, b) => (a.role === b.role ? 0 : covers(a.role, b.role) ? -1 : 1));

/** More than so many places are told as how many more there are. */
const MOST_NAMED = 3;

function listed(words: readonly string[]): string {
  const named = words.slice(0, words.length > MOST_NAMED ? MOST_NAMED - 1 : MOST_NAMED);
  const more = words.length - named.length;
  const all = more > 0 ? [...named, `${more} more`] : named;
  return all.length < 2 ? all.join('') : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`;
}

/** With a capital, where it begins a line. */
export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
