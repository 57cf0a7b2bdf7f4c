import { describe, expect, it } from 'vitest';
import { localPath, signInPath } from './local-path';

describe('where signing in leads', () => {
  it('is the page that was wanted, with all that its address says', () => {
    expect(localPath('/cluster/main~.2Fservice~orders?range=6h#members')).toBe(
      '/cluster/main~.2Fservice~orders?range=6h#members',
    );
  });

  it.each([
    null,
    '',
    'timeline',
    'https://evil.example/',
    '//evil.example/',
    '/\\evil.example/',
    '/\t/evil.example/',
    'javascript:alert(1)',
    '/./' + '/evil.example',
  ])('is the fleet for %j', (to) => {
    expect(localPath(to)).toBe('/');
  });

  it('is never the way in again, and no answer of the API', () => {
    expect(localPath('/sign-in?to=%2Fsign-in')).toBe('/');
    expect(localPath('/api/health')).toBe('/');
  });
});

describe('the way in', () => {
  it('leads back to where somebody is', () => {
    expect(signInPath('/timeline?kind=members')).toBe('/sign-in?to=%2Ftimeline%3Fkind%3Dmembers');
    expect(signInPath('/')).toBe('/sign-in');
    expect(signInPath('/sign-in?error=no_role')).toBe('/sign-in');
  });
});
