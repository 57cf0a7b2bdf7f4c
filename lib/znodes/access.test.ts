import { expect, test } from 'vitest';
import { type Access, grantsWrite, isWhole, masked, sameAccess } from './access';

const HASH = 'kzC9n0Wx5SkXLjXQvX7h1Xw8x0k=';
const everybody = (perms: number): Access => ({ perms, scheme: 'world', id: 'anyone' });
const digest = (id: string, perms = 31): Access => ({ perms, scheme: 'digest', id });

test('an ACL with a masked hash is not whole, whatever else is in it', () => {
  expect(isWhole([everybody(1), digest('own:x')])).toBe(false);
  expect(isWhole([digest(`own:${HASH}`), digest('other:x')])).toBe(false);
});

test('an ACL without a masked hash is whole', () => {
  expect(isWhole([everybody(31)])).toBe(true);
  expect(isWhole([digest(`x:${HASH}`), { perms: 31, scheme: 'sasl', id: 'a:x' }])).toBe(true);
});

test('what is masked is not whole, and keeps whom it names', () => {
  const told = masked([everybody(1), digest(`own:${HASH}`)]);
  expect(told).toEqual([everybody(1), digest('own:x')]);
  expect(isWhole(told)).toBe(false);
});

test('two ACLs are the same in whatever order, and not with other permissions or ids', () => {
  const [one, other] = [everybody(1), digest(`own:${HASH}`)];
  expect(sameAccess([one, other], [other, one])).toBe(true);
  expect(sameAccess([one], [one, one])).toBe(true);
  expect(sameAccess([one], [one, other])).toBe(false);
  expect(sameAccess([one], [everybody(3)])).toBe(false);
  expect(sameAccess([digest('a:b')], [digest('a:c')])).toBe(false);
});

test('only an entry of everybody or of this very digest surely lets a session write', () => {
  expect(grantsWrite([everybody(31)], null)).toBe(true);
  expect(grantsWrite([everybody(1)], null)).toBe(false);
  expect(grantsWrite([digest('a:b')], 'a:b')).toBe(true);
  expect(grantsWrite([digest('a:b', 1 + 4)], 'a:b')).toBe(false);
  expect(grantsWrite([digest('a:b')], 'a:c')).toBe(false);
  expect(grantsWrite([digest('a:b')], null)).toBe(false);
  expect(grantsWrite([{ perms: 31, scheme: 'ip', id: '127.0.0.1' }], 'a:b')).toBe(false);
});
