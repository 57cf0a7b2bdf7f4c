import { expect, test } from 'vitest';
import type { Access } from './access';
import { type Existing, judgeAgainst, judgeAlone } from './judge';

const open: readonly Access[] = [{ perms: 31, scheme: 'world', id: 'anyone' }];
const owned: readonly Access[] = [{ perms: 31, scheme: 'digest', id: 'own:hash' }];
const masked: readonly Access[] = [{ perms: 31, scheme: 'digest', id: 'own:x' }];
const znode = { path: '/a', lifetime: 'persistent', acl: open };

const against = (existing: Partial<Existing>, acl = open) =>
  judgeAgainst(
    { path: '/a', acl },
    {
      access: open,
      version: 4,
      accessVersion: 2,
      isEphemeral: false,
      isEmpty: false,
      hasSameBytes: false,
      ...existing,
    },
  );

test('an ephemeral znode is left out, and nothing has to be decided about it', () => {
  expect(judgeAlone({ ...znode, lifetime: 'ephemeral' }, 'No.')).toEqual({ is: 'ephemeral' });
});

test('a path that may not be imported is refused with its sentence', () => {
  expect(judgeAlone(znode, 'No.')).toEqual({ is: 'refused', why: 'No.' });
});

test('an ACL that was not read whole is refused, one that was is not', () => {
  expect(judgeAlone({ ...znode, acl: masked }, null)).toEqual({
    is: 'refused',
    why: '/a: its ACL was exported by somebody who may not see it whole: export it again with ADMIN.',
  });
  expect(judgeAlone({ ...znode, acl: owned }, null)).toBeNull();
});

test('what stands there is the same only with its bytes and its ACL', () => {
  expect(against({ hasSameBytes: true })).toEqual({ is: 'same' });
  const versions = { version: 4, accessVersion: 2 };
  expect(against({})).toEqual({ is: 'differs', inBytes: true, inAccess: false, ...versions });
  expect(against({ hasSameBytes: true, access: owned })).toEqual({
    is: 'differs',
    inBytes: false,
    inAccess: true,
    ...versions,
  });
});

test('what is empty and was never written to has been left half-made, if it has the ACL', () => {
  expect(against({ isEmpty: true, version: 0 })).toEqual({ is: 'complete' });
  expect(against({ isEmpty: true, version: 1 })).toMatchObject({ is: 'differs' });
  expect(against({ isEmpty: true, version: 0, access: owned })).toMatchObject({ is: 'differs' });
  expect(against({ isEmpty: true, version: 0, hasSameBytes: true })).toEqual({ is: 'same' });
});

test("what can not be compared, or is a session's, is refused", () => {
  expect(against({ access: masked, hasSameBytes: true })).toMatchObject({ is: 'refused' });
  expect(against({ isEphemeral: true, hasSameBytes: true })).toMatchObject({ is: 'refused' });
});
