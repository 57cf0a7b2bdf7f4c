import { describe, expect, it } from 'vitest';
import { type Grant, type Role, scopeInWords } from '@/lib/access/roles';
import { rolesInWords } from './roles-in-words';

const on = (role: Role, ...clusters: string[]): Grant[] =>
  clusters.map((name) => ({
    role,
    scope: { of: 'cluster', cluster: `main~.2Fservice~${name}` },
  }));

const words = (name: string) => scopeInWords({ of: 'cluster', cluster: `main~.2Fservice~${name}` });

describe('roles in words', () => {
  it('say the highest first, each with where', () => {
    const viewer: Grant = { role: 'viewer', scope: { of: 'all' } };
    expect(rolesInWords([viewer, ...on('operator', 'orders', 'billing')])).toBe(
      `operator of ${words('orders')} and ${words('billing')}, viewer of all clusters`,
    );
  });

  it('say once what is held twice, as from a group and by hand', () => {
    expect(rolesInWords([...on('admin', 'orders'), ...on('admin', 'orders')])).toBe(
      `administrator of ${words('orders')}`,
    );
  });

  it('say each of two clusters that have one name', () => {
    const staged: Grant = {
      role: 'viewer',
      scope: { of: 'cluster', cluster: 'main~.2Fstaging~orders' },
    };
    expect(rolesInWords([...on('viewer', 'orders'), staged])).toBe(
      `viewer of ${words('orders')} and ${scopeInWords(staged.scope)}`,
    );
  });

  it('stay short', () => {
    expect(rolesInWords(on('viewer', 'a', 'b', 'c', 'd', 'e'))).toBe(
      `viewer of ${words('a')}, ${words('b')} and 3 more`,
    );
  });

  it('say that there is none', () => {
    expect(rolesInWords([])).toBe('no role yet');
  });
});
