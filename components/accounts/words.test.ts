import { describe, expect, it } from 'vitest';
import type { Account } from '@/lib/access/account';
import { loginsInWords, selectAccounts, stateOf } from './words';

const account = (name: string, part: Partial<Account> = {}): Account => ({
  ...{ id: name, name, email: `${name.toLowerCase()}@example.org`, createdAt: 0 },
  ...{ disabledAt: null, mustChangePassword: false, logins: ['password'], seenAt: null },
  grants: [{ id: '1', role: 'viewer', scope: { of: 'all' }, source: 'local' }],
  ...part,
});

describe('the accounts that are shown', () => {
  const all = [account('Zoe'), account('Ann', { disabledAt: 1 }), account('Bob', { grants: [] })];
  const names = (search: string) => selectAccounts(all, search).map(({ name }) => name);

  it('are in the order of their names, those that are disabled last', () => {
    expect(names('')).toEqual(['Bob', 'Zoe', 'Ann']);
  });

  it('are those in which every word occurs: in the name, the roles, the state', () => {
    expect(names('example zo')).toEqual(['Zoe']);
    expect(names('viewer of all')).toEqual(['Zoe', 'Ann']);
    expect(names('disabled')).toEqual(['Ann']);
    expect(names('no role')).toEqual(['Bob']);
    expect(names('nobody')).toEqual([]);
  });
});

it('of an account, that it is disabled is said before anything else', () => {
  expect(stateOf(account('A', { disabledAt: 1, mustChangePassword: true }))).toBe('disabled');
  expect(stateOf(account('A', { mustChangePassword: true }))).toBe('first password');
  expect(stateOf(account('A'))).toBe('in use');
});

it('how somebody signs in is told in words', () => {
  expect(loginsInWords(['provider', 'password'])).toBe('password and provider');
  expect(loginsInWords([])).toBe('in no way yet');
});
