import { describe, expect, it } from 'vitest';
import { pathAfter, signInPath } from './sign-in-path';

describe('where signing in leads', () => {
  it('is the page that was wanted, with all that its address says', () => {
    expect(pathAfter('/cluster/main~.2Fservice~orders?range=6h#members')).toBe(
      '/cluster/main~.2Fservice~orders?range=6h#members',
    );
  });

  it.each([null, '', 'timeline', 'https://evil.example/', '//evil.example/'])(
    'is the fleet for %j',
    (to) => expect(pathAfter(to)).toBe('/'),
  );

  it('is never the way in again, and no answer of the API', () => {
    for (const to of ['/sign-in', '/sign-in?to=%2Fsign-in', '/sign-in#a', '/api/health']) {
      expect(pathAfter(to)).toBe('/');
    }
    expect(pathAfter('/sign-ins')).toBe('/sign-ins');
  });
});

describe('the way in', () => {
  it('leads back to where somebody is', () => {
    expect(signInPath('/timeline?kind=members')).toBe('/sign-in?to=%2Ftimeline%3Fkind%3Dmembers');
    expect(signInPath('/')).toBe('/sign-in');
    expect(signInPath('/sign-in?error=no_role')).toBe('/sign-in');
  });
});
