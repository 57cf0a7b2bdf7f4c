import { expect, it } from 'vitest';
import { hasPassword } from './has-password';

it('whoever signs in at the provider alone has no password here to change', () => {
  expect(hasPassword({ logins: ['provider'] })).toBe(false);
  expect(hasPassword({ logins: ['provider', 'password'] })).toBe(true);
  expect(hasPassword({ logins: ['password'] })).toBe(true);
});

it('where that is not told, a password can be asked for: the server says if there is none', () => {
  expect(hasPassword({ logins: null })).toBe(true);
});
