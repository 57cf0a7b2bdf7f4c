import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Input, Output } from './jute';
import { readAccess, readWholeStat, writeAccess } from './protocol';

const access = fc.array(
  fc.record({
    perms: fc.integer({ min: 0, max: 31 }),
    scheme: fc.string(),
    id: fc.string({ unit: 'binary' }),
  }),
);

test('an ACL is read as it was written', () => {
  fc.assert(
    fc.property(access, (written) => {
      const output = new Output();
      writeAccess(output, written);
      const input = new Input(output.take());
      expect(readAccess(input)).toEqual(written);
      expect(input.left).toBe(0);
    }),
  );
});

test('the version of an ACL is told from those of the bytes and of the children', () => {
  const output = new Output();
  output.long(1n).long(2n).long(3n).long(4n).int(5).int(6).int(7);
  output.long(0x10n).int(8).int(9).long(10n);
  expect(readWholeStat(new Input(output.take()))).toEqual({
    stat: { czxid: '1', mzxid: '2', ctime: 3, mtime: 4, version: 5, ephemeralOwner: '10' },
    accessVersion: 7,
    children: 9,
  });
});
