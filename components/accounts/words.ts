import { grantInWords } from '@/components/account/roles-in-words';
import type { Account, ApiToken } from '@/lib/access/account';

/** How somebody signs in. */
export function loginsInWords(logins: Account['logins']): string {
  if (logins.length === 0) return 'in no way yet';
  return [...logins].sort().join(' and ');
}

export type AccountState = 'disabled' | 'first password' | 'no role' | 'in use';

/** What is to be said of an account first. */
export function stateOf(account: Account): AccountState {
  if (account.disabledAt !== null) return 'disabled';
  if (account.mustChangePassword) return 'first password';
  return account.grants.length === 0 ? 'no role' : 'in use';
}

/** Those that fit what is searched for, by name, those that are disabled last. */
export function selectAccounts(accounts: readonly Account[], search: string): readonly Account[] {
  return accounts
    .filter((one) =>
      fits(search, [
        ...[one.name, one.email, stateOf(one), loginsInWords(one.logins)],
        ...one.grants.map(grantInWords),
      ]),
    )
    .sort(
      (a, b) =>
        Number(a.disabledAt !== null) - Number(b.disabledAt !== null) ||
        a.name.localeCompare(b.name) ||
        a.email.localeCompare(b.email),
    );
}

export const selectTokens = (tokens: readonly ApiToken[], search: string): readonly ApiToken[] =>
  tokens.filter((one) =>
    fits(search, [one.name, one.owner, one.usedFrom ?? '', ...one.grants.map(grantInWords)]),
  );

/** Every word must occur as it was typed. */
function fits(search: string, texts: readonly string[]): boolean {
  const text = texts.join(' ').toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
