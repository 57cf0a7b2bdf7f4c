import { describe, expect, it } from 'vitest';
import type { AuditAction, Json } from '@/lib/audit/entry';
import { aboutInWords } from './about';

const actor = { kind: 'user', id: '1', name: 'ann@example.org' } as const;
const about = (action: AuditAction, detail: Json) => aboutInWords({ action, actor, detail });
const viewer = [{ role: 'viewer', scope: { of: 'all' } }];
const token = '0c9b2f6e-6a57-4d53-a5a5-d4b2c1f0a111';

it.each<[AuditAction, Json, string]>([
  [
    'account-added',
    { name: 'Otto', email: 'otto@example.org', grants: viewer },
    ': otto@example.org (viewer of all clusters)',
  ],
  ['account-added', { email: 'otto@example.org', grants: [] }, ': otto@example.org (no role yet)'],
  [
    'grant-changed',
    { account: 'otto@example.org', before: [], after: viewer },
    ': otto@example.org (now viewer of all clusters)',
  ],
  [
    'account-changed',
    { account: 'otto@example.org', disabled: true },
    ': otto@example.org (disabled)',
  ],
  ['account-removed', { account: 'otto@example.org' }, ': otto@example.org'],
  ['password-changed', { account: 'otto@example.org' }, ': otto@example.org'],
  ['session-revoked', { account: 'otto@example.org', session: 'all' }, ': otto@example.org'],
  ['session-revoked', { session: 'all others' }, ': all but their own'],
  ['token-made', { name: 'ci', days: 90, grants: viewer }, ': ci (viewer of all clusters)'],
  ['token-revoked', { token }, ': 0c9b2f6e…'],
  ['token-revoked', { token, name: 'ci' }, ': ci'],
  ['refused-request', { asked: 'accounts.add' }, ': accounts.add'],
  ['exported', { format: 'csv', filter: {} }, ': CSV'],
  ['switchover', { candidate: 'orders-2' }, ' to orders-2'],
  ['configuration-restore', { version: 12 }, ' to version 12'],
  ['sign-in', { how: 'provider' }, ' at the provider'],
])('%s with %j goes on "%s"', (action, detail, words) => {
  expect(about(action, detail)).toBe(words);
});

describe('nothing is added', () => {
  it('where it is about whoever did it', () => {
    expect(about('password-changed', null)).toBe('');
    expect(about('password-changed', { account: actor.name })).toBe('');
    expect(about('session-revoked', { session: 'f00' })).toBe('');
  });

  it('where what is kept is not what was expected', () => {
    const odd: Json[] = [null, 7, 'text', [], {}, { account: {}, email: [], how: 'constructor' }];
    for (const detail of odd) {
      for (const action of ['account-added', 'grant-changed', 'sign-in', 'switchover'] as const) {
        expect(about(action, detail)).toBe('');
      }
    }
    for (const grant of [{ role: 'king' }, { role: 'viewer', scope: { of: 'cluster' } }, null]) {
      const damaged = { email: 'otto@example.org', grants: [grant] };
      expect(about('account-added', damaged)).toBe(': otto@example.org');
    }
  });
});
