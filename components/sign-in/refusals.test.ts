import { expect, it } from 'vitest';
import { refusalByCode } from './refusals';

it('says what to do for each refusal that is known', () => {
  expect(refusalByCode('no_role')).toContain('none of your groups has a role here');
  expect(refusalByCode('account_disabled')).toContain('disabled');
  expect(refusalByCode('state_mismatch')).toContain('once more');
});

it('tells the code of any other, and not more of it than fits', () => {
  expect(refusalByCode('teapot')).toBe('Signing in at the provider has failed (teapot).');
  expect(refusalByCode('constructor')).toContain('(constructor)');
  expect(refusalByCode('x'.repeat(5000))?.length).toBeLessThan(200);
});

it('says nothing when nothing was refused', () => {
  expect(refusalByCode(null)).toBeNull();
  expect(refusalByCode('')).toBeNull();
});
