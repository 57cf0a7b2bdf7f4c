import { expect, test } from 'vitest';
import { aPolicy } from '@/lib/routing/sample-candidates';
import { draftOf, policyIn } from './policy-draft';

const policy = aPolicy({
  weights: { 'pg-b': 40 },
  limit: { ms: 2500, bytes: 16 * 1024 * 1024 },
  drains: { 'pg-c': { by: 'ann', reason: 'x', since: 1, until: null } },
});

test('a policy comes back from its draft as it was, drains included', () => {
  expect(policyIn(draftOf(policy), policy.drains)).toEqual(policy);
});

test('a weight of 100, or none, is what everybody has', () => {
  const draft = { ...draftOf(policy), weights: { 'pg-b': '100', 'pg-c': ' ' } };
  expect(policyIn(draft, {})).toMatchObject({ weights: {} });
});

test.each([
  [{ limitSeconds: 'ten' }, 'The limit in time is "ten": it takes a number, like 10.'],
  [{ limitSeconds: '1' }, 'The limit in time: a limit is 2 s at least.'],
  [{ limitSeconds: '', limitMb: '' }, 'a limit in time or in bytes is needed'],
  [{ weights: { 'pg-b': '1e3' } }, 'The weight of pg-b is "1e3": it takes a number'],
  [{ weights: { 'pg-b': '101' } }, 'The weight of pg-b: '],
  [{ leastStandbys: '0' }, 'The number of standbys: '],
])('%j is told in one sentence', (part, says) => {
  const read = policyIn({ ...draftOf(policy), ...part }, {});
  expect('wrong' in read ? read.wrong : '').toContain(says);
});

test('a comma is a point', () => {
  const read = policyIn({ ...draftOf(policy), limitSeconds: '2,5' }, {});
  expect(read).toMatchObject({ limit: { ms: 2500 } });
});
