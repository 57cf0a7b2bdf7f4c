import { expect, it } from 'vitest';
import { passwordFault } from '@/lib/access/account';
import { makeFirstPassword } from './first-password';

it('a first password is one that can be read out, and that Howdah takes', () => {
  const made = Array.from({ length: 50 }, () => makeFirstPassword());
  for (const one of made) {
    expect(one).toMatch(/^([a-hjkmnp-z2-9]{5}-){3}[a-hjkmnp-z2-9]{5}$/);
    expect(passwordFault(one, 'somebody@example.org')).toBeNull();
  }
  expect(new Set(made).size).toBe(50);
});
