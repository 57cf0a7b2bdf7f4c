import { expect, test } from 'vitest';
import { SubtreeParser } from './subtree-parser';

const header = {
  format: 'howdah-znodes',
  version: 1,
  root: '/a',
  ensemble: 'main',
  at: '2026-10-07T08:00:00.000Z',
};
const open = { perms: 31, scheme: 'world', id: 'anyone' };
const znode = (path: string, more: object = {}) => ({
  path,
  data: 'AP8=',
  acl: [open],
  version: 3,
  mzxid: '1f',
  mtime: 1,
  lifetime: 'persistent',
  ...more,
});
const HASH = '0'.repeat(64);
const end = (count: number) => ({ end: true, count, vanished: 0, sha256: HASH });

/** What comes of these lines: the paths, or what is wrong. */
function read(...lines: readonly (object | string)[]): string[] | string {
  const parser = new SubtreeParser();
  try {
    const found = lines.map((line) =>
      parser.take(typeof line === 'string' ? line : JSON.stringify(line)),
    );
    parser.finish(HASH);
    return found.flatMap((one) => (one ? [one.path] : []));
  } catch (error) {
    return (error as Error).message;
  }
}

test('a file is its header, its znodes and its end', () => {
  expect(read(header, znode(''), znode('b'), znode('b/c'), end(3))).toEqual([
    '/a',
    '/a/b',
    '/a/b/c',
  ]);
  expect(read({ ...header, root: '/' }, znode(''), znode('b'), end(2))).toEqual(['/', '/b']);
  expect(read(header, end(0))).toEqual([]);
});

test('a file that is no export says so', () => {
  expect(read()).toBe('The file is empty.');
  expect(read('PK\u0003')).toBe('Line 1 is not JSON.');
  expect(read('7')).toBe('Line 1 is not a JSON object.');
  expect(read(znode(''))).toBe('Line 1 is not the header of exported znodes.');
  expect(read({ ...header, ensemble: 'a\u001b' })).toMatch(/^Line 1 is wrong in "ensemble": /);
  expect(read({ ...header, at: 'now' })).toMatch(/^Line 1 is wrong in "at": /);
  expect(read({ ...header, version: 2 })).toMatch(/^Line 1 is wrong in "version": /);
  expect(read({ ...header, root: '/a/' })).toBe(
    'Line 1 is wrong in "root": is no path in ZooKeeper.',
  );
});

test('a file that was cut off or edited is told from a whole one', () => {
  expect(read(header, znode(''))).toBe('The file ends after line 2: it is cut off.');
  expect(read(header, znode(''), end(2))).toBe('The file has 1 znodes where its last line says 2.');
  expect(read(header, znode(''), { ...end(1), sha256: '1'.repeat(64) })).toBe(
    'The file has been changed since /a was exported: its hash is another.',
  );
  expect(read(header, end(0), znode(''))).toBe('Line 3 comes after the end.');
  expect(read(header, header)).toBe('Line 2 is a second header.');
});

test('each znode comes once and after its parent', () => {
  expect(read(header, znode('b'))).toBe('Line 2 has /a/b before its parent.');
  expect(read(header, znode(''), znode('b/c'))).toBe('Line 3 has /a/b/c before its parent.');
  expect(read(header, znode(''), znode(''))).toBe('Line 3 has /a a second time.');
});

test('what is wrong with a znode is said with its line', () => {
  const wrong = (more: object) => read(header, znode(''), znode('b', more));
  expect(wrong({ path: '../b' })).toBe('Line 3 is wrong in "path": is no path in ZooKeeper.');
  expect(wrong({ data: 'A' })).toBe('Line 3 is wrong in "data": is not base64.');
  expect(wrong({ data: 'A===' })).toBe('Line 3 is wrong in "data": is not base64.');
  expect(wrong({ acl: [] })).toBe(
    'Line 3 is wrong in "acl": is empty, which ZooKeeper takes from nobody.',
  );
  expect(wrong({ acl: [{ ...open, perms: 32 }] })).toMatch(/^Line 3 is wrong in "acl.0.perms": /);
  expect(wrong({ acl: [{ ...open, scheme: 'auth' }] })).toMatch(
    /^Line 3 is wrong in "acl.0.scheme"/,
  );
  expect(wrong({ lifetime: 'eternal' })).toMatch(/^Line 3 is wrong in "lifetime": /);
  expect(wrong({ '\u001b[2J': 1 })).toMatch(/^Line 3 is wrong: .*\?\[2J/);
  expect(wrong({ more: 1 })).toMatch(/^Line 3 is wrong: /);
});
